"""What an appraisal proposes, put on record: flags, freezes, their events, in one transaction.

The appraisal read its history a while ago. Whatever a person decided since then stands: a proposal
that it contradicts is dropped, and the next assessment looks again.
"""

from collections.abc import Sequence
from dataclasses import replace

from labeltrust.domain.flags import FlagState
from labeltrust.domain.freezes import FreezeState
from labeltrust.policy.flagging import FlagFinding
from labeltrust.policy.freezing import FreezeProposal
from labeltrust.services import _acts
from labeltrust.services._acts import Act
from labeltrust.services._appraisal import Appraised
from labeltrust.store.flags import list_flags
from labeltrust.store.freezes import list_freezes


def settle(act: Act, found: Sequence[Appraised]) -> tuple[int, ...]:
    """Open and renew flags, place freezes, and return the numbers of the flags opened."""
    opened: list[int] = []
    for one in found:
        flags = [row.state for row in list_flags(act.session, act.project_id)]
        opened += _settle_flags(act, one, flags)
        flags = [row.state for row in list_flags(act.session, act.project_id, status="open")]
        for proposal in one.appraisal.freezes:
            _place(act, one.question, proposal, flags)
    return tuple(opened)


def _settle_flags(act: Act, found: Appraised, flags: Sequence[FlagState]) -> list[int]:
    by_id = {flag.id: flag for flag in flags}
    live = {
        flag.labeler_id
        for flag in flags
        if flag.status != "dismissed" and flag.question == found.question
    }
    opened = []
    for finding in found.appraisal.flags:
        state = _of_question(finding, found.question)
        if finding.action != "open":
            _renew(act, by_id.get(state.id), state)
        elif state.labeler_id not in live:
            opened.append(_acts.open_flag(act, state))
    return opened


def _of_question(finding: FlagFinding, question: str) -> FlagState:
    return replace(finding.state, evidence={**finding.state.evidence, "question": question})


def _renew(act: Act, standing: FlagState | None, state: FlagState) -> None:
    if standing is None or standing.status != "open":
        return
    if replace(state, updated_at=standing.updated_at) == standing:
        return
    said = (state.severity, state.signals, state.contested, state.strong)
    before = (standing.severity, standing.signals, standing.contested, standing.strong)
    _acts.update_flag(act, state, told=said != before)


def _place(act: Act, question: str, proposal: FreezeProposal, flags: Sequence[FlagState]) -> None:
    labeler = proposal.state.labeler_id
    case = [f for f in flags if f.labeler_id == labeler and f.question == question]
    mine = [
        row.state
        for row in list_freezes(act.session, act.project_id, lifted=True)
        if row.state.labeler_id == labeler
    ]
    if case and not _answered(mine, proposal.state):
        state = replace(proposal.state, flag_id=case[-1].id, placed_at=act.at, placed_by=act.actor)
        _acts.place_freeze(act, state, proposal.reason)


def _answered(mine: Sequence[FreezeState], wanted: FreezeState) -> bool:
    """Say whether these labels are held already, or a person gave them back."""
    given_back = any(f.automatic and f.lifted_at is not None for f in mine)
    return given_back or any(f.covers(replace(wanted, kind=f.kind)) for f in mine)
