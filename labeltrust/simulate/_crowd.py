"""An honest crowd: uneven activity, uneven skill, hard items, skewed classes, a calendar.

What `Crowd` leaves at its default is drawn from the given generator in one fixed order; every
circumstance draws from a generator of its own, so that adding one changes nothing else.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from scipy.special import betaincinv

from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._answers import durations, honest_labels
from labeltrust.simulate._base import Float, Honest, Scene
from labeltrust.simulate._calendar import Calendar, at_any_hour, in_sessions, openings
from labeltrust.simulate._circumstances import (
    Assistant,
    Dispute,
    Prose,
    Rhythm,
    Traits,
    check_shares,
)
from labeltrust.simulate._deal import dealt_rows
from labeltrust.simulate._material import accepted, seasonal_truth, suggestions, texts, traits
from labeltrust.simulate._readings import Reading, readings

_ROUNDING = 1e-9
_ACCEPTED_IN = 0.4  # share of the usual time it takes to press "accept"
_LEVELS = ("nominal", "ordinal", "interval")
# A logistic curve of slope 1 blurred by a normal of variance v is close to one of slope
# 1 / sqrt(1 + k v), k = (16 sqrt(3) / (15 pi))^2; so skills stay marginal accuracies.
_BLUR = (16 * np.sqrt(3) / (15 * np.pi)) ** 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """What an honest crowd looks like.

    Attributes:
        n_labelers: Labelers.
        n_items: Items.
        labels_per_item: Labelers dealt to each item.
        overlap: Fewest and most labels of an item, drawn evenly between; None gives every item
            `labels_per_item`.
        class_shares: Share of each true class; its length is the number of classes.
        level: `nominal`, `ordinal` or `interval`: how label codes are meant.
        confusion: Weights (n_classes, n_classes) of wrong labels by class seen, the diagonal not
            read; None weighs them by exp(-distance / `confusion_width`).
        confusion_width: Places on the scale over which a wrong label becomes e times rarer.
        skills: Lowest and highest honest accuracy.
        skill_law: Parameters of the Beta law between them; (1, 1) is uniform.
        activity_spread: Standard deviation of log activity; 0 deals evenly.
        difficulty_spread: Standard deviation of item difficulty on the log-odds scale.
        bias_spread: Standard deviation of a labeler's own leaning per true class, log-odds.
        gold_share: Share of items whose true label is known.
        started_at: First day of work.
        days: Days of work.
        dispute: Schools of opinion and a change of guideline; None: everybody reads alike.
        rhythm: Working hours, sessions, weekdays; None: labels come at any hour.
        assistant: A model that suggests labels; None: no suggestions.
        traits: Item features; None: nothing is known of items.
        prose: What items say; None: nobody knows.
    """

    n_labelers: int = 40
    n_items: int = 3000
    labels_per_item: int = 6
    overlap: tuple[int, int] | None = None
    class_shares: tuple[float, ...] = (0.75, 0.25)
    level: str = "nominal"
    confusion: tuple[tuple[float, ...], ...] | None = None
    confusion_width: float = 1.0
    skills: tuple[float, float] = (0.70, 0.92)
    skill_law: tuple[float, float] = (1.0, 1.0)
    activity_spread: float = 0.5
    difficulty_spread: float = 0.7
    bias_spread: float = 0.25
    gold_share: float = 0.1
    started_at: datetime = datetime(2026, 9, 1, tzinfo=UTC)
    days: int = 28
    dispute: Dispute | None = None
    rhythm: Rhythm | None = None
    assistant: Assistant | None = None
    traits: Traits | None = None
    prose: Prose | None = None

    def __post_init__(self) -> None:
        """Refuse crowds that cannot be dealt."""
        low, high = self.seats
        if not 1 <= low <= high <= self.n_labelers:
            told = f"{low}" if low == high else f"{low} to {high}"
            detail = f"{self.n_labelers} labelers cannot give {told} labels an item"
            raise InvalidInput(detail, place="labels_per_item")
        if abs(sum(self.class_shares) - 1) > _ROUNDING or min(self.class_shares) < 0:
            detail = f"class shares {self.class_shares} are no distribution"
            raise InvalidInput(detail, place="class_shares")
        check_shares(self, ("gold_share",))
        self._check_scale()

    def _check_scale(self) -> None:
        if self.level not in _LEVELS:
            detail = f"level {self.level!r} is none of {', '.join(_LEVELS)}"
            raise InvalidInput(detail, place="level")
        if not 0 < self.skills[0] <= self.skills[1] < 1 or min(self.skill_law) <= 0:
            detail = f"skills {self.skills} by Beta{self.skill_law} are no accuracies in (0, 1)"
            raise InvalidInput(detail, place="skills")
        n_classes = len(self.class_shares)
        wanted = {self.dispute.old_class, self.dispute.new_class} if self.dispute else set()
        if not wanted <= set(range(n_classes)):
            raise InvalidInput(f"classes {wanted} are disputed of {n_classes}", place="dispute")
        confusion_of(self)

    @property
    def seats(self) -> tuple[int, int]:
        """Fewest and most labels of an item."""
        return self.overlap or (self.labels_per_item, self.labels_per_item)


def draw_scene(crowd: Crowd, rng: np.random.Generator) -> Scene:
    """Draw one honest crowd at work.

    Returns:
        One row a label, sorted by item; `honest` says how they came about.

    >>> scene = draw_scene(Crowd(n_items=50), np.random.default_rng(1))
    >>> scene.item.size, scene.n_classes
    (300, 2)
    """
    extra = rng.spawn(1)[0]
    truth = rng.choice(len(crowd.class_shares), size=crowd.n_items, p=crowd.class_shares)
    item, labeler, kept = dealt_rows(
        crowd.n_items, crowd.n_labelers, crowd.seats, crowd.activity_spread, (rng, extra)
    )
    difficulty = crowd.difficulty_spread * rng.standard_normal(crowd.n_items)
    calendar = Calendar(started_at=crowd.started_at, days=crowd.days, rhythm=crowd.rhythm)
    opened = openings(calendar, crowd.n_items, rng)
    delay = rng.exponential(0.25, size=(crowd.n_items, crowd.seats[1])).ravel()[kept]
    truth = seasonal_truth(crowd.class_shares, calendar, opened, truth, extra)
    read = readings(crowd.dispute, truth, (opened, item, labeler), crowd.n_labelers, extra)
    how = _honest(crowd, difficulty, read, rng)
    started_us = microseconds(crowd.started_at)
    unanswered = Scene(
        item=item,
        labeler=labeler,
        label=read.seen,
        occurred_us=started_us + at_any_hour(opened[item], delay),
        duration_seconds=np.full(item.size, np.nan),
        truth=read.truth,
        gold=np.zeros(crowd.n_items, dtype=np.bool_),
        n_labelers=crowd.n_labelers,
        n_classes=len(crowd.class_shares),
        level=crowd.level,
        guideline=read.guideline,
        started_us=started_us,
        honest=how,
    )
    return _answered(crowd, unanswered, how, (rng, extra))


def _answered(
    crowd: Crowd, scene: Scene, how: Honest, rngs: tuple[np.random.Generator, np.random.Generator]
) -> Scene:
    """Fill in what labelers say, how long they take, and what comes with the items."""
    rng, extra = rngs
    label = honest_labels(scene, how, rng)
    seconds = durations(scene, how, rng)
    gold = rng.random(crowd.n_items) < crowd.gold_share
    shown = suggestions(crowd.assistant, scene.truth, how.confusion, extra)
    scene = replace(
        scene,
        label=label,
        duration_seconds=seconds,
        gold=gold,
        suggestion=None if shown is None else shown[scene.item],
        features=traits(crowd.traits, scene.truth, scene.n_classes, extra),
        texts=texts(crowd.prose, crowd.n_items, extra.spawn(1)[0]),
    )
    return _in_rhythm(crowd, _with_accepted(crowd, scene, extra), extra)


def draw_skills(crowd: Crowd, n: int, rng: np.random.Generator) -> Float:
    """Draw honest accuracies by the crowd's law, (n,).

    >>> draw_skills(Crowd(skills=(0.8, 0.8)), 2, np.random.default_rng(1)).tolist()
    [0.8, 0.8]
    """
    low, high = crowd.skills
    drawn: Float = rng.uniform(low, high, size=n)
    if crowd.skill_law == (1.0, 1.0) or low == high:
        return drawn
    bent: Float = low + (high - low) * betaincinv(*crowd.skill_law, (drawn - low) / (high - low))
    return bent


def draw_leanings(crowd: Crowd, n: int, rng: np.random.Generator) -> Float:
    """Draw leanings to each class by the crowd's law, (n, n_classes) log odds."""
    return crowd.bias_spread * rng.standard_normal((n, len(crowd.class_shares)))


def confusion_of(crowd: Crowd) -> Float:
    """Return the chance of each wrong label by class seen, (n_classes, n_classes), rows sum to 1.

    Raises:
        InvalidInput: The given weights are no square of numbers that can be drawn from.
    """
    n = len(crowd.class_shares)
    distance = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    if crowd.confusion is None:
        weight = np.exp(-distance / crowd.confusion_width)
    else:
        weight = np.array(crowd.confusion, dtype=np.float64)
    if n == 1:
        return np.ones((1, 1))
    if weight.shape != (n, n) or (weight < 0).any():
        detail = f"a confusion of {n} classes needs {n} rows of {n} weights, none negative"
        raise InvalidInput(detail, place="confusion")
    weight = np.where(distance == 0, 0.0, weight)
    if not (weight.sum(axis=1) > 0).all():
        raise InvalidInput("a class of the confusion has no wrong label", place="confusion")
    found: Float = weight / weight.sum(axis=1, keepdims=True)
    return found


def _honest(crowd: Crowd, difficulty: Float, read: Reading, rng: np.random.Generator) -> Honest:
    slope = float(np.sqrt(1 + _BLUR * (crowd.difficulty_spread**2 + crowd.bias_spread**2)))
    return Honest(
        skill=draw_skills(crowd, crowd.n_labelers, rng),
        leaning=draw_leanings(crowd, crowd.n_labelers, rng),
        difficulty=difficulty,
        slope=slope,
        confusion=confusion_of(crowd),
        seen=read.seen,
        school=read.school,
        acceptance=0.0 if crowd.assistant is None else crowd.assistant.acceptance,
    )


def _with_accepted(crowd: Crowd, scene: Scene, rng: np.random.Generator) -> Scene:
    taken = accepted(crowd.assistant, scene.suggestion, rng)
    if taken is None or scene.suggestion is None:
        return scene
    hasty = (scene.duration_seconds * _ACCEPTED_IN).round(1)
    return replace(
        scene,
        label=np.where(taken, scene.suggestion, scene.label),
        duration_seconds=np.where(taken, hasty, scene.duration_seconds),
    )


def _in_rhythm(crowd: Crowd, scene: Scene, rng: np.random.Generator) -> Scene:
    if crowd.rhythm is None:
        return scene
    calendar = Calendar(started_at=crowd.started_at, days=crowd.days, rhythm=crowd.rhythm)
    started_us = microseconds(crowd.started_at)
    nominal = scene.occurred_us - started_us
    occurred, session = in_sessions(calendar, nominal, scene.labeler, scene.duration_seconds, rng)
    return replace(scene, occurred_us=started_us + occurred, session=session)
