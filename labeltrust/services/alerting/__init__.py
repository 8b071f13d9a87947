"""Alerts: routed out of the outbox, told to channels, listed, tried again."""
