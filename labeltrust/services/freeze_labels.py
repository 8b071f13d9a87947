"""Hold labels out of exports: those of a labeler, of a source or of one import."""

from dataclasses import dataclass, replace
from datetime import datetime

from labeltrust.domain.cases import FreezeCase
from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.domain.freezes import CLOCKS, FreezeState, require_kind_for_people
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import Act, begin_act, place_freeze
from labeltrust.services._cases import freeze_cases, labeler_named
from labeltrust.services.deployment import Deployment
from labeltrust.services.note_gate import note_gate
from labeltrust.store.freezes import (
    get_freeze,
    list_freezes,
    source_of_project,
    whole_import,
)
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class FreezeDraft:
    """What is to be frozen; one of labeler, source and import is given.

    Attributes:
        project: Name of the project.
        reason: Why, in words.
        labeler: Outside id of a labeler; with `source` beside it, that source's labeler.
        source: Name of a source: all its labels.
        import_id: Number of an import: all its labels.
        since: Labels from this moment on; None for all.
        clock: Which time of a label is compared with `since`: `received` or `occurred`.
        kind: `label`, or `person-hold`: no new work for a labeler, whose labels stay in.
    """

    project: str
    reason: str
    labeler: str | None = None
    source: str | None = None
    import_id: int | None = None
    since: datetime | None = None
    clock: str = "received"
    kind: str = "label"


def freeze_labels(deployment: Deployment, principal: Principal, draft: FreezeDraft) -> FreezeCase:
    """Place a freeze; the labels stay on record and return to exports with its lift.

    Raises:
        NotAllowed: The role may not freeze.
        NotFound: Project, labeler, source or import is not there.
        InvalidInput: No scope or two, an unknown clock, an empty reason.
        Conflict: A freeze that stands holds all of this already.
    """
    principal.require("freeze", draft.project)
    reason = checked_note(draft.reason, "reason")
    _check(draft)
    with unit_of_work(deployment.engine) as session:
        project = project_row(session, draft.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        if draft.import_id is not None:
            whole = whole_import(session, act.project_id, draft.import_id)
            draft = replace(draft, import_id=whole)
        wanted = _drafted(deployment, act, draft, _source_id(act, draft.source))
        refuse_covered(act, wanted)
        placed = place_freeze(act, wanted, reason)
        note_gate(deployment, act)
        return freeze_cases(session, [get_freeze(session, placed.id)])[0]


def list_standing(
    deployment: Deployment, principal: Principal, project: str, *, lifted: bool = False
) -> list[FreezeCase]:
    """Return the freezes of a project that stand, or all of them, oldest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        project_id = known_id(project_row(session, project).id)
        return freeze_cases(session, list_freezes(session, project_id, lifted=lifted))


def _check(draft: FreezeDraft) -> None:
    if draft.clock not in CLOCKS:
        detail = f"clock is {draft.clock[:80]!r}, must be one of {', '.join(CLOCKS)}"
        raise InvalidInput(detail, place="clock", code="unknown_clock")
    scopes = [draft.labeler, draft.source if draft.labeler is None else None, draft.import_id]
    if sum(scope is not None for scope in scopes) != 1:
        raise InvalidInput("name one of labeler, source and import", code="freeze_scope")
    require_kind_for_people(draft.kind)
    if draft.kind == "person-hold" and draft.labeler is None:
        raise InvalidInput("only a labeler can be held from work", code="freeze_scope")


def _drafted(
    deployment: Deployment, act: Act, draft: FreezeDraft, source_id: int | None
) -> FreezeState:
    labeler = None
    if draft.labeler is not None:
        named = (draft.labeler, draft.source)
        labeler = labeler_named(deployment, act.session, act.project, *named)
    return FreezeState(
        id=0,
        kind=draft.kind,
        labeler_id=labeler,
        source_id=source_id if labeler is None else None,
        delivery_id=draft.import_id,
        since=draft.since,
        clock=draft.clock,
        placed_at=act.at,
        placed_by=act.actor,
    )


def _source_id(act: Act, name: str | None) -> int | None:
    if name is None:
        return None
    return source_of_project(act.session, act.project_id, name)


def refuse_covered(act: Act, wanted: FreezeState) -> None:
    """Refuse a freeze that would hold nothing more.

    Raises:
        Conflict: A freeze that stands holds all of it already.
    """
    for row in list_freezes(act.session, act.project_id):
        if row.state.covers(wanted):
            detail = f"freeze {row.state.id} holds these labels already"
            raise Conflict(detail)
