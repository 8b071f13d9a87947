"""Models as labelers: what they are for, how a version compares with the one before, and alarms."""
