"""An honest crowd: uneven activity, uneven skill, hard items, skewed classes, a calendar."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np

from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate._base import Float, Int, Scene

_ROUNDING = 1e-9
_DAY_US = 86_400_000_000
_CHUNK = 4096  # items dealt at a time: bounds memory at chunk x labelers
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
        class_shares: Share of each true class; its length is the number of classes.
        skills: Lowest and highest honest accuracy, drawn uniformly between.
        activity_spread: Standard deviation of log activity; 0 deals evenly.
        difficulty_spread: Standard deviation of item difficulty on the log-odds scale.
        bias_spread: Standard deviation of a labeler's own leaning per true class, log-odds.
        gold_share: Share of items whose true label is known.
        started_at: First day of work.
        days: Days of work.
    """

    n_labelers: int = 40
    n_items: int = 3000
    labels_per_item: int = 6
    class_shares: tuple[float, ...] = (0.75, 0.25)
    skills: tuple[float, float] = (0.70, 0.92)
    activity_spread: float = 0.5
    difficulty_spread: float = 0.7
    bias_spread: float = 0.25
    gold_share: float = 0.1
    started_at: datetime = datetime(2026, 9, 1, tzinfo=UTC)
    days: int = 28

    def __post_init__(self) -> None:
        """Refuse crowds that cannot be dealt."""
        if not 1 <= self.labels_per_item <= self.n_labelers:
            detail = f"{self.n_labelers} labelers cannot give {self.labels_per_item} labels an item"
            raise InvalidInput(detail, place="labels_per_item")
        if abs(sum(self.class_shares) - 1) > _ROUNDING or min(self.class_shares) < 0:
            detail = f"class shares {self.class_shares} are no distribution"
            raise InvalidInput(detail, place="class_shares")


def draw_scene(crowd: Crowd, rng: np.random.Generator) -> Scene:
    """Draw one honest crowd at work.

    Returns:
        `crowd.n_items * crowd.labels_per_item` rows, sorted by item.

    >>> scene = draw_scene(Crowd(n_items=50), np.random.default_rng(1))
    >>> scene.item.size, scene.n_classes
    (300, 2)
    """
    truth = rng.choice(len(crowd.class_shares), size=crowd.n_items, p=crowd.class_shares)
    labeler = _deal(crowd, rng)
    item = np.repeat(np.arange(crowd.n_items), crowd.labels_per_item)
    difficulty = crowd.difficulty_spread * rng.standard_normal(crowd.n_items)
    occurred = _calendar(crowd, rng)
    return Scene(
        item=item,
        labeler=labeler,
        label=_answer(crowd, truth[item], labeler, difficulty[item], rng),
        occurred_us=occurred,
        duration_seconds=_durations(labeler, difficulty[item], crowd.n_labelers, rng),
        truth=truth,
        gold=rng.random(crowd.n_items) < crowd.gold_share,
        n_labelers=crowd.n_labelers,
        n_classes=len(crowd.class_shares),
    )


def _deal(crowd: Crowd, rng: np.random.Generator) -> Int:
    """Draw labelers of each item without repeats, by activity (Gumbel top-k), (n,)."""
    log_activity = crowd.activity_spread * rng.standard_normal(crowd.n_labelers)
    k = crowd.labels_per_item
    dealt = []
    for start in range(0, crowd.n_items, _CHUNK):
        size = (min(_CHUNK, crowd.n_items - start), crowd.n_labelers)
        keys = log_activity + rng.gumbel(size=size)
        # a copy, or each chunk would keep all its keys
        dealt.append(np.argpartition(-keys, k - 1, axis=1)[:, :k].copy())
    return np.concatenate(dealt).ravel().astype(np.int64)


def _answer(
    crowd: Crowd, truth: Int, labeler: Int, difficulty: Float, rng: np.random.Generator
) -> Int:
    n_classes = len(crowd.class_shares)
    skill = rng.uniform(*crowd.skills, size=crowd.n_labelers)
    leaning = crowd.bias_spread * rng.standard_normal((crowd.n_labelers, n_classes))
    slope = np.sqrt(1 + _BLUR * (crowd.difficulty_spread**2 + crowd.bias_spread**2))
    log_odds = slope * np.log(skill / (1 - skill))
    chance = 1 / (1 + np.exp(difficulty - log_odds[labeler] - leaning[labeler, truth]))
    right = rng.random(truth.size) < chance
    return np.where(right, truth, _slip(truth, n_classes, rng))


def _slip(truth: Int, n_classes: int, rng: np.random.Generator) -> Int:
    """Draw wrong labels; near classes are confused more than far ones, (n,)."""
    if n_classes == 1:
        return truth
    distance = np.abs(np.subtract.outer(np.arange(n_classes), np.arange(n_classes)))
    weight = np.where(distance == 0, 0.0, np.exp(-distance))
    steps = np.cumsum(weight / weight.sum(axis=1, keepdims=True), axis=1)
    drawn = (rng.random(truth.size)[:, None] >= steps[truth]).sum(axis=1)
    wrong: Int = np.minimum(drawn, n_classes - 1).astype(np.int64)
    return wrong


def _calendar(crowd: Crowd, rng: np.random.Generator) -> Int:
    """Items open evenly over the days; their labels follow within hours, whole seconds, (n,)."""
    opened = np.sort(rng.random(crowd.n_items)) * crowd.days * _DAY_US
    delay = rng.exponential(0.25, size=(crowd.n_items, crowd.labels_per_item)) * _DAY_US
    seconds = ((opened[:, None] + delay) // 1_000_000).astype(np.int64).ravel()
    return microseconds(crowd.started_at) + seconds * 1_000_000


def _durations(labeler: Int, difficulty: Float, n_labelers: int, rng: np.random.Generator) -> Float:
    """Log-normal seconds, slower on hard items and for slow labelers, one decimal, (n,)."""
    pace = 0.3 * rng.standard_normal(n_labelers)
    log_seconds = np.log(6.0) + pace[labeler] + 0.2 * difficulty
    drawn: Float = np.exp(log_seconds + 0.4 * rng.standard_normal(labeler.size)).round(1)
    return drawn
