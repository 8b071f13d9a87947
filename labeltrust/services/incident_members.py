"""Who and what belongs to an incident: flags, labelers and sources; and what is to be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import labeler_named
from labeltrust.services._incidents import IncidentAct, acting_on, checked_text, note
from labeltrust.services.deployment import Deployment
from labeltrust.store import incidents
from labeltrust.store.flags import flags_among
from labeltrust.store.freezes import source_of_project
from labeltrust.store.history import About
from labeltrust.store.incidents import Member, Task


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberDraft:
    """What is to belong to an incident: a flag by its number, a labeler or a source by its name."""

    flag: int | None = None
    labeler: str | None = None
    source: str | None = None


def add_member(
    deployment: Deployment, principal: Principal, number: int, draft: MemberDraft
) -> None:
    """Add a flag, a labeler or a source to an incident; see `add_members`."""
    add_members(deployment, principal, number, [draft])


def add_members(
    deployment: Deployment, principal: Principal, number: int, drafts: Sequence[MemberDraft]
) -> None:
    """Add flags, labelers and sources to an incident: all of them, or none.

    Raises:
        NotAllowed: The role may not respond to incidents.
        NotFound: Incident, flag, labeler or source is not there.
        Conflict: It is closed, or has one of these members already.
        InvalidInput: Nothing is named, or a draft names none or several.
    """
    if not drafts or any(_n_named(draft) != 1 for draft in drafts):
        raise InvalidInput("name one of flag, labeler and source", code="incident_member")
    with acting_on(deployment, principal, number) as found:
        for draft in drafts:
            member, about = _drafted(deployment, found, draft)
            incidents.add_member(found.act.session, number, member, found.act.actor, found.act.at)
            note(found.act, "incident.member_added", number, _said(member), about)


def _n_named(draft: MemberDraft) -> int:
    return sum(x is not None for x in (draft.flag, draft.labeler, draft.source))


def remove_member(
    deployment: Deployment, principal: Principal, number: int, member: int, *, reason: str
) -> None:
    """Take a member out; adding it again is the undo.

    Raises:
        NotAllowed: The role may not respond to incidents.
        NotFound: There is no such incident in scope, or no such member.
        Conflict: It is closed.
        InvalidInput: The reason is empty.
    """
    said = checked_note(reason, "reason")
    with acting_on(deployment, principal, number) as found:
        gone = incidents.remove_member(found.act.session, number, member)
        about = About(labeler_alias_id=gone.labeler_id, source_id=gone.source_id)
        detail = {**_said(gone), "reason": said}
        note(found.act, "incident.member_removed", number, detail, about)


def _drafted(
    deployment: Deployment, found: IncidentAct, draft: MemberDraft
) -> tuple[Member, About]:
    act = found.act
    if draft.flag is not None:
        rows = flags_among(act.session, act.project_id, [draft.flag])
        if not rows:
            detail = f"no flag {draft.flag} in this project"
            raise NotFound(detail)
        return Member(flag_id=draft.flag), About(labeler_alias_id=rows[0].state.labeler_id)
    if draft.labeler is not None:
        labeler = labeler_named(deployment, act.session, act.project, draft.labeler)
        return Member(labeler_id=labeler), About(labeler_alias_id=labeler)
    source = source_of_project(act.session, act.project_id, draft.source or "")
    return Member(source_id=source), About(source_id=source)


def _said(member: Member) -> dict[str, object]:
    """Return what the event says of a member: labelers and sources are named beside the detail."""
    if member.flag_id is not None:
        return {"flag": member.flag_id}
    return {"kind": "labeler" if member.labeler_id is not None else "source"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDraft:
    """Something to be done, by whom, and by which day (ISO text, or empty)."""

    words: str
    owner: str = ""
    due_on: str = ""


def add_task(deployment: Deployment, principal: Principal, number: int, draft: TaskDraft) -> None:
    """Note something that is to be done about an incident.

    Raises:
        NotAllowed: The role may not respond to incidents.
        NotFound: There is no such incident in scope.
        Conflict: It is closed.
        InvalidInput: Nothing is said, or the day is none.
    """
    task = Task(
        id=0,
        words=checked_note(draft.words, "words"),
        owner=checked_text(draft.owner, "owner", 200),
        due_on=_day(draft.due_on.strip()),
        done_at=None,
        done_by=None,
    )
    with acting_on(deployment, principal, number) as found:
        made = incidents.add_task(found.act.session, number, task, found.act.actor, found.act.at)
        said = {"task": made, "words": task.words, "owner": task.owner, "due_on": task.due_on}
        note(found.act, "incident.task_added", number, dict(said))


def finish_task(deployment: Deployment, principal: Principal, number: int, task: int) -> None:
    """Note that something was done.

    Raises:
        NotAllowed: The role may not respond to incidents.
        NotFound: There is no such incident in scope, or no such task.
        Conflict: The incident is closed, or the task done already.
    """
    with acting_on(deployment, principal, number) as found:
        incidents.finish_task(found.act.session, number, task, found.act.actor, found.act.at)
        note(found.act, "incident.task_done", number, {"task": task})


def _day(text: str) -> str:
    if not text:
        return ""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        detail = f"{text[:40]!r} is no day such as 2026-11-30"
        raise InvalidInput(detail, place="due_on") from None
