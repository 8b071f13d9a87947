"""Acts on audits: each rows and an event of the project's chain, both or neither."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace

from labeltrust.domain.audits import EVENT_OF, AuditState, SampledItem, next_status
from labeltrust.services._acts import Act
from labeltrust.store import audit_work, audits
from labeltrust.store.audit_work import Turn
from labeltrust.store.history import About, append


def draw(act: Act, state: AuditState, sample: Sequence[SampledItem], turns: Sequence[Turn]) -> int:
    """Put a drawn sample with its work on record and return the audit's number.

    The event holds seed and sizes, so that anybody can repeat the draw from the history.
    """
    number = audits.insert_audit(act.session, act.project_id, state, sample)
    audit_work.insert_turns(act.session, [replace(turn, audit_id=number) for turn in turns])
    detail = {
        "audit": number,
        "question": state.question,
        "flag": state.flag_id,
        "position": state.position,
        "plan": asdict(state.plan) | {"reviewers": len(state.plan.reviewers)},
        "items": [item.item_id for item in sample],
        "reason": state.reason,
    }
    _note(act, "audit.drawn", detail, About(labeler_alias_id=state.labeler_id))
    return number


def give_verdict(act: Act, state: AuditState, turn: Turn, *, by: str) -> AuditState:
    """Put a reviewer's answer on record; the first one puts the audit under way."""
    status = next_status(state.id, state.status, "verdict")
    audit_work.answer(act.session, turn, act.at, given_by=by)
    moved = replace(state, status=status)
    if status != state.status:
        audits.set_status(act.session, moved)
    detail = {
        "audit": state.id, "task": turn.id, "reviewer": turn.reviewer, "label": turn.label,
        "seconds": turn.seconds,
    }  # fmt: skip
    _note(act, "audit.verdict_given", detail, About(item_alias_id=turn.item_id))
    return moved


def take_back(act: Act, state: AuditState, turn: Turn) -> None:
    """Open a turn again; the answer stays in the history."""
    next_status(state.id, state.status, "verdict")
    audit_work.take_back(act.session, turn, act.at)
    detail = {"audit": state.id, "task": turn.id, "reviewer": turn.reviewer}
    _note(act, "audit.verdict_withdrawn", detail, About(item_alias_id=turn.item_id))


def change(act: Act, state: AuditState, kind: str, reason: str, **more: object) -> AuditState:
    """Finish, cancel or resume an audit."""
    status = next_status(state.id, state.status, kind)
    moved = audits.closed(state, status, by=act.actor, at=act.at, note=reason)
    audits.set_status(act.session, moved)
    detail = {"audit": state.id, "flag": state.flag_id, "reason": reason, **more}
    _note(act, EVENT_OF[kind], detail, About(labeler_alias_id=state.labeler_id))
    return moved


def _note(act: Act, kind: str, detail: Mapping[str, object], about: About) -> None:
    append(
        act.session,
        chain=act.chain,
        type=kind,
        actor=act.actor,
        at=act.at,
        detail=detail,
        about=about,
    )
