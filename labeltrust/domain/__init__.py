"""The field's words as frozen values; no input or output happens here."""
