"""API keys: the list, a new one with its text shown once, and the end of one."""

from datetime import UTC, datetime, time
from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.domain.access import Key, KeyDraft, NewKey
from labeltrust.domain.errors import InvalidInput, LabeltrustError, NotFound
from labeltrust.domain.principals import ROLES
from labeltrust.services.create_key import create_key, list_keys
from labeltrust.services.revoke_key import revoke_key
from labeltrust.services.rotate_key import rotate_key
from labeltrust.web.access import by_session
from labeltrust.web.pages._forms import scope_of
from labeltrust.web.pages._tables import Column, Filter, Table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other


def _scope(key: Key) -> str:
    return "all" if key.projects is None else ", ".join(key.projects)


def _whose(key: Key) -> str:
    return key.person or key.source or ""


KEYS: Table[Key] = Table(
    name="keys",
    columns=(
        Column(name="key_id", title="Key", value=lambda k: k.key_id),
        Column(name="name", title="For", value=lambda k: k.name),
        Column(name="role", title="Role", value=lambda k: k.role),
        Column(name="whose", title="Whose", value=_whose),
        Column(name="projects", title="Projects", value=_scope),
        Column(name="used_at", title="Last used", value=lambda k: k.used_at),
        Column(name="expires_at", title="Expires", value=lambda k: k.expires_at),
        Column(name="revoked_at", title="Revoked", value=lambda k: k.revoked_at),
        Column(name="created_at", title="", value=lambda k: k.created_at, shown=False),
    ),
    order="revoked_at",
    searched=lambda k: f"{k.key_id} {k.name} {k.role} {_whose(k)} {_scope(k)}",
    filters=(
        Filter(
            name="state",
            title="State",
            choices={"live": "in force", "ended": "revoked", "all": "all"},
            keeps=lambda k, wanted: wanted == "all" or (wanted == "live") == (k.revoked_at is None),
        ),
    ),
    hint="key, purpose, role, person, project",
)


@get("/keys", opt=by_session("manage"), include_in_schema=False)
async def keys(view: NamedDependency[View]) -> Response[Any]:
    """List the keys."""
    return await _page(view, {}, None, None)


@post("/keys", opt=by_session("manage"), include_in_schema=False)
async def create(request: Request[Any, Any, Any], view: NamedDependency[View]) -> Response[Any]:
    """Create a key, and show its text this one time."""
    form = await view.form(request)
    try:
        made = await view.ask(create_key, _draft(form))
    except NotFound as error:
        return await _page(view, form, Refusal(status=404, reason=str(error)), None)
    except LabeltrustError as error:
        return await _page(view, form, refusal(error), None)
    return await _page(view, {}, None, made)


@post("/keys/{key:str}/revoke", opt=by_session("manage"), include_in_schema=False)
async def revoke(
    key: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """End a key for ever."""
    form = await view.form(request)
    try:
        await view.ask(revoke_key, key_id=key, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await _page(view, {}, refusal(error), None)
    return see_other("/keys")


@post("/keys/{key:str}/rotate", opt=by_session("manage"), include_in_schema=False)
async def rotate(
    key: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Create a key like this one, and show its text this one time."""
    form = await view.form(request)
    try:
        made = await view.ask(
            rotate_key, key_id=key, overlap_hours=_hours(form.get("overlap_hours", ""))
        )
    except LabeltrustError as error:
        return await _page(view, {}, refusal(error), None)
    return await _page(view, {}, None, made)


def _hours(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        detail = f"{text[:40]!r} is no number of hours"
        raise InvalidInput(detail, place="overlap_hours") from None


def _draft(form: Form) -> KeyDraft:
    return KeyDraft(
        name=form.get("name", "").strip(),
        role=form.get("role", ""),
        projects=scope_of(form),
        person=form.get("person", "").strip() or None,
        source=form.get("source", "").strip() or None,
        expires_at=_day_after(form.get("expires", "")),
    )


def _day_after(text: str) -> datetime | None:
    """Return the end of a day in UTC, None where no day is named."""
    if not text.strip():
        return None
    try:
        day = datetime.fromisoformat(text.strip()).date()
    except ValueError:
        detail = f"{text[:40]!r} is no date such as 2026-11-30"
        raise InvalidInput(detail, place="expires") from None
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)


async def _page(
    view: View, form: Form, refused: Refusal | None, made: NewKey | None
) -> Response[Any]:
    shown = KEYS.shown(await view.ask(list_keys), KEYS.asked("/keys", view.query))
    values = {"roles": ROLES, "form": form, "refused": refused, "made": made}
    if refused is None and made is None:
        return view.listed("keys.html", shown, **values)
    status = 200 if refused is None else refused.status
    return view.page("keys.html", status=status, shown=shown, **values)


HANDLERS = (keys, create, revoke, rotate)
