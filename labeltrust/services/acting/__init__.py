"""Acts at platforms that follow freezes: asked for with them, done by a worker, taken back."""
