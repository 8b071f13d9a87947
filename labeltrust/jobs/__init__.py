"""Background work behind one protocol."""
