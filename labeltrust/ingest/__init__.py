"""Platform bytes to events, one platform a file."""
