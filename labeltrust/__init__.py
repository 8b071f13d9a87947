"""labeltrust stands between annotation platforms and training and says whose labels to trust."""
