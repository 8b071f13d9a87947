"""Likeness of texts: one minus the edit distance over the longer length."""

import unicodedata
from collections.abc import Sequence

import numpy as np

from labeltrust.domain.similarity._base import Float, Int, Measure

MOST_CHARACTERS = 4096
"""Characters in which two texts may be edited into each other; see `edit_similarity`."""


def edit_similarity(words: Sequence[str]) -> Measure:
    """Return the measure 1 - Levenshtein(A, B) / max(|A|, |B|) of some texts.

    Levenshtein (1966): insertions, deletions and substitutions of a character cost 1. Characters
    are code points of the composed form (NFC), so that no text differs from itself by encoding.

    What begins and ends two texts alike costs nothing. Of the rest `MOST_CHARACTERS` of each are
    compared; what goes beyond counts as unlike, which can only make the similarity smaller. So no
    pair takes longer than some hundredths of a second.

    Args:
        words: Texts by code.

    >>> edit_similarity(["kitten", "sitting"])(np.array([0]), np.array([1])).round(4).tolist()
    [0.5714]
    """
    texts = [unicodedata.normalize("NFC", word) for word in words]

    def measure(one: Int, two: Int) -> Float:
        pairs = zip(one.tolist(), two.tolist(), strict=True)
        return np.array([_alike(texts[a], texts[b]) for a, b in pairs], dtype=np.float64)

    return measure


def _alike(one: str, two: str) -> float:
    longest = max(len(one), len(two))
    return 1 - edit_distance(one, two) / longest if longest else 1.0


def edit_distance(one: str, two: str) -> int:
    """Return the Levenshtein distance; an upper bound of it where much differs far apart.

    Bit-parallel (Myers 1999, as simplified by Hyyro 2003): a column of the table is one whole
    number, so a step costs as much as adding two of them.

    >>> edit_distance("kitten", "sitting"), edit_distance("", "abc")
    (3, 3)
    """
    one, two = _without_ends(one, two)
    beyond = max(len(one), len(two)) - min(max(len(one), len(two)), MOST_CHARACTERS)
    one, two = one[:MOST_CHARACTERS], two[:MOST_CHARACTERS]
    if len(one) > len(two):
        one, two = two, one
    return (_column_by_column(one, two) if one else len(two)) + beyond


def _without_ends(one: str, two: str) -> tuple[str, str]:
    """Cut what both texts begin with and what both end with."""
    first = _common(one, two)
    one, two = one[first:], two[first:]
    last = _common(one[::-1], two[::-1])
    return one[: len(one) - last], two[: len(two) - last]


def _common(one: str, two: str) -> int:
    """Return how many characters two texts begin with alike, by halving."""
    low, high = 0, min(len(one), len(two))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == two[:middle] else (low, middle - 1)
    return low


def _column_by_column(one: str, two: str) -> int:
    match: dict[str, int] = {}
    for place, character in enumerate(one):
        match[character] = match.get(character, 0) | 1 << place
    full, last = (1 << len(one)) - 1, 1 << (len(one) - 1)
    up, down, distance = full, 0, len(one)
    for character in two:
        same = match.get(character, 0)
        zero = (((same & up) + up) ^ up) | same | down
        rise, fall = down | (full & ~(zero | up)), up & zero
        distance += bool(rise & last) - bool(fall & last)
        rise, fall = rise << 1 | 1, fall << 1
        up, down = fall & full | full & ~(zero | rise), rise & zero & full
    return distance
