"""People who act here: the list, and one person with everything an admin does about them."""

from collections.abc import Callable
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.domain.access import Person
from labeltrust.domain.errors import LabeltrustError, NotFound
from labeltrust.domain.principals import ROLES
from labeltrust.services.add_person import (
    add_person,
    change_person,
    disable_person,
    enable_person,
    list_people,
    sign_out_everywhere,
)
from labeltrust.services.create_key import list_keys
from labeltrust.services.sign_in import create_sign_in_link
from labeltrust.web.access import by_session
from labeltrust.web.pages._forms import scope_of
from labeltrust.web.pages._tables import Column, Filter, Table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other
from labeltrust.web.paths import segment

PEOPLE_ROLES = tuple(role for role in ROLES if role != "source")


def _scope(person: Person) -> str:
    return "all" if person.projects is None else ", ".join(person.projects)


PEOPLE: Table[Person] = Table(
    name="people",
    columns=(
        Column(name="name", title="Person", value=lambda p: p.name),
        Column(name="role", title="Role", value=lambda p: p.role),
        Column(name="projects", title="Projects", value=_scope),
        Column(name="created_at", title="Added", value=lambda p: p.created_at),
        Column(name="disabled_at", title="Access ended", value=lambda p: p.disabled_at),
    ),
    order="name",
    searched=lambda p: f"{p.name} {p.role} {_scope(p)}",
    filters=(
        Filter(
            name="access",
            title="Access",
            choices={"": "all", "live": "in force", "ended": "ended"},
            keeps=lambda p, wanted: not wanted or (wanted == "live") == (p.disabled_at is None),
        ),
    ),
    hint="name, role, project",
)


@get("/people", opt=by_session("manage"), include_in_schema=False)
async def people(view: NamedDependency[View]) -> Response[Any]:
    """List everybody."""
    return await _list(view, {}, None)


@post("/people", opt=by_session("manage"), include_in_schema=False)
async def add(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Response[Any]:
    """Add a person."""
    form = await view.form(request)
    name, role = form.get("name", "").strip(), form.get("role", "")
    try:
        await view.ask(add_person, name=name, role=role, projects=scope_of(form))
    except (LabeltrustError, NotFound) as error:
        return await _list(view, form, _refused(error))
    return see_other(f"/people/{segment(name)}")


@get("/people/{person:str}", opt=by_session("manage"), include_in_schema=False)
async def show(person: FromPath[str], view: NamedDependency[View]) -> Response[str]:
    """Show one person."""
    return await _page(view, person, {}, None)


@post("/people/{person:str}/role", opt=by_session("manage"), include_in_schema=False)
async def change(
    person: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Change role and scope."""
    form = await view.form(request)
    wanted = {"role": form.get("role", ""), "projects": scope_of(form)}
    return await _done(view, person, form, change_person, wanted)


@post("/people/{person:str}/disable", opt=by_session("manage"), include_in_schema=False)
async def disable(
    person: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """End access."""
    form = await view.form(request)
    return await _done(view, person, form, disable_person, {"reason": form.get("reason", "")})


@post("/people/{person:str}/enable", opt=by_session("manage"), include_in_schema=False)
async def enable(
    person: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Give access back."""
    form = await view.form(request)
    return await _done(view, person, form, enable_person, {"reason": form.get("reason", "")})


@post("/people/{person:str}/sign-out", opt=by_session("manage"), include_in_schema=False)
async def sign_out(
    person: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """End every session of a person."""
    form = await view.form(request)
    return await _done(view, person, form, sign_out_everywhere, {"reason": form.get("reason", "")})


@post("/people/{person:str}/link", opt=by_session("manage"), include_in_schema=False)
async def link(
    person: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Make a link that signs in once, and show it this one time."""
    form = await view.form(request)
    try:
        password = form.get("password") == "yes"
        made = await view.ask(create_sign_in_link, person, password=password)
    except LabeltrustError as error:
        return await _page(view, person, form, _refused(error))
    return await _page(view, person, {}, None, made=made)


async def _done(
    view: View, person: str, form: Form, service: Callable[..., Person], wanted: dict[str, Any]
) -> Response[Any]:
    try:
        await view.ask(service, name=person, **wanted)
    except LabeltrustError as error:
        return await _page(view, person, form, _refused(error))
    return see_other(f"/people/{segment(person)}")


def _refused(error: LabeltrustError) -> Refusal:
    """Return a refusal beside the form; a missing project is a slip of the form as well."""
    if isinstance(error, NotFound):
        return Refusal(status=404, reason=str(error))
    return refusal(error)


async def _list(view: View, form: Form, refused: Refusal | None) -> Response[Any]:
    rows = await view.ask(list_people)
    shown = PEOPLE.shown(rows, PEOPLE.asked("/people", view.query))
    if refused is None:
        return view.listed("people.html", shown, roles=PEOPLE_ROLES, form=form, refused=None)
    values = {"shown": shown, "roles": PEOPLE_ROLES, "form": form, "refused": refused}
    return view.page("people.html", status=refused.status, **values)


async def _page(
    view: View, name: str, form: Form, refused: Refusal | None, **more: object
) -> Response[str]:
    found = next((p for p in await view.ask(list_people) if p.name == name), None)
    if found is None:
        detail = f"no person {name[:200]!r}"
        raise NotFound(detail)
    keys = [key for key in await view.ask(list_keys) if key.person == name]
    values = {"made": None, "person": found, "keys": keys, "roles": PEOPLE_ROLES, "form": form}
    status = 200 if refused is None else refused.status
    return view.page("person.html", status=status, refused=refused, **{**values, **more})


HANDLERS = (people, add, show, change, disable, enable, sign_out, link)
