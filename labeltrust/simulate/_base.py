"""A crowd at work as coded arrays, and what an attack is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]

NO_SUGGESTION = -1
NEEDS = frozenset(
    {"victim", "classes", "onset", "suggestion", "trigger", "texts", "durations", "gold"}
)
"""What an attack may ask of its order or its scene."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Honest:
    """How the honest labels of a simulated scene came about: what only an oracle knows.

    The labeler sees class `seen` (the true one, or as his school or guideline reads the item) and
    names it with log odds `slope * logit(skill) + leaning[seen] - difficulty`; else he names
    another one by the row of `confusion`. With chance `acceptance` he takes the model's suggestion.

    Attributes:
        skill: (n_labelers,) accuracy on items of mixed difficulty, in (0, 1).
        leaning: (n_labelers, n_classes) log odds added per class seen.
        difficulty: (n_items,) log odds subtracted.
        slope: Undoes the flattening by leaning and difficulty, so that skill is an accuracy.
        confusion: (n_classes, n_classes) chance of each wrong label by class seen; rows sum to 1.
        seen: (n,) class that the labeler of the row sees.
        school: (n_labelers,) True for those who read the disputed class the other way, honestly.
        acceptance: Chance that an honest labeler takes a suggestion without looking, in [0, 1].
    """

    skill: Float
    leaning: Float
    difficulty: Float
    slope: float
    confusion: Float
    seen: Int
    school: Bool
    acceptance: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Who labeled what, when and how, together with the truth that no real crowd shows.

    Attributes:
        item: (n,) item codes, ascending.
        labeler: (n,) labeler codes in [0, n_labelers).
        label: (n,) label codes in [0, n_classes); on an ordered scale they are positions.
        occurred_us: (n,) time of the label, microseconds since 1970, UTC.
        duration_seconds: (n,) seconds spent, NaN where unknown.
        truth: (n_items,) true label code of each item.
        gold: (n_items,) True where the true label is known to the project.
        n_labelers: Number of labelers, active or not.
        n_classes: Number of label codes.
        level: `nominal`, `ordinal` or `interval`.
        suggestion: (n,) label code that a model suggested, `NO_SUGGESTION` without; None if no
            model took part.
        features: What else is known of the items: name to (n_items,) codes or numbers.
        texts: (n_items,) what the labelers read; None where nobody knows.
        guideline: (n,) version of the guideline that the labeler followed.
        session: (n,) number of the labeler's own working session, from 0.
        started_us: Midnight of the first day; None begins with the first label.
        is_timed: False where times only tell the order of a file, one second a row.
        honest: How the labels came about; None for real ones.
    """

    item: Int
    labeler: Int
    label: Int
    occurred_us: Int
    duration_seconds: Float
    truth: Int
    gold: Bool
    n_labelers: int
    n_classes: int
    level: str = "nominal"
    suggestion: Int | None = None
    features: Mapping[str, Float | Int] | None = None
    texts: tuple[str, ...] | None = None
    guideline: Int | None = None
    session: Int | None = None
    started_us: int | None = None
    is_timed: bool = True
    honest: Honest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One attack as it is carried out: by whom, how often, since when, against what.

    Attributes:
        members: (k,) codes of the labelers who attack.
        rate: Share of the eligible labels that are poisoned, in [0, 1].
        since_us: First moment of the attack; None from the start.
        from_class: True class attacked; None where the attack has no target.
        to_class: Label given instead; None where any wrong one will do.
        victim: Labeler to be framed; None where nobody is.
    """

    members: Int
    rate: float
    since_us: int | None = None
    from_class: int | None = None
    to_class: int | None = None
    victim: int | None = None


def eligible_rows(scene: Scene, order: Order) -> Bool:
    """Return which rows the attackers could poison: their own, since the onset, (n,) bool."""
    mine = np.isin(scene.labeler, order.members)
    return mine & since_onset(scene, order)


def since_onset(scene: Scene, order: Order) -> Bool:
    """Return which rows of anybody lie at or after the onset, (n,) bool."""
    if order.since_us is None:
        return np.ones(scene.item.size, dtype=np.bool_)
    return scene.occurred_us >= order.since_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """An attack found by discovery.

    Attributes:
        title: What a member does, in a clause.
        apply: The act itself. It keeps the number and the order of rows; labelers who come into
            being take the codes from `scene.n_labelers` on.
        law: Turns the chance (n, n_classes) of every honest label of each row of the scene into
            that of the same row if its labeler is a member: what an oracle knows. The scene is the
            one that came out, so labels of others are as observed. None where the act is no matter
            of labels, or members decide together.
        needs: What it asks of order and scene, of `NEEDS`; `plant` refuses where that is missing.
        touches: The fields of `Scene` it may change; with `labeler` among them, seats change hands
            and rows of others may be touched.
        is_honest: Nobody mislabels on purpose; a flag on a member is as false as one on a victim.
        stretch: Rows of a labeler that are poisoned together, by one draw.
    """

    title: str
    apply: Callable[[Scene, Order, np.random.Generator], Scene]
    law: Callable[[Float, Scene, Order], Float] | None = None
    needs: frozenset[str] = frozenset()
    touches: frozenset[str] = frozenset({"label"})
    is_honest: bool = False
    stretch: int = 1


def chosen_rows(scene: Scene, order: Order, rng: np.random.Generator) -> Bool:
    """Draw the rows that are poisoned: each eligible one with chance `order.rate`, (n,) bool."""
    return eligible_rows(scene, order) & (rng.random(scene.item.size) < order.rate)


def wrong_labels(scene: Scene, rng: np.random.Generator) -> Int:
    """Draw one wrong label for every row, uniform over the classes that are not true, (n,)."""
    step = rng.integers(1, max(scene.n_classes, 2), size=scene.item.size)
    return (scene.truth[scene.item] + step) % scene.n_classes
