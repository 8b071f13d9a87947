"""Rings of a crowd, and how much each labeler has to do with one."""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.against_ring import AgainstRing, against_ring
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.inference.crowd_rows import Bool, Float, Int
from labeltrust.inference.pair_table import honest_reach, pair_table
from labeltrust.inference.population_null import PopulationNull, fit_null
from labeltrust.inference.rings import Group, Ties, find_rings, strongest_group, ties

RING_RATE = 0.05
"""Bound on the chance that an honest crowd shows any ring; what is measured is far below it."""
_SMALL = 300
"""In larger crowds the ring without one member is sought near the ring with him only."""
_Z95 = 1.959964
_FIRST = 3.5
"""Standard errors between early and late coincidences that tell who is copied from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collusion:
    """What coincidences say of a crowd; arrays have shape (n_labelers,).

    Attributes:
        groups: The rings, strongest first.
        against: Everybody compared with each of them.
        nearest: Ring each labeler belongs to, or else coincides with most; -1 without rings.
        p_value: Bound on the chance of an honest labeler to coincide as much.
        typical: What honest labelers seem to have from each ring, or, without rings, from anybody.
    """

    groups: tuple[Group, ...]
    against: tuple[AgainstRing, ...]
    nearest: Int
    p_value: Float
    typical: tuple[float, ...]


def collusion(crowd: FittedCrowd) -> Collusion | Undefined:
    """Look for rings, and test every labeler against those that are found without him.

    Args:
        crowd: The fitted crowd.

    Returns:
        The rings, or `Undefined` where the crowd is no population of pairs.
    """
    table = pair_table(crowd)
    reach = honest_reach(table)
    if isinstance(reach, Undefined):
        return reach
    found = ties(table, reach)
    groups, schools = find_rings(found, float(np.log(RING_RATE)))
    for school in schools:
        found = found.without(school.members)
    against = tuple(against_ring(crowd, group.members) for group in groups)
    nulls = tuple(_null(a, g, reach) for a, g in zip(against, groups, strict=True))
    nearest, log_p = _nearest(against, nulls, found)
    for k, group in enumerate(groups):
        for member in group.members.tolist():
            nearest[member] = k
            log_p[member] = _member(crowd, found, (group, against[k], nulls[k]), member)
    return Collusion(
        groups=groups,
        against=against,
        nearest=nearest,
        p_value=np.exp(np.minimum(log_p, 0.0)),
        typical=tuple(null.mean for null in nulls),
    )


def _null(against: AgainstRing, group: Group, reach: float) -> PopulationNull:
    """Return what honest labelers seem to have from a ring; what pairs do, where they are few."""
    outside = against.information > 0
    outside[group.members] = False
    error = np.where(outside, np.maximum(against.information, 1e-9) ** -0.5, np.nan)
    fitted = fit_null(against.share(), error, outside)
    if isinstance(fitted, Undefined):
        return PopulationNull(mean=reach, spread=0.0, n=int(outside.sum()))
    return fitted


def _nearest(
    against: tuple[AgainstRing, ...], nulls: tuple[PopulationNull, ...], found: Ties
) -> tuple[Int, Float]:
    """Return the ring each labeler coincides with most, and the log p-value of that, (n,).

    Without rings: that of his best partners.
    """
    if not against:
        by_partners = partners_log_p(found)
        return np.full(by_partners.size, -1), by_partners
    log_p = np.array([_followed(a, null) for a, null in zip(against, nulls, strict=True)])
    return log_p.argmin(axis=0), log_p.min(axis=0) + np.log(len(against))


def _followed(against: AgainstRing, null: PopulationNull) -> Float:
    """Return the log p-values; 0 for those who are copied from.

    Whoever coincides where he was the first, and not where others were, is no accomplice.
    """
    log_p, late = against.log_p(null), against.late
    if late is None:
        return log_p
    early = against.information - late.information
    both = (early > 0) & (late.information > 0)
    with np.errstate(invalid="ignore", divide="ignore"):
        gap = (against.score - late.score) / early - late.share()
        error = np.sqrt(1 / early + 1 / late.information)
    copied = both & (gap > _FIRST * error) & (late.log_p(null) > np.log(0.05))
    copied |= late.information <= 0
    return np.where(copied, 0.0, log_p)


def _member(
    crowd: FittedCrowd,
    found: Ties,
    ring: tuple[Group, AgainstRing, PopulationNull],
    member: int,
) -> float:
    """Return the log p-value of a member against the ring as it is found without him.

    Where the others are no ring without him, that of his best partners.
    """
    group, against, null = ring
    others = np.setdiff1d(group.members, [member])
    start = others if found.labelers.size > _SMALL else None
    alone = strongest_group(found.without(np.array([member])), start)
    if alone is None or alone.log_p > 0 or not np.isin(alone.members, others).any():
        copied = _followed(against, null)[member] >= 0
        return 0.0 if copied else float(partners_log_p(found)[member])
    if not np.array_equal(alone.members, others):
        against = against_ring(crowd, alone.members)
    return float(_followed(against, null)[member])


def partners_log_p(found: Ties) -> Float:
    """Return the log of a bound for each labeler, whichever partners he may have, (n_labelers,).

    The sum over his k best partners, times the number of ways to choose k of the others.
    """
    n = found.labelers.size
    log_p = np.zeros(found.n_labelers)
    if n < 2:  # noqa: PLR2004 - a pair
        return log_p
    k, rest = np.arange(1, n), found.n_crowd - 1
    price = gammaln(rest + 1) - gammaln(k + 1) - gammaln(rest - k + 1) + np.log(k * (k + 1.0))
    best = np.zeros(n)
    itself = np.eye(n, dtype=np.bool_)
    for gain in found.gain:
        ranked = -np.sort(np.where(itself, np.inf, -gain), axis=1)[:, : n - 1]
        best = np.minimum(best, (price - np.cumsum(ranked, axis=1)).min(axis=1))
    log_p[found.labelers] = best
    return log_p


@dataclass(frozen=True, slots=True, kw_only=True)
class Ring:
    """A group that coincides more than any group of honest labelers would by chance.

    Attributes:
        members: Labeler codes, ascending.
        p_value: Bound on the chance of any such group in an honest crowd.
        share: Share of labels on contested items that members seem to have from one another,
            beyond the typical labeler; at 1 they never differ.
        low: Lower end of its 95 % interval.
        high: Upper end.
        items: Item codes on which two members or more gave one label and others another; those
            with most such members first.
        shared: Items labeled by two members or more.
        first_us: Claimed time of the first label on `items`.
    """

    members: Int
    p_value: float
    share: float
    low: float
    high: float
    items: Int
    shared: int
    first_us: int


def rings(crowd: FittedCrowd, found: Collusion) -> tuple[Ring, ...]:
    """Return the rings as they are named to people.

    Args:
        crowd: The fitted crowd.
        found: What coincidences say of it.
    """
    triples = zip(found.groups, found.against, found.typical, strict=True)
    return tuple(_ring(crowd, group, against, typical) for group, against, typical in triples)


def _ring(crowd: FittedCrowd, group: Group, against: AgainstRing, typical: float) -> Ring:
    information = float(against.information[group.members].sum())
    share = float(against.score[group.members].sum()) / information - typical
    margin = _Z95 * float(np.sqrt(2 / information))  # every pair is in it from both ends
    items, shared, first_us = _common(crowd, np.isin(crowd.rows.labeler, group.members))
    return Ring(
        members=group.members,
        p_value=float(np.exp(min(group.log_p, 0.0))),
        share=share,
        low=share - margin,
        high=share + margin,
        items=items,
        shared=shared,
        first_us=first_us,
    )


def _common(crowd: FittedCrowd, mine: Bool) -> tuple[Int, int, int]:
    """Return items on which members agree against others, items they share, and the first time."""
    rows = crowd.rows
    cell = rows.item * rows.n_classes + rows.label
    size = (rows.n_items, rows.n_classes)
    theirs = np.bincount(cell[mine], minlength=size[0] * size[1]).reshape(size)
    everybody = np.bincount(rows.item, minlength=size[0])
    alike = np.bincount(cell, minlength=size[0] * size[1]).reshape(size)
    against = (theirs > 1) & (alike < everybody[:, None])
    most = np.where(against, theirs, 0).max(axis=1, initial=0)
    items = np.flatnonzero(most)
    first = rows.occurred_us[mine & np.isin(rows.item, items)]
    order = np.argsort(-most[items], kind="stable")
    return items[order], int((theirs.sum(axis=1) > 1).sum()), int(first.min(initial=2**62))
