"""API keys over HTTP: each text is in one answer, once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath

from labeltrust.domain.access import Key, KeyDraft, NewKey
from labeltrust.services.create_key import create_key, list_keys
from labeltrust.services.revoke_key import revoke_key
from labeltrust.services.rotate_key import OVERLAP_HOURS, rotate_key
from labeltrust.web.access import by_key
from labeltrust.web.api.people import ReasonBody
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example


class KeyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key to be made."""

    name: str
    role: str
    projects: tuple[str, ...] | None = None
    person: str | None = None
    source: str | None = None
    expires_at: datetime | None = None

    def draft(self) -> KeyDraft:
        """Return what the domain calls a draft."""
        return KeyDraft(
            name=self.name,
            role=self.role,
            projects=self.projects,
            person=self.person,
            source=self.source,
            expires_at=self.expires_at,
        )


class KeyRotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the old key still works, and when the new one ends."""

    overlap_hours: float = OVERLAP_HOURS
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyList:
    """Keys without their texts, oldest first."""

    keys: list[Key]


_DAY = example("With a day to change over", {"overlap_hours": 24.0})
_CI = example("For a pipeline", {"name": "ci", "role": "ml_engineer", "projects": ["fraud"]})


@get("/v1/keys", opt=by_key("manage"), tags=["people"], summary="List keys")
async def index(caller: NamedDependency[Caller]) -> KeyList:
    """Return all keys without their texts."""
    return KeyList(keys=list(await caller.ask(list_keys)))


# Its answer is a secret, which must not be kept to be said again.
@post("/v1/keys", opt=by_key("manage") | {"own_ids": True}, tags=["people"], summary="Create a key")
async def create(
    data: Annotated[KeyBody, BodyKwarg(examples=[_CI])], caller: NamedDependency[Caller]
) -> NewKey:
    """Create a key; its text is in this answer only."""
    return await caller.ask(create_key, data.draft())


@post(
    "/v1/keys/{key:str}/revoke",
    opt=by_key("manage"),
    status_code=200,
    tags=["people"],
    summary="Revoke a key",
)
async def revoke(
    key: FromPath[str],
    data: Annotated[ReasonBody, BodyKwarg()],
    caller: NamedDependency[Caller],
) -> Key:
    """End a key for ever."""
    return await caller.ask(revoke_key, key_id=key, reason=data.reason)


# As where one is created: the answer is a secret.
@post(
    "/v1/keys/{key:str}/rotate",
    opt=by_key("manage") | {"own_ids": True},
    tags=["people"],
    summary="Rotate a key",
)
async def rotate(
    key: FromPath[str],
    data: Annotated[KeyRotation, BodyKwarg(examples=[_DAY])],
    caller: NamedDependency[Caller],
) -> NewKey:
    """Create a key like this one, which ends after the overlap; the text is in this answer only."""
    return await caller.ask(
        rotate_key, key_id=key, overlap_hours=data.overlap_hours, expires_at=data.expires_at
    )


HANDLERS = (index, create, revoke, rotate)
