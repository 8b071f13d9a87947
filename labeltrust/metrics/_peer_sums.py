"""Agreement and chance agreement with peers, with every group of items left out."""

from dataclasses import dataclass

import numpy as np

from labeltrust.counts._base import summed
from labeltrust.counts._cells import Cells
from labeltrust.counts._similarity import Weighted, total_similarity
from labeltrust.counts._split import N_GROUPS
from labeltrust.counts.peers import Peers
from labeltrust.metrics._estimates import Bool, Float
from labeltrust.metrics._kappa_table import Tables


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerSums:
    """What agreement with peers is made of; arrays have shape (n_labelers, 1 + N_GROUPS).

    Column 0 is the whole; column 1 + g leaves out group g of items.

    Attributes:
        observed: Summed similarity of own and peer labels, at weight 1 an item.
        chance: The same expected by chance from the two margins.
        items: Shared items.
    """

    observed: Float
    chance: Float
    items: Float

    @property
    def occupied(self) -> Bool:
        """Which groups hold shared items: (n_labelers, N_GROUPS)."""
        return self.items[:, 1:] < self.items[:, :1]


def peer_sums(counts: Peers, kind: str) -> PeerSums:
    """Return the sums of every labeler by similarity `equal`, `linear` or `quadratic`."""
    table = counts.table
    labeler, group, one, two = table.index
    cells = Tables(
        pair=labeler * N_GROUPS + group,
        one=one,
        two=two,
        weight=table.sums[0],
        n_pairs=table.shape[0] * N_GROUPS,
        values=counts.values,
    )
    observed = cells.total(cells.weight * cells.similarity(kind)).reshape(-1, N_GROUPS)
    items = without_groups(counts.items.dense())
    product = margin_products(table.over(0, 1, 2), table.over(0, 1, 3), kind, counts.values)
    chance = np.divide(product, items, out=np.zeros_like(product), where=items > 0)
    return PeerSums(observed=without_groups(observed), chance=chance, items=items)


def without_groups(by_group: Float) -> Float:
    """Return the total, then the total without each group: (k, 1 + n_groups).

    >>> without_groups(np.array([[1.0, 2.0]])).tolist()
    [[3.0, 2.0, 1.0]]
    """
    total = by_group.sum(axis=1, keepdims=True)
    return np.hstack([total, total - by_group])


def margin_products(own: Cells, peers: Cells, kind: str, values: Float) -> Float:
    """Return sum over x, y of r_x c_y s(x, y) for margins r and c, with every group left out.

    Without group g it is (r - r_g)(c - c_g) = r c - r c_g - r_g c + r_g c_g.
    """
    shape = (own.shape[0], N_GROUPS)
    row_whole = _one_sided(own, peers, kind, values, by_group=False).reshape(shape)
    column_whole = _one_sided(peers, own, kind, values, by_group=False).reshape(shape)
    inside = _one_sided(own, peers, kind, values, by_group=True).reshape(shape)
    whole = row_whole.sum(axis=1, keepdims=True)
    return np.hstack([whole, whole - row_whole - column_whole + inside])


def _one_sided(asked: Cells, among: Cells, kind: str, values: Float, *, by_group: bool) -> Float:
    """Return the summed similarity of one side's cells, by group, to the other side's."""
    labeler, group, label = asked.index
    there, there_group, there_label = among.index
    key = labeler * N_GROUPS + group
    mine, theirs = (key, there * N_GROUPS + there_group) if by_group else (labeler, there)
    weighted = Weighted(group=theirs, label=there_label, weight=among.sums[0])
    similar = total_similarity(kind, (mine, label), weighted, values)
    return summed(key, asked.sums[0] * similar, asked.shape[0] * N_GROUPS)
