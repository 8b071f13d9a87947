"""Tamper evidence: canonical bytes, leaf hashes and the chain."""
