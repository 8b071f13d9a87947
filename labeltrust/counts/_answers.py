"""The last answer of each labeler to each item."""

import numpy as np

from labeltrust.counts._base import Bool, Int, Judgments
from labeltrust.counts._ordering import ordered


def last_answers(judgments: Judgments, rows: Int) -> Int:
    """Return those rows that are a labeler's last answer to an item, by item and labeler.

    Last is what was received last; of answers received together the one claimed last, then the
    greater label code.

    Args:
        judgments: Any block.
        rows: Rows to choose from, ascending.

    >>> from labeltrust.counts import block
    >>> b = block([1, 1, 1], [0, 1, 0], [0, 0, 1], n_labelers=2, values=[0, 1],
    ...           received_us=[5, 5, 9])
    >>> last_answers(b, np.arange(3)).tolist()
    [2, 1]
    """
    unit = judgments.item[rows] * judgments.n_labelers + judgments.labeler[rows]
    order, by_unit = ordered(unit)
    last = _ends(by_unit)
    if not last.all():
        columns = judgments.label, judgments.occurred_us, judgments.received_us
        order = np.lexsort((*(column[rows] for column in columns), unit))
        last = _ends(unit[order])
    return rows[order[last]]


def _ends(unit: Int) -> Bool:
    ends = np.ones(unit.size, dtype=np.bool_)
    ends[:-1] = unit[1:] != unit[:-1]
    return ends
