"""People who act here over HTTP: added, changed, ended, given a link."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath

from labeltrust.domain.access import Person, SignInLink
from labeltrust.services.add_person import (
    add_person,
    change_person,
    disable_person,
    enable_person,
    list_people,
    sign_out_everywhere,
)
from labeltrust.services.sign_in import create_sign_in_link
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example


class PersonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A person to be added; without projects, in all of them."""

    name: str
    role: str
    projects: tuple[str, ...] | None = None


class RoleBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another role and scope; null means all projects."""

    role: str
    projects: tuple[str, ...] | None = None


class ReasonBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why, in words."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonList:
    """Everybody, by name."""

    people: list[Person]


_ANN = example("A QA lead", {"name": "ann", "role": "qa_lead", "projects": ["fraud"]})
_LEFT = example("Left", {"reason": "left the company"})


@get("/v1/people", opt=by_key("manage"), tags=["people"], summary="List people")
async def index(caller: NamedDependency[Caller]) -> PersonList:
    """Return everybody, those whose access was ended too."""
    return PersonList(people=list(await caller.ask(list_people)))


@post("/v1/people", opt=by_key("manage"), tags=["people"], summary="Add a person")
async def create(
    data: Annotated[PersonBody, BodyKwarg(examples=[_ANN])], caller: NamedDependency[Caller]
) -> Person:
    """Add a person with a role in some projects, or in all."""
    return await caller.ask(add_person, name=data.name, role=data.role, projects=data.projects)


@post(
    "/v1/people/{person:str}/role",
    opt=by_key("manage"),
    status_code=200,
    tags=["people"],
    summary="Change role and scope",
)
async def change(
    person: FromPath[str],
    data: Annotated[RoleBody, BodyKwarg()],
    caller: NamedDependency[Caller],
) -> Person:
    """Give a person another role and scope; sessions end."""
    return await caller.ask(change_person, name=person, role=data.role, projects=data.projects)


@post(
    "/v1/people/{person:str}/disable",
    opt=by_key("manage"),
    status_code=200,
    tags=["people"],
    summary="End access",
)
async def disable(
    person: FromPath[str],
    data: Annotated[ReasonBody, BodyKwarg(examples=[_LEFT])],
    caller: NamedDependency[Caller],
) -> Person:
    """End sessions, links and keys of a person; the name stays in the history."""
    return await caller.ask(disable_person, name=person, reason=data.reason)


@post(
    "/v1/people/{person:str}/enable",
    opt=by_key("manage"),
    status_code=200,
    tags=["people"],
    summary="Give access back",
)
async def enable(
    person: FromPath[str],
    data: Annotated[ReasonBody, BodyKwarg()],
    caller: NamedDependency[Caller],
) -> Person:
    """Undo the end of a person's access."""
    return await caller.ask(enable_person, name=person, reason=data.reason)


@post(
    "/v1/people/{person:str}/sign-out",
    opt=by_key("manage"),
    status_code=200,
    tags=["people"],
    summary="Sign out everywhere",
)
async def sign_out(
    person: FromPath[str],
    data: Annotated[ReasonBody, BodyKwarg()],
    caller: NamedDependency[Caller],
) -> Person:
    """End every session and unused link of a person."""
    return await caller.ask(sign_out_everywhere, name=person, reason=data.reason)


# Its answer is a secret, which must not be kept to be said again.
@post(
    "/v1/people/{person:str}/link",
    opt=by_key("manage") | {"own_ids": True},
    tags=["people"],
    summary="Make a sign-in link",
)
async def link(person: FromPath[str], caller: NamedDependency[Caller]) -> SignInLink:
    """Make a link that signs a person in, once; it is shown in this answer only."""
    return await caller.ask(create_sign_in_link, person)


HANDLERS = (index, create, change, disable, enable, sign_out, link)
