"""Open an incident: a case file for flags believed to have one cause."""

from dataclasses import dataclass

from labeltrust.domain.errors import NotFound
from labeltrust.domain.incidents import IncidentState, checked_severity
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act
from labeltrust.services._incidents import checked_text, checked_title, note
from labeltrust.services.deployment import Deployment
from labeltrust.store.flags import flags_among
from labeltrust.store.history import About
from labeltrust.store.incidents import Member, add_incident, add_member
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentDraft:
    """An incident to be opened; flags are named by their numbers."""

    project: str
    title: str
    severity: str = "medium"
    owner: str = ""
    summary: str = ""
    flags: tuple[int, ...] = ()


def open_incident(deployment: Deployment, principal: Principal, draft: IncidentDraft) -> int:
    """Open an incident with its first flags, and return its number.

    Raises:
        NotAllowed: The role may not respond to incidents.
        NotFound: There is no such project in scope, or no such flag in it.
        InvalidInput: Title, severity or a text cannot be.
    """
    principal.require("respond", draft.project)
    wanted = IncidentState(
        id=0,
        title=checked_title(draft.title),
        status="open",
        severity=checked_severity(draft.severity),
        owner=checked_text(draft.owner, "owner", 200),
        summary=checked_text(draft.summary, "summary"),
        lessons="",
        checklist={},
        opened_at=deployment.clock(),
        opened_by=principal.name,
    )
    with unit_of_work(deployment.engine) as session:
        project = project_row(session, draft.project)
        act = begin_act(session, project, principal.name, wanted.opened_at)
        number = add_incident(session, act.project_id, wanted)
        said = {"title": wanted.title, "severity": wanted.severity, "owner": wanted.owner}
        note(act, "incident.opened", number, {**said, "flags": sorted(set(draft.flags))})
        found = {row.state.id: row for row in flags_among(session, act.project_id, draft.flags)}
        for flag in sorted(set(draft.flags)):
            if flag not in found:
                detail = f"no flag {flag} in project {draft.project!r}"
                raise NotFound(detail)
            add_member(session, number, Member(flag_id=flag), act.actor, act.at)
            about = About(labeler_alias_id=found[flag].state.labeler_id)
            note(act, "incident.member_added", number, {"flag": flag}, about)
    return number
