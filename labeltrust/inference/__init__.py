"""What is fitted rather than counted: population null, e-values, onset."""
