"""Takes over what the model suggests, right or wrong.

Everybody leans on a good model. Compared is how often a labeler accepts a suggestion that peers or
gold contradict with how often honest labelers do. A weak labeler accepts more of the wrong ones but
fewer of the right ones, somebody who does not look accepts more of both: so it must also be much
at his own level where the suggestion is confirmed (both p-values, the larger counts: Berger 1982).
A second look asks whether acceptance rose along his labels.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from labeltrust.domain.estimates import Undefined
from labeltrust.inference.crowd_rows import summed
from labeltrust.inference.peer_view import PeerView, peer_view
from labeltrust.inference.share_tail import Level, Share, SharePopulation, share_population
from labeltrust.signals._base import (
    NO_HONEST_MAJORITY,
    Bool,
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
MIN_CONTRADICTED = 10
MIN_CHANGED = 8
"""Contradicted suggestions on either side of a change."""
CUTS = (0.25, 0.5, 0.75)
"""Shares of a labeler's own stream at which a change is looked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """Rows with a suggestion; arrays have shape (k,).

    Attributes:
        labeler: Whose.
        accepted: Whether the suggestion was given as label.
        chance: Chance that a typical labeler would have given it.
        contradicted: Whether peers or gold believe in another class.
        passed: Share of the labeler's own suggestions that came before, in [0, 1).
        n_labelers: Size of the labeler code space.
    """

    labeler: Int
    accepted: Bool
    chance: Float
    contradicted: Bool
    passed: Float
    n_labelers: int

    def share(self, rows: Bool) -> Share:
        """Return acceptance on some of the rows."""
        who = self.labeler[rows]
        return Share(
            hits=summed(who, self.accepted[rows], self.n_labelers),
            n=np.bincount(who, minlength=self.n_labelers).astype(np.float64),
            expected=summed(who, self.chance[rows], self.n_labelers),
        )


def read(evidence: Evidence) -> Readings:
    """Ask of each labeler whether suggestions persuade him more than they do others."""
    n_labelers = evidence.reference.size
    if not (evidence.judgments.suggestion >= 0).any():
        return silent(n_labelers, "no suggestions on record")
    if not evidence.peers_prove:
        return silent(n_labelers, NO_HONEST_MAJORITY)
    shown = _shown(evidence, peer_view(evidence.crowd))
    share, enough = at_least(shown.share(shown.contradicted), MIN_CONTRADICTED)
    confirmed = shown.share(~shown.contradicted)
    overall = share_population(share, evidence.reference)
    if isinstance(overall, Undefined):
        return silent(n_labelers, overall.reason)
    always = np.fmax(overall.p_value, _beside_confirmed(share, confirmed, evidence.reference))
    p_value, after = _with_change(always, shown, evidence.reference)
    said = Said(p_value=p_value, log_e=np.full(n_labelers, np.nan))
    detail = tuple(_detail(share, confirmed, after, a) for a in range(n_labelers))
    needs = f"{MIN_CONTRADICTED} suggestions that peers or gold contradict"
    effects = share_effects(share, overall.usual)
    return readings(effects, said, detail, enough=enough & np.isfinite(p_value), needs=needs)


def _shown(evidence: Evidence, view: PeerView) -> _Shown:
    crowd, judgments = evidence.crowd, evidence.judgments
    suggested = judgments.suggestion[crowd.rows.row[view.row]]
    at = np.flatnonzero(suggested >= 0)
    wanted = crowd.rows.class_of_label[suggested[at]]
    who = view.labeler[at]
    n = np.bincount(who, minlength=evidence.reference.size)
    rank = np.arange(at.size) - (np.cumsum(n) - n)[who]
    return _Shown(
        labeler=who,
        accepted=view.label[at] == wanted,
        chance=view.chance[at, wanted],
        contradicted=view.believed[at] != wanted,
        passed=rank / np.maximum(n, 1)[who],
        n_labelers=evidence.reference.size,
    )


def _log_odds(share: Share) -> Float:
    """Return log odds beyond the expected; 0, with a wide error, where there are no rows."""
    return np.nan_to_num(share.log_odds)


def _error(share: Share) -> Float:
    return np.where(share.n > 0, np.nan_to_num(share.error), 1.0)


def _beside_confirmed(share: Share, confirmed: Share, reference: Bool) -> Float:
    """Return p-values of acceptance at the labeler's own level where peers confirm, (n_labelers,).

    Who errs more accepts fewer of the right suggestions by as many log odds.
    """
    level = Level(log_odds=-_log_odds(confirmed), error=_error(confirmed))
    found = share_population(share, reference, level)
    return np.full(reference.size, np.nan) if isinstance(found, Undefined) else found.p_value


def _with_change(always: Float, shown: _Shown, reference: Bool) -> tuple[Float, Float]:
    """Return p-values of both looks, and where acceptance rose the most: (n_labelers,) shares.

    Half the budget each; the cuts share theirs.
    """
    p_values = np.full((len(CUTS), reference.size), np.nan)
    for k, cut in enumerate(CUTS):
        changed = _changed(shown, cut, reference)
        if not isinstance(changed, Undefined):
            p_values[k] = changed.p_value
    rose = np.nan_to_num(p_values, nan=2.0)
    both = np.fmin(2 * always, 2 * len(CUTS) * rose.min(axis=0))
    known = np.isfinite(always)
    after = np.where(
        len(CUTS) * rose.min(axis=0) < always, np.array(CUTS)[rose.argmin(axis=0)], 0.0
    )
    return np.where(known, np.minimum(both, 1.0), np.nan), after


def _changed(shown: _Shown, cut: float, reference: Bool) -> SharePopulation | Undefined:
    """Compare acceptance after a cut with that before it, each beyond what is confirmed."""
    late = shown.passed >= cut
    after, enough = at_least(shown.share(shown.contradicted & late), MIN_CHANGED)
    before, enough_before = at_least(shown.share(shown.contradicted & ~late), MIN_CHANGED)
    sides = [shown.share(~shown.contradicted & side) for side in (late, ~late)]
    known = enough & enough_before
    log_odds = _log_odds(before) - _log_odds(sides[0]) + _log_odds(sides[1])
    errors = [_error(share) for share in (before, *sides)]
    level = Level(
        log_odds=np.where(known, log_odds, np.nan),
        error=np.where(known, np.sqrt(np.sum(np.square(errors), axis=0)), np.nan),
    )
    return share_population(after, reference, level)


def _detail(share: Share, confirmed: Share, after: Float, labeler: int) -> Mapping[str, object]:
    said: dict[str, object] = {
        "accepted": int(share.hits[labeler]),
        "of": int(share.n[labeler]),
        "expected": round(float(share.expected[labeler]), 1),
        "confirmed_accepted": int(confirmed.hits[labeler]),
        "confirmed": int(confirmed.n[labeler]),
    }
    return {**said, "rose_after": float(after[labeler])} if after[labeler] > 0 else said


SIGNAL = Signal(
    title="takes over what the model suggests",
    levels=LEVELS,
    min_judgments=MIN_CONTRADICTED,
    read=read,
    unit="share of contradicted suggestions accepted, beyond the typical labeler",
    needs=frozenset({"suggestions"}),
    weight=2.0,
)
