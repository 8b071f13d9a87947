"""Find groups of labelers that coincide more than any group of honest ones would by chance.

Every group of every size is a hypothesis, and all are paid for: the chance of a group's pooled
score is bounded by Chernoff's inequality, times the number of groups of that size. So it does not
matter how a group was found, and the search may be greedy.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse.linalg import eigsh
from scipy.special import gammaln

from labeltrust.inference.coincidences import THETAS
from labeltrust.inference.crowd_rows import Bool, Float, Int
from labeltrust.inference.pair_table import PairTable

MOST_OF_CROWD = 0.15
"""A larger group is no ring but a school of opinion, or the crowd itself; see `SMALL_RING`."""
SMALL_RING = 6
"""A group of so few may be a ring in any crowd."""
_MOST_SEARCHED = 500
_MOST_LABELERS = 2000
_SEEDS = 64
_VECTORS = 4
_SMALL = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group of labelers.

    Attributes:
        members: Codes, ascending.
        log_p: Log of the bound on the chance that any group of honest labelers coincides as much.
    """

    members: Int
    log_p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ties:
    """Pairs as matrices over the labelers that may be in a ring.

    Attributes:
        labelers: (n,) codes.
        gain: (THETAS.size, n, n) theta * excess - cumulant: what a pair adds to the log evidence
            for a group that holds both.
        n_crowd: Labelers with any pair.
        n_labelers: Size of the labeler code space.
    """

    labelers: Int
    gain: Float
    n_crowd: int
    n_labelers: int

    def without(self, codes: Int) -> "Ties":
        """Return the ties of everybody else; they are still paid for."""
        kept = ~np.isin(self.labelers, codes)
        gain = self.gain[:, kept][:, :, kept]
        return replace(self, labelers=self.labelers[kept], gain=gain)


def ties(table: PairTable, reach: float) -> Ties:
    """Return the ties between labelers beyond what honest pairs may reach.

    Args:
        table: Sums by pair.
        reach: Share of labels that honest pairs may seem to copy.
    """
    excess = table.score - reach * table.information
    pulls = THETAS[:, None] * excess - table.cumulants.T
    there, n_crowd = _strongest(table, pulls)
    place = np.full(table.n_labelers, -1)
    place[there] = np.arange(there.size)
    first, second = place[table.first], place[table.second]
    kept = (first >= 0) & (second >= 0)
    gain = np.zeros((THETAS.size, there.size, there.size))
    gain[:, first[kept], second[kept]] = pulls[:, kept]
    gain += gain.transpose(0, 2, 1).copy()
    return Ties(labelers=there, gain=gain, n_crowd=n_crowd, n_labelers=table.n_labelers)


def _strongest(table: PairTable, pulls: Float) -> tuple[Int, int]:
    """Return the labelers with the strongest ties, at most `_MOST_LABELERS`, and how many exist."""
    best = np.full(table.n_labelers, -np.inf)
    for end in (table.first, table.second):
        np.maximum.at(best, end, pulls.max(axis=0))
    there = np.flatnonzero(np.isfinite(best))
    order = np.argsort(-best[there], kind="stable")
    return np.sort(there[order[:_MOST_LABELERS]]), int(there.size)


def find_rings(found: Ties, log_rate: float) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """Return rings and schools whose bound is within a rate; none shares a member.

    Args:
        found: The ties.
        log_rate: Log of the chance that an honest crowd shows any group.

    Returns:
        The rings, the strongest first; and the groups too large to be one.
    """
    rings: list[Group] = []
    schools: list[Group] = []
    while True:
        group = strongest_group(found)
        if group is None or group.log_p > log_rate:
            return tuple(rings), tuple(schools)
        small = group.members.size <= max(MOST_OF_CROWD * found.n_crowd, SMALL_RING)
        (rings if small else schools).append(group)
        found = found.without(group.members)


def strongest_group(found: Ties, start: Int | None = None) -> Group | None:
    """Return the group with the least bound that a greedy search finds, or None without pairs.

    Args:
        found: The ties.
        start: Codes of a group to start from; None starts from the strongest pairs and from the
            leading eigenvectors of the ties.
    """
    n = found.labelers.size
    most = min(max(found.n_crowd // 2, 2), _MOST_SEARCHED, n)
    if n < 2:  # noqa: PLR2004 - a pair
        return None
    price = _prices(found.n_crowd, most)
    best, best_log_p = None, np.inf
    for gain in found.gain:
        seeds = _seeds(gain, price) if start is None else np.isin(found.labelers, start)[None, :]
        for inside, log_p in (_grown(gain, seeds, price), _pruned(gain, seeds, price)):
            if log_p < best_log_p:
                best, best_log_p = _settled(gain, inside, price)
    if best is None:
        return None
    return Group(members=found.labelers[best], log_p=float(best_log_p))


def _prices(n: int, most: int) -> Float:
    """Log of the number of groups of each size 0..most, and of sizes; inf below 2.

    Sizes share the rate as 1 / (k (k - 1)), which sums to one over k >= 2.
    """
    k = np.arange(most + 1, dtype=np.float64)
    groups = gammaln(n + 1) - gammaln(k + 1) - gammaln(np.maximum(n - k, 0) + 1)
    with np.errstate(divide="ignore"):
        price: Float = groups + np.log(k * np.maximum(k - 1, 0))
    price[:2] = np.inf
    return price


def _seeds(gain: Float, price: Float) -> Bool:
    """Return groups to grow from, (n_seeds, n): strong labelers alone, and spectral prefixes."""
    n = gain.shape[0]
    strong = np.argsort(-gain.max(axis=1), kind="stable")[:_SEEDS]
    seeds = [np.eye(n, dtype=np.bool_)[strong]]
    for vector in _leading(gain):
        for ranked in (np.argsort(-vector), np.argsort(vector)):
            ranked = ranked[: price.size - 1]  # noqa: PLW2901 - cut
            block = gain[np.ix_(ranked, ranked)]
            value = np.cumsum(np.triu(block, 1).sum(axis=0))
            size = int(np.argmax(value - price[1:][: value.size])) + 1
            inside = np.zeros((1, n), dtype=np.bool_)
            inside[0, ranked[:size]] = True
            seeds.append(inside)
    return np.concatenate(seeds)


def _leading(gain: Float) -> Float:
    """Return the eigenvectors of the largest eigenvalues, (at most _VECTORS, n)."""
    if gain.shape[0] <= _SMALL:
        ascending: Float = np.linalg.eigh(gain)[1].T
        return ascending[::-1][:_VECTORS]
    start = np.ones(gain.shape[0])
    vectors: Float = eigsh(gain, k=_VECTORS, which="LA", v0=start, tol=1e-3)[1].T
    return vectors


def _grown(gain: Float, seeds: Bool, price: Float) -> tuple[Bool, float]:
    """Add to every seed whoever gains most, up to the largest size; return the best ever seen."""
    inside = seeds.copy()
    pull = inside @ gain
    value = (pull * inside).sum(axis=1) / 2
    pull[inside] = -np.inf  # members stay: no sum takes them out of this again
    best, best_log_p = inside[0], np.inf
    every, size = np.arange(inside.shape[0]), inside.sum(axis=1)
    while True:
        log_p = price[np.minimum(size, price.size - 1)] - value
        k = int(log_p.argmin())
        if log_p[k] < best_log_p:
            best, best_log_p = inside[k].copy(), float(log_p[k])
        if int(size.max()) >= price.size - 1:
            return best, best_log_p
        chosen = pull.argmax(axis=1)
        value = value + pull[every, chosen]
        inside[every, chosen], pull[every, chosen] = True, -np.inf
        pull += gain[chosen]
        size += 1


def _pruned(gain: Float, seeds: Bool, price: Float) -> tuple[Bool, float]:
    """Return the best seed as it is."""
    value = ((seeds @ gain) * seeds).sum(axis=1) / 2
    size = seeds.sum(axis=1)
    log_p = np.where(size < price.size, price[np.minimum(size, price.size - 1)] - value, np.inf)
    k = int(log_p.argmin())
    return seeds[k], float(log_p[k])


def _settled(gain: Float, inside: Bool, price: Float) -> tuple[Bool, float]:
    """Move single labelers in or out while that lowers the bound."""
    inside = inside.copy()
    value = float(gain[np.ix_(inside, inside)].sum() / 2)
    while True:
        size = int(inside.sum())
        now = price[size] - value
        pull = gain[:, inside].sum(axis=1)
        join = price[size + 1] if size + 1 < price.size else np.inf
        after = np.where(inside, price[size - 1] - value + pull, join - value - pull)
        k = int(after.argmin())
        if not after[k] < now - 1e-9:
            return inside, now
        value += -pull[k] if inside[k] else pull[k]
        inside[k] = not inside[k]
