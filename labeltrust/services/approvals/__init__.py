"""Kinds of acts that take two persons: one file a kind, exports KIND."""
