"""Pulls from platforms: what they hold now, one file a platform, exports CONNECTOR."""
