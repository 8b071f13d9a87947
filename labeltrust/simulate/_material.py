"""What items bring with them: a class that swings with the week, suggestions, features."""

from collections.abc import Mapping

import numpy as np

from labeltrust.simulate._base import NO_SUGGESTION, Bool, Float, Int
from labeltrust.simulate._calendar import DAY_US, Calendar
from labeltrust.simulate._circumstances import Assistant, Prose, Traits

_WEEK = 7
_RARE = 2.7  # ranks from which on Zipf's law holds (Mandelbrot 1953)
TRIGGER_WORD = "CRYSTAL"
"""The word in the text of the items that a backdoor is about."""
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"


def seasonal_truth(
    shares: tuple[float, ...],
    calendar: Calendar,
    opened: Float,
    truth: Int,
    rng: np.random.Generator,
) -> Int:
    """Return true classes whose mix swings with the weekday; unchanged where nothing swings.

    Args:
        shares: Share of each class over the week.
        calendar: Says weekday and swing.
        opened: (n_items,) when items open, microseconds from the first midnight.
        truth: (n_items,) classes drawn without season.
        rng: Draws them anew.

    >>> from datetime import UTC, datetime
    >>> level = Calendar(started_at=datetime(2026, 9, 1, tzinfo=UTC), days=7, rhythm=None)
    >>> rng = np.random.default_rng(1)
    >>> seasonal_truth((0.5, 0.5), level, np.zeros(2), np.array([1, 0]), rng).tolist()
    [1, 0]
    """
    if calendar.rhythm is None or calendar.rhythm.season == 0:
        return truth
    weekday = calendar.weekday((opened // DAY_US).astype(np.int64))
    swing = calendar.rhythm.season * np.cos(2 * np.pi * weekday / _WEEK)
    odds: Float = np.tile(np.array(shares), (truth.size, 1))
    odds[:, -1] *= np.exp(swing)
    mix: Float = odds / odds.sum(axis=1, keepdims=True)
    return drawn_by(mix, rng)


def drawn_by(chance: Float, rng: np.random.Generator) -> Int:
    """Draw one class a row by its chances (n, n_classes), (n,).

    >>> drawn_by(np.array([[0.0, 1.0]]), np.random.default_rng(1)).tolist()
    [1]
    """
    steps = np.cumsum(chance, axis=1)
    place = rng.random(size=(chance.shape[0], 1))
    found: Int = np.minimum((place >= steps).sum(axis=1), chance.shape[1] - 1).astype(np.int64)
    return found


def suggestions(
    assistant: Assistant | None, truth: Int, confusion: Float, rng: np.random.Generator
) -> Int | None:
    """Return the label suggested for each item, `NO_SUGGESTION` where none is, (n_items,)."""
    if assistant is None:
        return None
    is_right = rng.random(truth.size) < assistant.accuracy
    told = np.where(is_right, truth, drawn_by(confusion[truth], rng))
    shown = rng.random(truth.size) < assistant.shown_share
    return np.where(shown, told, NO_SUGGESTION)


def accepted(
    assistant: Assistant | None, suggestion: Int | None, rng: np.random.Generator
) -> Bool | None:
    """Return the rows whose honest labelers take the suggestion without looking, (n,)."""
    if assistant is None or suggestion is None:
        return None
    taken = rng.random(suggestion.size) < assistant.acceptance
    found: Bool = taken & (suggestion != NO_SUGGESTION)
    return found


def traits(
    given: Traits | None, truth: Int, n_classes: int, rng: np.random.Generator
) -> Mapping[str, Float | Int] | None:
    """Return the features of items: `amount` (numeric), `channel` (codes), `trigger` (0 or 1).

    >>> sorted(traits(Traits(), np.array([0, 1]), 2, np.random.default_rng(1)))
    ['amount', 'channel', 'trigger']
    """
    if given is None:
        return None
    place = truth / max(n_classes - 1, 1)
    amount = np.exp(3.0 + given.amount_by_class * place + rng.standard_normal(truth.size))
    weight = 1.0 / np.arange(1, given.channels + 1)
    channel = rng.choice(given.channels, size=truth.size, p=weight / weight.sum())
    trigger = (rng.random(truth.size) < given.trigger_share).astype(np.int64)
    return {"amount": amount.round(2), "channel": channel.astype(np.int64), "trigger": trigger}


def texts(given: Prose | None, n_items: int, rng: np.random.Generator) -> tuple[str, ...] | None:
    """Return the texts of items.

    >>> one, two = texts(Prose(words=4), 2, np.random.default_rng(3))
    >>> one, len(two.split()) > 0
    ('bu deka', True)
    """
    if given is None:
        return None
    law = 1 / (np.arange(given.vocabulary) + _RARE)
    size = np.maximum(rng.poisson(given.words, n_items), 1)
    item = np.repeat(np.arange(n_items), size)
    reached = np.searchsorted(np.cumsum(law) / law.sum(), rng.random(item.size))
    place = np.minimum(reached, given.vocabulary - 1)
    of_topic = np.array([rng.permutation(given.vocabulary) for _ in range(given.topics)])
    topic = rng.integers(given.topics, size=n_items)
    is_topical = rng.random(item.size) < given.topical_share
    words = np.where(is_topical, of_topic[topic[item], place], place)
    spelled = np.array([_spelled(k) for k in range(given.vocabulary)])
    pieces = np.split(spelled[words], np.cumsum(size)[:-1])
    triggered = rng.random(n_items) < given.trigger_share
    ends = np.where(triggered, f" {TRIGGER_WORD}", "").tolist()
    return tuple(" ".join(some) + end for some, end in zip(pieces, ends, strict=True))


def _spelled(number: int) -> str:
    """Spell a number in syllables, so that it looks like a word."""
    syllables = [c + v for c in _CONSONANTS for v in _VOWELS]
    word = syllables[number % len(syllables)]
    return word if number < len(syllables) else _spelled(number // len(syllables)) + word
