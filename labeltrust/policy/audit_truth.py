"""What reviewers found, put together: one answer an item, or the reason why there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from labeltrust.domain.similarity import MEASURES, RIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What the reviewers of one item found.

    Attributes:
        label: The canonical label they agree on, or None.
        state: `sure` (an answer), `split` (two reviewers, two answers), `unclear` (nobody could
            tell), `open` (no verdict yet).
    """

    label: str | None
    state: str


OPEN = Truth(label=None, state="open")


def alike(scale: str, one: Sequence[str], two: Sequence[str]) -> list[bool]:
    """Say of pairs of canonical labels whether they count as the same.

    Labels with parts are the same from a similarity of one half on, see `domain.similarity.RIGHT`.

    >>> alike("nominal", ["a", "a"], ["a", "b"])
    [True, False]
    >>> alike("text", ["colour"], ["color"])
    [True]
    """
    if scale not in MEASURES or not one:
        return [a == b for a, b in zip(one, two, strict=True)]
    words = list(dict.fromkeys([*one, *two]))
    code = {word: place for place, word in enumerate(words)}
    measure = MEASURES[scale](words)
    found = measure(np.array([code[a] for a in one]), np.array([code[b] for b in two]))
    return [bool(similarity >= RIGHT) for similarity in found]


def truth_of(scale: str, verdicts: Sequence[str | None]) -> Truth:
    """Return what one item's verdicts amount to; None is `cannot tell`.

    >>> truth_of("nominal", ["fraud", "fraud"]).label
    'fraud'
    >>> truth_of("nominal", ["fraud", "benign"]).state, truth_of("nominal", [None]).state
    ('split', 'unclear')
    """
    if not verdicts:
        return OPEN
    said = [label for label in verdicts if label is not None]
    if not said:
        return Truth(label=None, state="unclear")
    same = alike(scale, said[:1] * len(said), said)
    return Truth(label=said[0], state="sure") if all(same) else Truth(label=None, state="split")


def truths_of(
    scale: str, verdicts: Mapping[int, Sequence[str | None]], items: Sequence[int]
) -> list[Truth]:
    """Return the truth of every item of a sample, in its order."""
    return [truth_of(scale, verdicts.get(item, ())) for item in items]
