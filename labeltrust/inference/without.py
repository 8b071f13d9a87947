"""One labeler's evidence without some of the accusers: what is left of what peers say."""

from dataclasses import replace

import numpy as np
from scipy.special import softmax

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import CrowdRows, Int


def rows_of_items(rows: CrowdRows, items: Int) -> tuple[Int, Int]:
    """Return all rows of some items, and for each the place of its item among them.

    Args:
        rows: Sorted by item.
        items: (k,) item codes.
    """
    first = np.searchsorted(rows.item, items)
    n = np.searchsorted(rows.item, items, side="right") - first
    place = np.repeat(np.arange(items.size), n)
    offset = np.arange(place.size) - np.repeat(np.cumsum(n) - n, n)
    return first[place] + offset, place


def without(crowd: FittedCrowd, labeler: int, accusers: Int) -> FittedCrowd:
    """Return the crowd as one labeler's rows alone, judged without the accusers' labels.

    Population and typical labeler stay as fitted; gold stays certain.

    Args:
        crowd: The whole crowd.
        labeler: Whose rows; he becomes labeler 0.
        accusers: Codes of the labelers left out.
    """
    mine = crowd.rows_of(labeler)
    at, place = rows_of_items(crowd.rows, crowd.rows.item[mine])
    dropped = np.isin(crowd.rows.labeler[at], accusers)
    dropped &= crowd.model.reference[crowd.rows.labeler[at]]
    at, place = at[dropped], place[dropped]
    label = crowd.rows.label[at]
    log_odds, others = np.log(crowd.belief[mine] + 1e-300), crowd.others[mine].copy()
    np.subtract.at(log_odds, place, crowd.model.log_confusion[crowd.rows.labeler[at], label])
    np.subtract.at(others, (place, label), 1.0)
    belief = softmax(log_odds, axis=1)
    known = crowd.rows.gold[crowd.rows.item[mine]] >= 0
    belief[known] = crowd.belief[mine][known]
    return replace(
        crowd,
        rows=_alone(crowd.rows, mine),
        belief=belief,
        others=others,
        order=np.arange(mine.size),
        begins=np.array([0, mine.size]),
    )


def _alone(rows: CrowdRows, kept: Int) -> CrowdRows:
    return replace(
        rows,
        item=rows.item[kept],
        labeler=np.zeros(kept.size, dtype=np.int64),
        label=rows.label[kept],
        occurred_us=rows.occurred_us[kept],
        received_us=rows.received_us[kept],
        row=rows.row[kept],
        n_labelers=1,
    )
