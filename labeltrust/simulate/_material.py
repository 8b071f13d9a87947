"""What items bring with them: a class that swings with the week, suggestions, features."""

from collections.abc import Mapping

import numpy as np

from labeltrust.simulate._base import NO_SUGGESTION, Bool, Float, Int
from labeltrust.simulate._calendar import DAY_US, Calendar
from labeltrust.simulate._circumstances import Assistant, Traits

_WEEK = 7


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
