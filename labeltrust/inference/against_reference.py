"""Count agreement against reference peers only: those who are not themselves suspected."""

from dataclasses import fields, replace
from functools import reduce
from operator import add

import numpy as np

from labeltrust.counts import Judgments, exchange, select_items
from labeltrust.counts._base import coded
from labeltrust.counts._split import parted, parts_for
from labeltrust.counts.exchange import Exchange
from labeltrust.inference.crowd_rows import Bool, Int


def exchange_with(judgments: Judgments, reference: Bool) -> Exchange:
    """Count everybody's agreement within the item as if suspects had labeled nothing.

    A reference labeler is compared with the reference labelers of his items; a suspect with the
    same, on his own items, one suspect at a time. Large blocks are counted in parts of whole items.

    Args:
        judgments: The whole block.
        reference: (n_labelers,) who counts as a peer.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1, 1], [0, 1, 2, 3], [0, 0, 1, 1], n_labelers=4, values=[0, 1])
    >>> counts = exchange_with(b, np.array([True, True, False, False]))
    >>> counts.score.round(2).tolist()
    [0.0, 0.0, -0.33, -0.33]
    """
    bare = replace(judgments, features={}, tokens=None)
    n = parts_for(judgments.n)
    if n == 1:
        return _exchange(bare, reference)
    parts = parted(bare.item_id, n)
    return reduce(add, (_exchange(select_items(bare, items), reference) for items in parts))


def _exchange(judgments: Judgments, reference: Bool) -> Exchange:
    trusted = reference[judgments.labeler]
    counts = exchange.count(_rows(judgments, np.flatnonzero(trusted)))
    columns = {f.name: getattr(counts, f.name).copy() for f in fields(Exchange)}
    for suspect in np.flatnonzero(~reference):
        own = exchange.count(_beside(judgments, trusted, int(suspect)))
        for name, column in columns.items():
            column[suspect] = getattr(own, name)[suspect]
    return Exchange(**columns)


def _beside(judgments: Judgments, trusted: Bool, suspect: int) -> Judgments:
    mine = judgments.labeler == suspect
    on_my_items = np.zeros(judgments.n_items, dtype=np.bool_)
    on_my_items[judgments.item[mine]] = True
    return _rows(judgments, np.flatnonzero((trusted & on_my_items[judgments.item]) | mine))


def _rows(judgments: Judgments, rows: Int) -> Judgments:
    """Return a block of some rows; items keep their codes only as far as they keep rows."""
    items, code = coded(judgments.item[rows])
    return replace(
        judgments,
        item=code,
        labeler=judgments.labeler[rows],
        label=judgments.label[rows],
        occurred_us=judgments.occurred_us[rows],
        received_us=judgments.received_us[rows],
        duration_seconds=judgments.duration_seconds[rows],
        suggestion=judgments.suggestion[rows],
        gold=judgments.gold[items],
        item_id=judgments.item_id[items],
        features={},
    )
