"""What is sent: labels of a crowd drawn from a seed, each event a function of its number."""

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

Event = dict[str, Any]
PROJECT = "fraud"
_WORDS = ("benign", "fraud")


def event_of(seed: int, number: int, *, prefix: str = "e") -> Event:
    """Return the event of a number: labeler and item from the number, the label by chance."""
    rng = random.Random(f"{seed}:{number}")
    item, labeler = number // 3, (number * 7 + number // 3) % 24
    word = _WORDS[item % 3 == 0] if rng.random() < 0.9 else _WORDS[rng.random() < 0.5]
    return {
        "id": f"{prefix}-{seed}-{number}",
        "type": "label.submitted",
        "project": PROJECT,
        "item": f"i{item}",
        "labeler": f"l{labeler}",
        "label": word,
        "occurred_at": (datetime.now(UTC) - timedelta(seconds=60 + number % 50)).isoformat(),
    }


def digest_of(event: Event) -> str:
    """Return the digest of an event as it is sent."""
    return hashlib.sha256(json.dumps(event, sort_keys=True).encode()).hexdigest()


def batches_of(events: Sequence[Event], size: int) -> Iterator[list[Event]]:
    """Yield events in batches."""
    for start in range(0, len(events), size):
        yield list(events[start : start + size])


def muddled(
    events: Sequence[Event], rng: random.Random, *, window: int = 1_000, most: int = 5
) -> list[Event]:
    """Return events sent one to five times, shuffled within a window, some dated far back."""
    often = [event for event in events for _ in range(rng.randint(1, most))]
    mixed: list[Event] = []
    for start in range(0, len(often), window):
        part = often[start : start + window]
        rng.shuffle(part)
        mixed += part
    return mixed


def dated_back(events: Sequence[Event], rng: random.Random, share: float = 0.01) -> list[Event]:
    """Return events of which a share says that it happened a minute to forty days before."""
    return [_back(event, rng) if rng.random() < share else event for event in events]


def _back(event: Event, rng: random.Random) -> Event:
    at = datetime.fromisoformat(event["occurred_at"])
    back = timedelta(seconds=rng.uniform(60, 40 * 86_400))
    return {**event, "occurred_at": (at - back).isoformat()}
