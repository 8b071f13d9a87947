"""Acts by which names become one person or two: found, told in history, and undone."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlmodel import Session

from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import lookups_of
from labeltrust.services.deployment import Deployment
from labeltrust.store.chains import chain_end
from labeltrust.store.history import SYSTEM, About, append
from labeltrust.store.identity import Name, acts_on_record, names_by_lookup
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import labeler_names, project_spaces
from labeltrust.store.projects import project_row
from labeltrust.store.tables import Event, Project

MERGED: Final = "labeler.merged"
SPLIT: Final = "labeler.split"
ALIAS_ADDED: Final = "labeler.alias_added"
UNDONE: Final = "labeler.identity_undone"
UNDOABLE: Final = (MERGED, SPLIT, ALIAS_ADDED)
_START: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Named:
    """A labeler by outside id, with the source where two use the same."""

    name: str
    source: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityAct:
    """An act about who is who.

    Attributes:
        number: Its place in the chain `system`; undone by this number.
        kind: `merged`, `split` or `alias_added`.
        labeler: Name of the person whom it is about, as it is now.
        other: The name that was joined or split off.
        reason: Why, in words.
        actor: Who did it.
        at: When.
        flags: Numbers of flags that went along; `freezes` and `audits` likewise.
        undone: It was undone.
    """

    number: int
    kind: str
    labeler: str
    other: str
    reason: str
    actor: str
    at: datetime
    flags: tuple[int, ...] = ()
    freezes: tuple[int, ...] = ()
    audits: tuple[int, ...] = ()
    undone: bool = False


def name_of(
    deployment: Deployment,
    session: Session,
    project: Project,
    named: Named,
) -> Name:
    """Return one name of a project, where its labeler has several.

    Raises:
        NotFound: No source of the project knows it.
        InvalidInput: Two sources know it; `source` settles it.
    """
    spaces = project_spaces(session, known_id(project.id))
    name = named.name
    if named.source is not None:
        spaces = {k: v for k, v in spaces.items() if k == named.source}
    found = names_by_lookup(session, lookups_of(deployment, spaces.values(), name))
    if not found:
        detail = f"no labeler {name[:200]!r} in project {project.name!r}"
        raise NotFound(detail)
    if len(found) > 1:
        known = sorted(k for k, v in spaces.items() if v in {one.id_space for one in found})
        detail = f"labeler {name[:200]!r} is known to {', '.join(known)}; name one source"
        raise InvalidInput(detail, place="labeler", code="ambiguous_labeler")
    return found[0]


def check_scope(principal: Principal, projects: Collection[str]) -> None:
    """Refuse who does not see every project in which the names labeled.

    Raises:
        NotAllowed: The role may not freeze, which an identity does to labels; or one of the
            projects is not in scope.
    """
    principal.require("freeze")
    if not all(principal.sees(name) for name in projects):
        raise NotAllowed("these labelers work in projects outside your scope, too")


def tell(
    session: Session,
    act: tuple[str, str, datetime],
    projects: Sequence[str],
    labeler_id: int,
    detail: Mapping[str, Any],
) -> int:
    """Append an act to the chain of every project concerned and to `system`; return its number.

    Args:
        session: The unit of work in which it takes effect.
        act: Its type, who acts, and when.
        projects: In which the names labeled; each chain tells that its counts changed.
        labeler_id: Whom it is about.
        detail: Plain values, no names.
    """
    kind, actor, at = act
    about = About(labeler_alias_id=labeler_id)
    for name in projects:
        chain_end(session, project_row(session, name), lock=True)
        append(session, chain=name, type=kind, actor=actor, at=at, detail=detail, about=about)
    told = append(session, chain=SYSTEM, type=kind, actor=actor, at=at, detail=detail, about=about)
    return told.sequence


def act_rows(session: Session) -> tuple[list[Event], set[int]]:
    """Return the acts on record, and the numbers of those that were undone."""
    rows = acts_on_record(session, (*UNDOABLE, UNDONE))
    undone = {json.loads(row.detail)["undoes"] for row in rows if row.type == UNDONE}
    return [row for row in rows if row.type != UNDONE], undone


def standing_act(session: Session, number: int) -> Event:
    """Return an act that can be undone.

    Raises:
        NotFound: No act has this number.
        Conflict: It was undone already.
    """
    rows, undone = act_rows(session)
    found = next((row for row in rows if row.sequence == number), None)
    if found is None:
        raise NotFound(f"no act {number} about who is who")
    if number in undone:
        raise Conflict(f"act {number} was undone already")
    return found


def told_acts(session: Session, rows: Sequence[Event], undone: set[int]) -> list[IdentityAct]:
    """Return acts in words, with the names as they are now."""
    details = [json.loads(row.detail) for row in rows]
    numbers = {n for one in details for n in (one["labeler"], one["other"])}
    names = labeler_names(session, numbers)
    return [
        IdentityAct(
            number=row.sequence,
            kind=row.type.partition(".")[2],
            labeler=names[one["labeler"]],
            other=names[one["other"]],
            reason=one["reason"],
            actor=row.actor or "",
            at=_START + timedelta(microseconds=row.received_us),
            flags=tuple(one.get("flags", ())),
            freezes=tuple(one.get("freezes", ())),
            audits=tuple(one.get("audits", ())),
            undone=row.sequence in undone,
        )
        for row, one in zip(rows, details, strict=True)
    ]
