"""Who disagrees with a suspect, and whether they are many or one party.

Where a labeler is bad his peers disagree with him at about the same rate, whoever they are. Where
he is framed a few do so almost always and the others as ever: those few are one dense cluster.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import summed
from labeltrust.inference.without import rows_of_items
from labeltrust.policy.population import Bool, Float, Int

DENSE = 3.5
"""Standard deviations above the median peer's rate of disagreement that make a dense accuser."""
_ENOUGH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Accusers:
    """The peers of one labeler who disagreed with him.

    Attributes:
        labeler: (k,) codes, most hostile first.
        disagreed: (k,) items on which they gave another label.
        shared: (k,) items they share with him.
        hostility: (k,) disagreements beyond those of the median peer.
        dense: (k,) True for the one cluster that disagrees far more than the others.
        ring: (k,) number of the ring that an accuser belongs to, -1 for none; empty for no rings.
    """

    labeler: Int
    disagreed: Int
    shared: Int
    hostility: Float
    dense: Bool
    ring: Int = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    @property
    def clusters(self) -> float:
        """Effective number of independent accusers: a dense cluster counts as one, so does a ring.

        Inverse Simpson index of the disagreements (Simpson 1949): k equal accusers count k.
        """
        by_party = np.bincount(self._party(), self.disagreed, minlength=1)
        total = float(by_party.sum())
        return total**2 / float((by_party**2).sum()) if total else 0.0

    def _party(self) -> Int:
        """Return a number for each accuser, equal for those who act as one, (k,)."""
        party = np.arange(self.labeler.size)
        for ring in np.unique(self.ring[self.ring >= 0]):
            mine = np.flatnonzero(self.ring == ring)
            party[mine] = party[mine[0]]
        if self.dense.any():
            party[np.isin(party, party[self.dense])] = party[self.dense][0]
        return party

    def most_hostile(self, k: int) -> Int:
        """Return the k most hostile accusers and all of the dense cluster, as codes."""
        first = np.arange(self.labeler.size) < k
        return self.labeler[(first & (self.hostility > 0)) | self.dense]


def accusers_of(
    crowd: FittedCrowd, labeler: int, earliest_row: int, rings: Sequence[Int] = ()
) -> Accusers:
    """Return who disagreed with a labeler since the onset.

    Args:
        crowd: The fitted crowd; only reference labelers accuse.
        labeler: The suspect.
        earliest_row: First row of the onset, negative from the start.
        rings: Codes of the members of each ring that was found.
    """
    rows = crowd.rows
    mine = since_row(crowd, labeler, earliest_row)
    at, place = rows_of_items(rows, rows.item[mine])
    peer = (rows.labeler[at] != labeler) & crowd.model.reference[rows.labeler[at]]
    at, place = at[peer], place[peer]
    differs = rows.label[at] != rows.label[mine[place]]
    shared = np.bincount(rows.labeler[at], minlength=rows.n_labelers)
    disagreed = summed(rows.labeler[at], differs, rows.n_labelers)
    rate = _usual_rate(disagreed, shared)
    hostility = disagreed - shared * rate
    error = np.sqrt(np.maximum(shared * rate * (1 - rate), 0.25))
    dense = (hostility > DENSE * error) & (shared >= _ENOUGH)
    order = np.argsort(-hostility, kind="stable")
    order = order[disagreed[order] > 0]
    return Accusers(
        labeler=order,
        disagreed=disagreed[order].astype(np.int64),
        shared=shared[order],
        hostility=hostility[order],
        dense=dense[order],
        ring=_ring_of(rings, rows.n_labelers)[order],
    )


def _ring_of(rings: Sequence[Int], n_labelers: int) -> Int:
    """Return the number of each labeler's ring, -1 for none, (n_labelers,)."""
    ring = np.full(n_labelers, -1)
    for number, members in enumerate(rings):
        ring[members] = number
    return ring


def since_row(crowd: FittedCrowd, labeler: int, earliest_row: int) -> Int:
    """Return a labeler's rows from the onset on, in received order."""
    mine = crowd.rows_of(labeler)
    if earliest_row < 0:
        return mine
    return mine[int(np.flatnonzero(mine == earliest_row)[0]) :]


def _usual_rate(disagreed: Float, shared: Int) -> float:
    """Return the median peer's rate of disagreement, every peer alike however often he meets."""
    enough = shared >= min(_ENOUGH, max(int(shared.max(initial=1)), 1))
    if not enough.any():
        return 0.5
    return float(np.median(disagreed[enough] / shared[enough]))
