"""Reasons to suspect a labeler, one a file; a reading is evidence, the policy decides."""
