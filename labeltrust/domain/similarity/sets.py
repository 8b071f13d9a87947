"""Likeness of label sets: Jaccard, or MASI."""

from collections.abc import Sequence

import numpy as np
from scipy import sparse

from labeltrust.domain.similarity._base import Float, Int, Measure, coded, parts_of, whole


def jaccard(words: Sequence[str]) -> Measure:
    """Return the measure |A and B| / |A or B| (Jaccard 1912) of some sets; two empty ones are 1.

    Args:
        words: Canonical sets (JSON lists of texts) by code.

    >>> measure = jaccard(['["a"]', '["a","b"]', '["c"]'])
    >>> measure(np.array([0, 0]), np.array([1, 2])).tolist()
    [0.5, 0.0]
    """
    members = members_of(words)[0]

    def measure(one: Int, two: Int) -> Float:
        shared, either = _overlap(members, one, two)
        return np.divide(shared, either, out=np.ones_like(shared), where=either > 0)

    return measure


def masi(words: Sequence[str]) -> Measure:
    """Return the measure Jaccard times monotonicity (Passonneau 2006) of some sets.

    Monotonicity is 1 for equal sets, 2/3 where one holds the other, 1/3 where they overlap, else 0.

    >>> measure = masi(['["a"]', '["a","b"]', '["b","c"]'])
    >>> measure(np.array([0, 1]), np.array([1, 2])).round(4).tolist()
    [0.3333, 0.1111]
    """
    members = members_of(words)[0]
    size = np.diff(members.indptr).astype(np.float64)
    plain = jaccard(words)

    def measure(one: Int, two: Int) -> Float:
        shared = _overlap(members, one, two)[0]
        a, b = size[one], size[two]
        equal, inside = (shared == a) & (shared == b), (shared == a) | (shared == b)
        kind = np.select([equal, (shared > 0) & inside, shared > 0], [1.0, 2 / 3, 1 / 3], 0.0)
        found: Float = plain(one, two) * kind
        return found

    return measure


def members_of(words: Sequence[str]) -> tuple[sparse.csr_array, list[str]]:
    """Return which member (column) each set (row) has, and the members' names by column.

    >>> members, names = members_of(['["b"]', '["a","b"]'])
    >>> names, members.toarray().tolist()
    (['b', 'a'], [[1.0, 0.0], [1.0, 1.0]])
    """
    sets = [sorted({p if isinstance(p, str) else whole(p) for p in parts_of(w)}) for w in words]
    flat = [member for one in sets for member in one]
    column = coded(flat)
    begins = np.concatenate([[0], np.cumsum([len(one) for one in sets], dtype=np.int64)])
    shape = (len(sets), int(column.max(initial=-1)) + 1)
    table = sparse.csr_array((np.ones(column.size), column, begins), shape=shape)
    return table, list(dict.fromkeys(flat))


def _overlap(members: sparse.csr_array, one: Int, two: Int) -> tuple[Float, Float]:
    size = np.diff(members.indptr).astype(np.float64)
    shared = np.asarray(members[one].multiply(members[two]).sum(axis=1)).ravel()
    shared = shared.astype(np.float64)
    return shared, size[one] + size[two] - shared
