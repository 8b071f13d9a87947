"""What all acts on incidents share: who may, under which lock, and the event."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlmodel import Session

from labeltrust.domain.errors import Conflict, InvalidInput, NotFound
from labeltrust.domain.incidents import MOST_TITLE, IncidentState
from labeltrust.domain.naming import checked_note, is_storable
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import Act, begin_act
from labeltrust.services.deployment import Deployment
from labeltrust.store.history import NOTHING_ELSE, About, append
from labeltrust.store.incidents import IncidentRow, get_incident
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work

MOST_TEXT = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentAct:
    """An act on one incident that is under way."""

    act: Act
    state: IncidentState

    @property
    def number(self) -> int:
        """Number of the incident."""
        return self.state.id


@contextmanager
def acting_on(
    deployment: Deployment, principal: Principal, number: int, *, closed: bool = False
) -> Iterator[IncidentAct]:
    """Open the transaction of an act on an incident, read anew under the project's lock.

    Raises:
        NotAllowed: The role may not respond to incidents.
        NotFound: There is no such incident in scope.
        Conflict: It is closed, unless `closed` lets that pass.
    """
    with unit_of_work(deployment.engine) as session:
        row = seen_incident(session, principal, number, "respond")
        project = project_row(session, row.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        state = get_incident(session, number).state
        if state.status == "closed" and not closed:
            detail = f"incident {number} is closed; reopen it first"
            raise Conflict(detail)
        yield IncidentAct(act=act, state=state)


def seen_incident(session: Session, principal: Principal, number: int, right: str) -> IncidentRow:
    """Return an incident that a principal may act on; one out of scope is as if it were not there.

    Raises:
        NotAllowed: The role lacks the right.
        NotFound: There is no such incident in scope.
    """
    principal.require(right)
    row = get_incident(session, number)
    if not principal.sees(row.project):
        detail = f"no incident {number}"
        raise NotFound(detail)
    return row


def note(
    act: Act, kind: str, incident: int, detail: Mapping[str, object], about: About = NOTHING_ELSE
) -> None:
    """Append the event of an act on an incident."""
    append(
        act.session,
        chain=act.chain,
        type=kind,
        actor=act.actor,
        at=act.at,
        detail={"incident": incident, **detail},
        about=about,
    )


def checked_title(title: str) -> str:
    """Return a title, or refuse one that is empty or no line.

    Raises:
        InvalidInput: It cannot be a title.
    """
    found = checked_note(title, "title")
    if len(found) > MOST_TITLE or not found.isprintable():
        detail = f"title must be one line of at most {MOST_TITLE} characters"
        raise InvalidInput(detail, place="title", code="bad_text")
    return found


def checked_text(text: str, place: str, most: int = MOST_TEXT) -> str:
    """Return a text that may be empty, without blanks at its ends.

    Raises:
        InvalidInput: It is too long, or no database can keep it.
    """
    found = text.strip()
    if len(found) > most or not is_storable(found):
        detail = f"{place} must be at most {most} characters of text without NUL"
        raise InvalidInput(detail, place=place, code="bad_text")
    return found
