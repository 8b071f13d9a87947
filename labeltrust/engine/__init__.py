"""Runs counters over partitions and adds up."""
