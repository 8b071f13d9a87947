"""The block that every counter reads, and the counts that every counter returns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypedDict, TypeVar, Unpack

import numpy as np
from numpy.typing import ArrayLike, NDArray

from labeltrust.counts._features import Feature, item_features
from labeltrust.counts._likeness import Likeness
from labeltrust.counts._ordering import distinct, ordered
from labeltrust.counts._tokens import Tokens
from labeltrust.domain.errors import InvalidInput

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
C = TypeVar("C")

LEVELS = ("nominal", "ordinal", "interval", "ratio", "set", "spans", "boxes", "text")
STRUCTURED = frozenset({"set", "spans", "boxes", "text"})
"""Levels whose labels have parts: they are alike in degrees that codes do not tell."""
NO_GOLD = -1
NO_SUGGESTION = -1
_NEAR = 4
"""Ids spread over up to this many places a row are looked up rather than sorted."""
_MOST = 1 << 62
"""Keys below this fit into 64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgments:
    """Whole items with all their current judgments, as integer-coded columns sorted by item.

    Codes are global to the assessment (a partition uses the same labeler and label codes as any
    other), so that counts of two blocks add up. Rows of one item lie together. Build it with
    `block`, which sorts and checks.

    Attributes:
        item: (n,) item codes in [0, n_items), ascending; local to the block.
        labeler: (n,) labeler codes in [0, n_labelers).
        label: (n,) label codes in [0, n_labels).
        occurred_us: (n,) event time in microseconds since 1970, UTC.
        received_us: (n,) received time, same unit.
        duration_seconds: (n,) seconds spent, NaN where unknown.
        suggestion: (n,) code of the label that a model suggested, -1 where none is known.
        gold: (n_items,) gold label code of each item, -1 where it has none.
        values: (n_labels,) numeric position of each label: rank for ordinal, the number itself for
            interval and ratio, the code for nominal.
        item_id: (n_items,) opaque item ids, ascending: for evidence, and to split by item.
        features: What is known of the items by name of the feature; empty where nothing is.
        n_labelers: Size of the labeler code space.
        level: One of `LEVELS`.
        tokens: Words in the texts of the items; None where no texts are known.
        likeness: How alike labels with parts are, see `counts._meetings.with_likeness`; None where
            codes and places say it.
        tallied: The block's `Tally` where an engine has several counters read it, see `with_tally`.
    """

    item: Int
    labeler: Int
    label: Int
    occurred_us: Int
    received_us: Int
    duration_seconds: Float
    suggestion: Int
    gold: Int
    values: Float
    item_id: Int
    features: Mapping[str, Feature]
    n_labelers: int
    level: str
    tokens: Tokens | None = None
    likeness: Likeness | None = None
    tallied: object = None

    @property
    def n(self) -> int:
        """Number of judgments in the block."""
        return int(self.item.size)

    @property
    def n_items(self) -> int:
        """Number of items in the block."""
        return int(self.gold.size)

    @property
    def n_labels(self) -> int:
        """Size of the label code space."""
        return int(self.values.size)


class Counts(Protocol):
    """Sums over items; those of two disjoint blocks add up to those of both."""

    def __add__(self, other: Self, /) -> Self:
        """Return the counts of both blocks together."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter(Generic[C]):
    """A counter found by discovery: its name, the type it returns and the function itself."""

    name: str
    counts: type[C]
    count: Callable[[Judgments], C]


class Columns(TypedDict, total=False):
    """What a block may carry besides item, labeler and label.

    Keys:
        occurred_us, received_us: (n,) microseconds since 1970, UTC; 0 where not given.
        duration_seconds: (n,) seconds spent; NaN where not given.
        suggestion: (n,) label codes that a model suggested, -1 for none.
        gold: Two arrays of one length: item ids and their gold label codes. Ids without judgments
            in the block are left out.
        features: By name, two arrays of one length: item ids and numbers or texts.
        tokens: Words of items, by item id; of these or more.
    """

    occurred_us: ArrayLike
    received_us: ArrayLike
    duration_seconds: ArrayLike
    suggestion: ArrayLike
    gold: tuple[ArrayLike, ArrayLike]
    features: Mapping[str, tuple[ArrayLike, ArrayLike]]
    tokens: Tokens | None


def block(
    item: ArrayLike,
    labeler: ArrayLike,
    label: ArrayLike,
    *,
    n_labelers: int,
    values: ArrayLike,
    level: str = "nominal",
    **columns: Unpack[Columns],
) -> Judgments:
    """Sort judgments by item and fill in what is not known.

    Args:
        item: (n,) item ids, any whole numbers, in any order.
        labeler: (n,) labeler codes in [0, n_labelers).
        label: (n,) label codes in [0, n_labels).
        n_labelers: Size of the labeler code space.
        values: (n_labels,) numeric position of each label, see `Judgments`.
        level: One of `LEVELS`.
        **columns: See `Columns`.

    Raises:
        InvalidInput: Columns of unlike length, codes outside their space, unknown level, values
            that are not finite, or negative values on a ratio scale.

    >>> b = block([7, 3, 7], [0, 1, 1], [1, 0, 1], n_labelers=2, values=[0, 1])
    >>> b.item.tolist(), b.item_id.tolist(), b.labeler.tolist()
    ([0, 1, 1], [3, 7], [1, 0, 1])
    """
    ids, who, what = (np.asarray(c, dtype=np.int64).ravel() for c in (item, labeler, label))
    places = np.asarray(values, dtype=np.float64)
    n = ids.size
    who, what = _column(who, n), _column(what, n)
    _check(who, what, n_labelers, places, level)
    item_id, code = coded(ids)
    order, code, what, who = _sorted(code, what, who)
    return Judgments(
        item=code,
        labeler=who,
        label=what,
        occurred_us=_column(columns.get("occurred_us", 0), n)[order],
        received_us=_column(columns.get("received_us", 0), n)[order],
        duration_seconds=_seconds(columns.get("duration_seconds", np.nan), n)[order],
        suggestion=_suggestion(columns, order, places.size),
        gold=_gold(item_id, columns.get("gold"), places.size),
        values=places,
        item_id=item_id,
        features=item_features(item_id, columns.get("features", {})),
        n_labelers=n_labelers,
        level=level,
        tokens=_tokens(item_id, columns.get("tokens")),
    )


def _tokens(item_id: Int, told: Tokens | None) -> Tokens | None:
    return None if told is None else told.at(item_id)


def coded(ids: Int) -> tuple[Int, Int]:
    """Return the distinct ids, ascending, and the place of each id among them.

    Ids that lie close together are looked up in an array, which is quicker than sorting.

    >>> [x.tolist() for x in coded(np.array([7, 3, 7]))]
    [[3, 7], [1, 0, 1]]
    """
    if not ids.size:
        return ids, ids
    low = int(ids.min())
    span = int(ids.max()) - low + 1
    if span > _NEAR * ids.size:
        return distinct(ids)
    there = np.zeros(span, dtype=np.bool_)
    there[ids - low] = True
    rank = np.cumsum(there) - 1
    return np.flatnonzero(there) + low, rank[ids - low]


def _sorted(code: Int, label: Int, labeler: Int) -> tuple[Int, Int, Int, Int]:
    """Return the order of rows by item, label and labeler, and the three in that order.

    Answers that are alike stay in their order, in every part of a block.
    """
    n_labels, n_labelers = (int(x.max(initial=0)) + 1 for x in (label, labeler))
    if code.size * n_labels * n_labelers < _MOST:
        order, key = ordered((code * n_labels + label) * n_labelers + labeler)
        rest = key // n_labelers
        code = rest // n_labels
        return order, code, rest - code * n_labels, key - rest * n_labelers
    order = np.lexsort((labeler, label, code))
    return order, code[order], label[order], labeler[order]


def summed(codes: Int, weights: NDArray[np.generic], size: int) -> Float:
    """Return the sum of weights at each code: (size,) floats, 0.0 where there is none.

    >>> summed(np.array([0, 2, 2]), np.array([1.0, 2.0, 3.0]), 4).tolist()
    [1.0, 0.0, 5.0, 0.0]
    """
    return np.bincount(codes, weights, minlength=size).astype(np.float64, copy=False)


def _check(labeler: Int, label: Int, n_labelers: int, values: Float, level: str) -> None:
    if level not in LEVELS:
        detail = f"level {level!r} is none of {', '.join(LEVELS)}"
        raise InvalidInput(detail, code="level_unknown")
    if not np.isfinite(values).all() or (level == "ratio" and (values < 0).any()):
        detail = f"values must be finite, and not negative on a ratio scale ({level})"
        raise InvalidInput(detail, code="values_invalid")
    _check_codes("labeler", labeler, n_labelers)
    _check_codes("label", label, values.size)


def _check_codes(name: str, codes: Int, size: int) -> None:
    if codes.size and (codes.min() < 0 or codes.max() >= size):
        detail = f"{name} codes run from {codes.min()} to {codes.max()}, outside [0, {size})"
        raise InvalidInput(detail, code="code_outside_space")


def _column(column: ArrayLike, n: int) -> Int:
    values = np.asarray(column, dtype=np.int64)
    _check_rows(values.shape, n)
    return np.broadcast_to(values, (n,))


def _seconds(column: ArrayLike, n: int) -> Float:
    values = np.asarray(column, dtype=np.float64)
    _check_rows(values.shape, n)
    return np.broadcast_to(values, (n,))


def _suggestion(columns: Columns, order: Int, n_labels: int) -> Int:
    """Return the suggestions in order; where there are none, one number seen everywhere."""
    if "suggestion" not in columns:
        return np.broadcast_to(np.int64(NO_SUGGESTION), order.shape)
    given = _column(columns["suggestion"], order.size)
    _check_codes("suggestion", given[given != NO_SUGGESTION], n_labels)
    return given[order]


def _check_rows(shape: tuple[int, ...], n: int) -> None:
    if shape not in {(), (n,)}:
        detail = f"a column has shape {shape} where item has {n} rows"
        raise InvalidInput(detail, code="columns_unlike")


def _gold(item_id: Int, gold: tuple[ArrayLike, ArrayLike] | None, n_labels: int) -> Int:
    out = np.full(item_id.size, NO_GOLD, dtype=np.int64)
    if gold is None or not item_id.size:
        return out
    ids, codes = (np.asarray(c, dtype=np.int64).ravel() for c in gold)
    _check_rows(codes.shape, ids.size)
    _check_codes("gold", codes, n_labels)
    place = np.minimum(np.searchsorted(item_id, ids), item_id.size - 1)
    known = item_id[place] == ids
    out[place[known]] = codes[known]
    return out
