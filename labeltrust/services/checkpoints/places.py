"""Places outside that checkpoints go to: add, list, remove."""

from dataclasses import dataclass
from typing import Final

from sqlmodel import Session

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.naming import checked_name, checked_note
from labeltrust.domain.principals import Principal
from labeltrust.outgoing.checkpoint_folder import checked_folder
from labeltrust.services._system_acts import note_system
from labeltrust.services.deployment import Deployment
from labeltrust.store import alert_channels, checkpoint_places
from labeltrust.store.checkpoint_places import Place
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import CheckpointPlace

SHAPES: Final = ("webhook", "email")
MAIL_SECONDS: Final = 3_600.0
_MOST_SECONDS: Final = 86_400.0 * 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceDraft:
    """A place to be added: a folder, or the name of a channel of alerts (webhook or e-mail).

    `every_seconds` is None for at once, and for once an hour where people are mailed.
    """

    name: str
    folder: str = ""
    channel: str = ""
    every_seconds: float | None = None


def add_place(deployment: Deployment, principal: Principal, draft: PlaceDraft) -> Place:
    """Add a place; it is told everything from the first checkpoint on. Its undo is to remove it.

    Only from the command line: a folder is one of the machine.

    Raises:
        NotAllowed: The role may not manage.
        NotFound: There is no such channel.
        InvalidInput: The folder cannot be written, the channel is of another shape, or both or
            none are given.
        Conflict: The name is taken.
    """
    principal.require("manage")
    checked_name(draft.name, "place")
    if bool(draft.folder) == bool(draft.channel):
        raise InvalidInput("name a folder or a channel, one of the two", code="usage")
    folder = str(checked_folder(draft.folder)) if draft.folder else None
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        number = _channel(deployment, session, draft.channel) if draft.channel else None
        row = CheckpointPlace(
            name=draft.name,
            folder=folder,
            channel_id=None if number is None else number[0],
            every_seconds=_every(draft, "" if number is None else number[1]),
            added_at=at,
            added_by=principal.name,
        )
        made = checkpoint_places.add_place(session, row)
        said = {"place": made, "name": draft.name, "kind": "folder" if folder else "channel"}
        note_system(deployment, session, principal, "checkpoint_place.added", said)
        return _found(session, made)


def list_places(deployment: Deployment, principal: Principal) -> list[Place]:
    """Return the places, oldest first.

    Raises:
        NotAllowed: The role may not mend.
    """
    principal.require("mend")
    with reading(deployment.engine) as session:
        return checkpoint_places.places(session)


def remove_place(deployment: Deployment, principal: Principal, name: str, *, reason: str) -> Place:
    """Take nothing more to a place; what it has, it keeps.

    Raises:
        NotAllowed: The role may not manage.
        NotFound: There is no such place.
        InvalidInput: The reason is empty.
    """
    principal.require("manage")
    note = checked_note(reason, "reason")
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = checkpoint_places.place_named(session, name)
        gone = _found(session, row.id or 0)
        row.removed_at = at
        row.name = f"{row.name} (removed {at:%Y-%m-%d %H:%M:%S}, {row.id})"
        session.add(row)
        said = {"place": gone.id, "name": gone.name, "reason": note}
        note_system(deployment, session, principal, "checkpoint_place.removed", said)
    return gone


def _channel(deployment: Deployment, session: Session, name: str) -> tuple[int, str]:
    number = alert_channels.number_of(session, name)
    shape = alert_channels.get_channel(session, number, deployment.clock()).channel.shape
    if shape not in SHAPES:
        detail = f"channel {name!r} is of shape {shape}; checkpoints go to {' or '.join(SHAPES)}"
        raise InvalidInput(detail, place="channel", code="bad_shape")
    return number, shape


def _every(draft: PlaceDraft, shape: str) -> float:
    if draft.every_seconds is None:
        return MAIL_SECONDS if shape == "email" else 0.0
    if not 0.0 <= draft.every_seconds <= _MOST_SECONDS:
        detail = f"every {draft.every_seconds!r} seconds, must be 0 to {_MOST_SECONDS:g}"
        raise InvalidInput(detail, place="every_seconds")
    return draft.every_seconds


def _found(session: Session, number: int) -> Place:
    return next(one for one in checkpoint_places.places(session) if one.id == number)
