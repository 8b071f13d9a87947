"""Which labels are held out by themselves, and when the machine must ask a second person.

Labels are frozen on e-values alone (e-BH at the freeze rate) or on gold, never while contested.
Past the circuit breaker further strong cases are held provisionally: mass flags raise suspicion of
the system. Nothing is proposed against a person.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from labeltrust.domain.freezes import HOLDS_LABELS, FreezeState
from labeltrust.inference.crowd import FittedCrowd
from labeltrust.policy.breaker import Breaker, breaker_now, held_rows
from labeltrust.policy.cases import Case
from labeltrust.policy.population import Bool, Int
from labeltrust.policy.settings import PolicySettings

PLACED_BY = "system:policy"
WORTH_WIDENING = 0.1
"""Share of labels more that a standing hold must miss before a wider one is placed: the estimated
onset moves a little with every assessment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeProposal:
    """A freeze to be placed.

    Attributes:
        state: As it would stand; `id` is 0 and `flag_id` is None until both are stored.
        labeler: Code of the labeler.
        labels: Labels it holds, one an item.
        reason: In words, with counts.
    """

    state: FreezeState
    labeler: int
    labels: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Freezing:
    """The freezes to be placed, and whether the breaker tripped."""

    proposals: tuple[FreezeProposal, ...]
    tripped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What stands on record when freezes are proposed.

    Attributes:
        labeler_ids: (n_labelers,) opaque id of each labeler code.
        freezes: Every freeze there was in the project.
        now: The present moment.
    """

    labeler_ids: Int
    freezes: Sequence[FreezeState]
    now: datetime

    @property
    def code_of(self) -> Mapping[int, int]:
        """Labeler code by opaque id."""
        return {int(number): code for code, number in enumerate(self.labeler_ids)}


def propose_freezes(
    crowd: FittedCrowd, cases: Sequence[Case], standing: Standing, settings: PolicySettings
) -> Freezing:
    """Propose a freeze for every strong case that is not contested, strongest first.

    Nothing is proposed where the labels are held already, or where a person lifted a machine-made
    freeze: that judgment stands until a person decides anew.
    """
    breaker = breaker_now(crowd, standing.code_of, standing.freezes, settings, standing.now)
    proposals = []
    for case in cases:
        if not case.strong or case.contested:
            continue
        rows = case.rows(crowd)
        held = _held(crowd, case, standing)
        if held is None or _covers(held, rows):
            continue
        if not held.any():
            breaker = breaker.after(crowd.rows.received_us[rows])
        proposals.append(_proposal(case, int(rows.size), breaker, standing))
    return Freezing(proposals=tuple(proposals), tripped=breaker.tripped)


def _held(crowd: FittedCrowd, case: Case, standing: Standing) -> Bool | None:
    """Return which rows of the crowd are held; None where a person lifted the machine's freeze."""
    labeler_id = int(standing.labeler_ids[case.labeler])
    mine = [f for f in standing.freezes if f.labeler_id == labeler_id and f.kind in HOLDS_LABELS]
    if any(f.automatic and f.lifted_at is not None for f in mine):
        return None
    held = np.zeros(crowd.rows.n, dtype=np.bool_)
    for freeze in mine:
        if freeze.stands(standing.now):
            held[held_rows(crowd, case.labeler, freeze)] = True
    return held


def _covers(held: Bool, rows: Int) -> bool:
    return bool(held.any()) and int((~held[rows]).sum()) <= WORTH_WIDENING * rows.size


def _proposal(case: Case, labels: int, breaker: Breaker, standing: Standing) -> FreezeProposal:
    state = FreezeState(
        id=0,
        kind="provisional" if breaker.tripped else "label",
        labeler_id=int(standing.labeler_ids[case.labeler]),
        since=case.since,
        clock=case.clock,
        automatic=True,
        placed_at=standing.now,
        placed_by=PLACED_BY,
    )
    since = "from the first" if case.since is None else f"since {case.since.isoformat()}"
    reason = (
        f"{', '.join(case.signals)}: e-value 10^{case.log_e / np.log(10):.1f}; "
        f"{case.contest.clusters:.0f} independent accusers; "
        f"{labels} labels held {since} ({case.clock} time)"
    )
    return FreezeProposal(state=state, labeler=case.labeler, labels=labels, reason=reason)
