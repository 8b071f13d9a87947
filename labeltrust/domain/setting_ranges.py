"""Between which values a setting may lie, or which words it may be."""

from typing import Final

from labeltrust.domain.errors import Misconfigured

_DAYS = 36_500.0
_SECONDS = _DAYS * 86_400
_COUNT = 2.0**31
RANGES: Final = {
    "port": (0, 65_535),
    "max_body_bytes": (1_024, _COUNT),
    "max_batch_events": (1, _COUNT),
    "max_requests": (1, _COUNT),
    "body_timeout_seconds": (0.1, _SECONDS),
    "key_requests_a_minute": (0, _COUNT),
    "source_requests_a_minute": (0, _COUNT),
    "lease_seconds": (0.5, 3_600.0),
    "queue_rows": (1, _COUNT),
    "group_rows": (1, _COUNT),
    # Over a minute, revoking a key would no longer mean anything.
    "key_cache_seconds": (0.0, 60.0),
    "session_hours": (0.01, _DAYS * 24),
    "session_idle_minutes": (0.1, _DAYS * 1_440),
    "sign_in_link_minutes": (0.1, _DAYS * 1_440),
    "live_seconds": (0.0, 3_600.0),
    "assess_after_seconds": (0.0, _SECONDS),
    "assess_at_most_every_seconds": (0.0, _SECONDS),
    "fresh_within_seconds": (1.0, _SECONDS),
    "stale_after_seconds": (0.0, _SECONDS),
    "raw_retention_days": (0, _DAYS),
    "disk_warning_days": (0, _DAYS),
    "drills_a_day": (0, 288),
    "game_day_every_days": (0, 366),
    "pull_minutes": (0.1, _DAYS * 1_440),
    "pull_withdraws_at_most": (0.0, 1.0),
    "signing_key": (1, 1_000),
    "checkpoint_records": (1, _COUNT),
    "checkpoint_seconds": (1.0, _SECONDS),
    "checkpoint_places": (0, 50),
    "checkpoint_late_minutes": (1.0, _DAYS * 1_440),
    "flag_rate": (0.0, 0.5),
    "freeze_rate": (0.0, 0.5),
}


def check_range(prefix: str, name: str, value: float) -> None:
    """Refuse a value that no part could work with.

    Raises:
        Misconfigured: It lies outside; the message names setting, value and range.

    >>> check_range("LABELTRUST_", "port", 9000)
    """
    low, high = RANGES[name]
    if not low <= value <= high:
        detail = f"{prefix}{name.upper()} is {value!r}, must be between {low:.16g} and {high:.16g}"
        raise Misconfigured(detail)


CHOICES: Final = {"engine": ("local", "spark")}


def check_choice(prefix: str, name: str, value: str) -> None:
    """Refuse a word that means nothing.

    Raises:
        Misconfigured: It is none of the setting's words; the message names them.

    >>> check_choice("LABELTRUST_", "engine", "spark")
    """
    if value not in CHOICES[name]:
        detail = f"{prefix}{name.upper()} is {value!r}, must be one of {', '.join(CHOICES[name])}"
        raise Misconfigured(detail)
