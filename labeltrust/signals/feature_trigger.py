"""Disagrees with the others where items carry one feature, and not elsewhere.

A backdoor is a few labels among thousands: flipped only where the amount is above 9,000, or the
country is a certain one. Per group of items that share a value, and per class that peers believe in
there, a labeler's disagreements are compared with what his own confusions lead one to expect, at
his own level on all other items, and with how far honest labelers differ on that group. He is
charged for all groups in which he has labels.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.crowd_rows import summed
from labeltrust.inference.item_groups import ItemGroup, item_groups
from labeltrust.inference.peer_view import PeerView, peer_view
from labeltrust.inference.population_null import MIN_POPULATION, PopulationNull, fit_null
from labeltrust.inference.share_tail import (
    Level,
    Share,
    SharePopulation,
    in_population,
    share_effect,
)
from labeltrust.inference.shared_spread import shared_spread
from labeltrust.signals._base import (
    NO_HONEST_MAJORITY,
    Bool,
    Effects,
    Evidence,
    Float,
    Int,
    Readings,
    Said,
    Signal,
    readings,
    silent,
)
from labeltrust.signals._shares import at_least, share_effects

LEVELS = frozenset({"nominal", "ordinal", "interval", "ratio"})
MIN_INSIDE = 5
MIN_OUTSIDE = 20
SURE = 0.6
"""Belief of peers in a class below which a label neither agrees nor disagrees."""
EVERY_CLASS = 0.8
"""Part of the budget for looks over all classes; the rest is for looks at single ones."""
MOST_CLASSES = 5
"""With more classes than this they are looked at together only."""
_EVERY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One group and one believed class; shares have shape (n_labelers,)."""

    group: ItemGroup
    believed: int
    inside: Share
    outside: Share
    null: PopulationNull

    @property
    def level(self) -> Level:
        """The labeler's own level on all other items."""
        return Level(log_odds=self.outside.log_odds, error=self.outside.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Dissent:
    """Rows with peers: who disagreed, and how likely a typical labeler had."""

    view: PeerView
    differs: Float
    chance: Float
    n_labelers: int

    def share(self, rows: Bool) -> Share:
        """Return disagreement on some of the rows."""
        who = self.view.labeler[rows]
        return Share(
            hits=summed(who, self.differs[rows], self.n_labelers),
            n=np.bincount(who, minlength=self.n_labelers).astype(np.float64),
            expected=summed(who, self.chance[rows], self.n_labelers),
        )


def read(evidence: Evidence) -> Readings:
    """Look through all groups of items; the most telling one speaks for the labeler."""
    n_labelers = evidence.reference.size
    if not evidence.judgments.features:
        return silent(n_labelers, "no item features on record")
    if not evidence.peers_prove:
        return silent(n_labelers, NO_HONEST_MAJORITY)
    looks = list(_looks(evidence))
    if not looks:
        reason = f"no feature parts the items so that {MIN_POPULATION} labelers can be compared"
        return silent(n_labelers, reason)
    found = _tested(looks)
    p_values, n_looks = _charged(looks, found)
    at = np.where(np.isnan(p_values), 2.0, p_values).argmin(axis=0)
    least = p_values[at, np.arange(n_labelers)]
    said = Said(p_value=np.minimum(least, 1.0), log_e=np.full(n_labelers, np.nan))
    detail = tuple(_detail(looks[k], a, int(n_looks[a])) for a, k in enumerate(at))
    effects = _effects(looks, found, at)
    needs = f"{MIN_INSIDE} labels on items of one group and {MIN_OUTSIDE} on others"
    return readings(effects, said, detail, enough=np.isfinite(least), needs=needs)


def _tested(looks: list[_Look]) -> list[SharePopulation]:
    """Test every look, with what all looks of its kind say of honest difference."""
    spread = np.zeros(len(looks))
    for alone in (False, True):
        kind = [k for k, look in enumerate(looks) if (look.believed == _EVERY) != alone]
        effects = [share_effect(looks[k].inside, looks[k].level) for k in kind]
        spread[kind] = shared_spread(effects, [looks[k].null for k in kind])
    return [
        in_population(look.inside, replace(look.null, spread=float(tau)), look.level)
        for look, tau in zip(looks, spread, strict=True)
    ]


def _charged(looks: list[_Look], found: list[SharePopulation]) -> tuple[Float, Float]:
    """Return p-values (n_looks, n_labelers) charged for all looks, and looks by labeler.

    Weighted Bonferroni (Holm 1979): a group's part of the budget is in inverse proportion to its
    share of the items, since few items give few labels to find a trigger by, and large groups need
    no favour. Single classes share a smaller part: they are more, with fewer labels.
    """
    p_values = np.array([one.p_value for one in found])
    known = np.isfinite(p_values)
    every = np.array([look.believed == _EVERY for look in looks])
    weight = 1 / np.array([look.group.member.mean() for look in looks])[:, None]
    charge = np.empty_like(p_values)
    for kind, part in ((every, EVERY_CLASS), (~every, 1 - EVERY_CLASS)):
        charge[kind] = (weight[kind] * known[kind]).sum(axis=0) / (part * weight[kind])
    return p_values * charge, known.sum(axis=0)


def _looks(evidence: Evidence) -> Iterator[_Look]:
    """Test every group, over all believed classes and over each alone."""
    view = peer_view(evidence.crowd, SURE)
    dissent = _Dissent(
        view=view,
        differs=(view.label != view.believed).astype(np.float64),
        chance=1 - view.own_chance,
        n_labelers=evidence.reference.size,
    )
    n_classes, item = evidence.crowd.rows.n_classes, evidence.crowd.rows.item[view.row]
    classes = [_EVERY, *(range(n_classes) if n_classes <= MOST_CLASSES else ())]
    totals = {believed: dissent.share(_believed(view, believed)) for believed in classes}
    for group in item_groups(evidence.judgments.features):
        member = group.member[item]
        for believed in classes:
            inside = dissent.share(member & _believed(view, believed))
            look = _look(evidence, group, believed, inside, totals[believed])
            if look is not None:
                yield look


def _believed(view: PeerView, believed: int) -> Bool:
    if believed == _EVERY:
        return np.ones(view.row.size, dtype=np.bool_)
    rows: Bool = view.believed == believed
    return rows


def _look(
    evidence: Evidence, group: ItemGroup, believed: int, inside: Share, total: Share
) -> _Look | None:
    """Compare disagreement in a group with the labeler's own on all other items."""
    rest = Share(
        hits=total.hits - inside.hits,
        n=total.n - inside.n,
        expected=np.maximum(total.expected - inside.expected, 0.0),
    )
    outside, known = at_least(rest, MIN_OUTSIDE)
    kept, enough = at_least(inside, MIN_INSIDE)
    if int((enough & known & evidence.reference).sum()) < MIN_POPULATION:
        return None
    level = Level(log_odds=outside.log_odds, error=outside.error)
    null = fit_null(*share_effect(kept, level), evidence.reference)
    if isinstance(null, Undefined):
        return None
    return _Look(group=group, believed=believed, inside=kept, outside=outside, null=null)


def _effects(looks: list[_Look], found: list[SharePopulation], at: Int) -> Effects:
    pairs = zip(looks, found, strict=True)
    all_of = [share_effects(look.inside, one.usual) for look, one in pairs]
    who = np.arange(at.size)
    value, low, high, n = (
        np.array([getattr(effects, name) for effects in all_of])[at, who]
        for name in ("value", "low", "high", "n")
    )
    return Effects(value=value, low=low, high=high, n=n)


def _detail(look: _Look, labeler: int, n_looks: int) -> Mapping[str, object]:
    said: dict[str, object] = {
        "feature": look.group.feature,
        "value": look.group.value,
        "disagreed": int(look.inside.hits[labeler]),
        "of": int(look.inside.n[labeler]),
        "elsewhere": int(look.outside.hits[labeler]),
        "of_others": int(look.outside.n[labeler]),
        "groups": n_looks,
    }
    return said if look.believed == _EVERY else {**said, "true": look.believed}


SIGNAL = Signal(
    title="disagrees with the others where items carry one feature",
    levels=LEVELS,
    min_judgments=MIN_INSIDE + MIN_OUTSIDE,
    read=read,
    unit="share of disagreement on items with the feature, beyond that elsewhere",
    needs=frozenset({"features"}),
    weight=2.0,
)
