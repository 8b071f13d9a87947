"""Crowds and attacks with a known truth, one attack a file."""
