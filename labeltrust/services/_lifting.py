"""How much one person gives back alone, and what becomes of the rest."""

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from labeltrust.domain.approvals import Approval
from labeltrust.domain.errors import Conflict
from labeltrust.domain.freezes import HOLDS_LABELS, LIFTS_WITHIN, FreezeState, lifted_alone
from labeltrust.domain.principals import Principal
from labeltrust.services import _acts
from labeltrust.services._acts import Act
from labeltrust.services.approvals._base import Doing
from labeltrust.services.ask_approval import ask_within
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.lifting import labelers_under, lifted_labelers


class _Size(msgspec.Struct, frozen=True):
    """The one number of an assessment that is asked for."""

    labelers_n: int = 0


def takes_two(act: Act, freezes: Sequence[FreezeState]) -> bool:
    """Say whether lifting these freezes is more than one person does alone."""
    holding = [freeze for freeze in freezes if freeze.kind in HOLDS_LABELS]
    if not holding:
        return False
    alone = lifted_alone(_labelers(act))
    lately = lifted_labelers(act.session, act.project_id, act.at - LIFTS_WITHIN)
    given = labelers_under(act.session, act.project, holding, alone + 1)
    return len(lately | given) > alone


def ask_to_lift(doing: Doing, principal: Principal, freezes: Sequence[FreezeState]) -> Approval:
    """Ask a second person to lift freezes.

    Raises:
        NotAllowed: Nobody knows who asks.
        Conflict: It is asked for already.
    """
    change = {"freezes": sorted(freeze.id for freeze in freezes)}
    return ask_within(doing, principal, "mass_lift", change)


def give_back(doing: Doing, principal: Principal, freezes: Sequence[FreezeState]) -> None:
    """Lift the freezes that fall with a verdict, or ask a second person to."""
    if takes_two(doing.act, freezes):
        with suppress(Conflict):  # it is asked for already
            ask_to_lift(doing, principal, freezes)
        return
    for freeze in freezes:
        _acts.lift_freeze(doing.act, freeze, doing.reason)


def _labelers(act: Act) -> int:
    found = latest_assessment(act.session, act.project_id)
    return 0 if found is None else msgspec.json.decode(found.document, type=_Size).labelers_n
