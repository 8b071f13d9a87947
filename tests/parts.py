"""Crowds that draw sets, spans, boxes and texts, for tests: a truth, noise, and random answers."""

import json
from dataclasses import dataclass

import numpy as np

from labeltrust.counts import Judgments, block
from labeltrust.counts._meetings import with_likeness

MEMBERS = tuple("abcdefgh")
ENTITIES = ("PER", "ORG", "LOC")
WORDS = ("the", "of", "and", "into", "is", "you", "that", "was", "for", "on", "are", "with", "his")
STARTED_US = 1_790_000_000_000_000


def canonical(kind: str, label) -> str:
    return label if kind == "text" else json.dumps(label, sort_keys=True, separators=(",", ":"))


def draw(kind: str, rng: np.random.Generator):
    """Draw a label without any truth behind it."""
    n = int(rng.integers(1, 4))
    if kind == "set":
        return sorted(rng.choice(MEMBERS, n, replace=False).tolist())
    if kind == "text":
        return " ".join(rng.choice(WORDS, 5 + n))
    if kind == "spans":
        starts = rng.integers(0, 300, n).tolist()
        return [[s, s + int(rng.integers(5, 25)), str(rng.choice(ENTITIES))] for s in starts]
    return [_box(rng.uniform(5, 80, 2), rng.uniform(5, 20, 2)) for _ in range(n)]


def _box(place, size):
    names = ("x", "y", "width", "height")
    numbers = np.round(np.append(place, np.maximum(size, 1)), 1).tolist()
    return dict(zip(names, numbers, strict=True)) | {"label": "car"}


def noisy(kind: str, truth, error: float, rng: np.random.Generator):
    """Return what a labeler who errs makes of the truth."""
    if kind == "set":
        chance = [error * (0.5 if name in truth else 0.15) for name in MEMBERS]
        changed = {m for m, p in zip(MEMBERS, chance, strict=True) if rng.random() < p}
        return sorted(set(truth) ^ changed) or ["a"]
    if kind == "text":
        words = [w if rng.random() > error / 2 else str(rng.choice(WORDS)) for w in truth.split()]
        return " ".join(w[:-1] if rng.random() < error / 2 and len(w) > 1 else w for w in words)
    kept = [part for part in truth if rng.random() > error / 2]
    if kind == "spans":
        moved = np.rint(rng.normal(0, 4 * error, (len(kept), 2))).astype(int).tolist()
        pairs = zip(kept, moved, strict=True)
        return [[max(s + i, 0), max(e + j, s + i + 1), c] for (s, e, c), (i, j) in pairs]
    move = rng.normal(0, 3 * error, (len(kept), 2, 2))
    return [
        _box(np.array([b["x"], b["y"]]) + d[0], np.array([b["width"], b["height"]]) + d[1])
        for b, d in zip(kept, move, strict=True)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class PartsCrowd:
    """Who gave which label, and the truth.

    Attributes:
        rows: (item, labeler, canonical label), in order of time.
        gold: Canonical true label of some items.
        bad: Labelers who draw their labels without looking, as often as asked for.
    """

    kind: str
    n_labelers: int
    rows: tuple[tuple[int, int, str], ...]
    gold: dict[int, str]
    bad: frozenset[int]

    def block(self) -> Judgments:
        words = self.words
        code = {word: place for place, word in enumerate(words)}
        item, labeler, label = zip(*self.rows, strict=True)
        at = STARTED_US + np.array(item) * 3_600_000_000
        made = block(
            item,
            labeler,
            [code[x] for x in label],
            n_labelers=self.n_labelers,
            values=np.arange(len(words)),
            level=self.kind,
            occurred_us=at,
            received_us=at,
            gold=(list(self.gold), [code[x] for x in self.gold.values()]),
        )
        return with_likeness(made, words, np.random.default_rng(1))

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(sorted({row[2] for row in self.rows} | set(self.gold.values())))


def parts_crowd(
    kind: str, seed: int, *, n_labelers: int = 24, n_items: int = 600, n_bad: int = 2
) -> PartsCrowd:
    """Draw 4 labels an item of uneven labelers who err 10 to 35 %, two of them bad half the time.

    A tenth of the items is gold.
    """
    rng = np.random.default_rng(seed)
    activity = rng.lognormal(0, 0.6, n_labelers)
    error, difficulty = rng.uniform(0.1, 0.35, n_labelers), rng.uniform(0.5, 1.5, n_items)
    busy = np.flatnonzero(activity >= np.median(activity))
    bad = frozenset(rng.choice(busy, n_bad, replace=False).tolist())
    truth = [draw(kind, rng) for _ in range(n_items)]
    rows = []
    for item in range(n_items):
        seats = rng.choice(n_labelers, 4, replace=False, p=activity / activity.sum())
        for who in seats.tolist():
            blind = who in bad and rng.random() < 0.5
            e = error[who] * difficulty[item]
            label = draw(kind, rng) if blind else noisy(kind, truth[item], e, rng)
            rows.append((item, who, canonical(kind, label)))
    gold = {i: canonical(kind, truth[i]) for i in range(n_items) if rng.random() < 0.1}
    return PartsCrowd(kind=kind, n_labelers=n_labelers, rows=tuple(rows), gold=gold, bad=bad)
