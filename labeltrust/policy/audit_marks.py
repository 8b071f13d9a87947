"""What rests on each item of an audit: signals of a flag, or that flagged labelers labeled it.

Only signals that speak of single labels mark items. One that speaks of all labels of a labeler,
such as low agreement, tells no item from another.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Judgments
from labeltrust.counts.tempo import HASTE
from labeltrust.inference.item_groups import item_groups
from labeltrust.metrics.intervals import SESSION_GAP_SECONDS
from labeltrust.policy.audit_families import Groups
from labeltrust.signals.bursts import SHORT

Int = NDArray[np.int64]
Float = NDArray[np.float64]
Bool = NDArray[np.bool_]
Details = Mapping[str, Mapping[str, object]]

NO_SIGNAL = "no signal"
BY_FLAGGED, BY_OTHERS = "labeled by flagged labelers", "labeled by others"
MOST_SIGNALS = 3
"""An item on which several signals rest belongs to the first of them."""
ALWAYS: Details = MappingProxyType({"too_fast": {}, "bursts": {}})
"""What can be told of the labels of anybody, flagged or not."""
_SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The labels that marks are looked for in.

    Attributes:
        block: Labels that count, with times, durations and features.
        labeler: Code of the audited labeler.
        words: Canonical labels by code.
        details: What signals say, by name; see `policy.evidence`.
    """

    block: Judgments
    labeler: int
    words: Sequence[str]
    details: Details = field(default_factory=lambda: ALWAYS)


def signal_groups(marked: Marked, items: Int) -> Groups | None:
    """Return on which items signals rest; None where that tells no item from another.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 2, 2], [0, 1, 0, 1], [0, 1, 0, 0], n_labelers=2, values=[0, 1])
    >>> flip = {"targeted_flip": {"true": "fraud", "said": "benign"}}
    >>> seen = Marked(block=b, labeler=0, words=("benign", "fraud"), details=flip)
    >>> found = signal_groups(seen, np.array([1, 2]))
    >>> found.names, found.of_item.tolist()
    (('benign where others say fraud', 'no signal'), [0, 1])
    """
    place = np.searchsorted(marked.block.item_id, items)
    found: dict[str, Bool] = {}
    free = np.ones(items.size, dtype=np.bool_)
    for name, rests in _marks(marked):
        mine = rests[place] & free
        if mine.any() and len(found) < MOST_SIGNALS:
            found[name] = mine
            free &= ~mine
    return _groups(found, free)


def flagged_groups(block: Judgments, flagged: Sequence[int], items: Int) -> Groups | None:
    """Return which items flagged labelers labeled; None where all are alike.

    >>> from labeltrust.counts import block
    >>> b = block([1, 2, 2], [0, 0, 1], [0, 0, 0], n_labelers=2, values=[0])
    >>> flagged_groups(b, [1], np.array([1, 2])).of_item.tolist()
    [1, 0]
    """
    theirs = np.isin(block.labeler, np.asarray(flagged, dtype=np.int64))
    mine = _of_items(block, theirs)[np.searchsorted(block.item_id, items)]
    return _groups({BY_FLAGGED: mine}, ~mine, rest=BY_OTHERS)


def _groups(found: Mapping[str, Bool], free: Bool, rest: str = NO_SIGNAL) -> Groups | None:
    parts = [(name, mine) for name, mine in [*found.items(), (rest, free)] if mine.any()]
    if len(parts) < 2:  # noqa: PLR2004 - one part is everything
        return None
    of_item = np.zeros(free.size, dtype=np.int64)
    for number, (_, mine) in enumerate(parts):
        of_item[mine] = number
    return Groups(of_item=of_item, names=tuple(name for name, _ in parts))


def _marks(marked: Marked) -> Iterator[tuple[str, Bool]]:
    """Yield the name of each mark, and the items of the block that bear it."""
    for signal, detail in marked.details.items():
        look = _LOOKS.get(signal)
        if look is not None:
            yield from look(marked, detail)


def _of_items(block: Judgments, rows: Bool) -> Bool:
    """Say of which items some rows are."""
    found: Bool = np.bincount(block.item[rows], minlength=block.n_items) > 0
    return found


def _pair(marked: Marked, detail: Mapping[str, object]) -> Iterator[tuple[str, Bool]]:
    """Find the items that the labeler called one class and somebody else the other."""
    true, said = (str(detail.get(key, "")) for key in ("true", "said"))
    if true not in marked.words or said not in marked.words:
        return
    block, mine = marked.block, marked.block.labeler == marked.labeler
    here = _of_items(block, mine & (block.label == marked.words.index(said)))
    there = _of_items(block, ~mine & (block.label == marked.words.index(true)))
    yield f"{said} where others say {true}", here & there


def _hasty(marked: Marked, _: Mapping[str, object]) -> Iterator[tuple[str, Bool]]:
    """Find the items that took under a quarter of the others' time, by their geometric mean."""
    block = marked.block
    timed = np.isfinite(block.duration_seconds) & (block.duration_seconds > 0)
    mine = block.labeler == marked.labeler
    own, theirs = (_mean_log_seconds(block, timed & some) for some in (mine, ~mine))
    yield f"in under 1/{HASTE:g} of the others' time", own - theirs < -np.log(HASTE)


def _mean_log_seconds(block: Judgments, rows: Bool) -> Float:
    """Return the mean log time of each item, NaN where none is known."""
    item = block.item[rows]
    total = np.bincount(item, np.log(block.duration_seconds[rows]), block.n_items)
    n = np.bincount(item, minlength=block.n_items)
    found: Float = np.divide(total, n, out=np.full(block.n_items, np.nan), where=n > 0)
    return found


def _burst(marked: Marked, _: Mapping[str, object]) -> Iterator[tuple[str, Bool]]:
    """Find the labels that followed within a fifth of the labeler's median interval."""
    block = marked.block
    rows = np.flatnonzero(block.labeler == marked.labeler)
    rows = rows[np.argsort(block.occurred_us[rows], kind="stable")]
    passed = np.diff(block.occurred_us[rows]) / _SECOND_US
    within = (passed > 0) & (passed <= SESSION_GAP_SECONDS)
    if not within.any():
        return
    short = within & (passed < np.median(passed[within]) / SHORT)
    kept = np.zeros(block.n, dtype=np.bool_)
    kept[rows[1:][short]] = True
    yield "in a burst", _of_items(block, kept)


def _trigger(marked: Marked, detail: Mapping[str, object]) -> Iterator[tuple[str, Bool]]:
    """Find the items that carry the feature."""
    for group in item_groups(marked.block.features):
        if (group.feature, group.value) == (detail.get("feature"), detail.get("value")):
            yield f"{group.feature}: {group.value}", group.member


_Look = Callable[[Marked, Mapping[str, object]], Iterator[tuple[str, Bool]]]
_LOOKS: Mapping[str, _Look] = MappingProxyType(
    {"targeted_flip": _pair, "too_fast": _hasty, "bursts": _burst, "feature_trigger": _trigger}
)
