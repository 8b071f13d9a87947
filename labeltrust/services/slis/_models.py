"""The rows that M3, M7 and M9 are counted from: what the newest assessment found of models."""

from collections.abc import Mapping, Sequence
from itertools import starmap

import numpy as np

from labeltrust.domain.measures import Tally
from labeltrust.services.slis._base import Asked
from labeltrust.store.model_roles import Compared, comparisons

Lists = Sequence[Sequence[int]]
NO_MODEL = "no {} is compared yet; say what models are for by `labeltrust labelers model`"


def pairs_of(asked: Asked, *roles: str) -> list[Compared]:
    """Return the comparisons of models of some roles that compared something."""
    found = comparisons(asked.session, asked.project_id)
    return [one for one in found if one.role in roles and "reason" not in one.found]


def tallies_of(asked: Asked, measure: str, one: Compared, hours: Lists) -> list[Tally]:
    """Return the hours of a comparison that are wanted as tallies of its model."""

    def tally(hour: int, valid: int, bad: int) -> Tally:
        return Tally(measure=measure, labeler=one.labeler_id, hour=hour, valid=valid, bad=bad)

    found = starmap(tally, zip(*hours, strict=True))
    return [one for one in found if one.hour >= asked.first_hour]


def net_losses(hours: Mapping[str, Lists]) -> Lists:
    """Return hours whose bad items add up to those lost beyond those gained.

    What was gained makes up for what was lost first, so that the newest losses stand.

    >>> lost, gained = [[1, 2], [10, 10], [3, 2]], [[1, 2], [10, 10], [0, 4]]
    >>> net_losses({"losing": lost, "gaining": gained})
    [[1, 2], [10, 10], [0, 1]]
    """
    hour, valid, lost = (np.array(column, dtype=np.int64) for column in hours["losing"])
    net = max(int(lost.sum()) - int(np.sum(hours["gaining"][2])), 0)
    newest_first = np.minimum(np.cumsum(lost[::-1]), net)
    bad = np.diff(newest_first, prepend=0)[::-1]
    return [hour.tolist(), valid.tolist(), bad.tolist()]
