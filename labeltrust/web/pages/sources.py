"""Sources: what each sends and feeds, its secrets, its vetting, and how to connect it."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery

from labeltrust.domain.access import NewSecret, SourceChange
from labeltrust.domain.errors import InvalidInput, LabeltrustError
from labeltrust.domain.platform_access import AccessDraft
from labeltrust.services.acting.list_acts import list_acts
from labeltrust.services.add_source import change_source
from labeltrust.services.connect_source import connect_source, disconnect_source
from labeltrust.services.list_pulls import list_pulls
from labeltrust.services.order_pull import order_pull
from labeltrust.services.retry_source import retry_source
from labeltrust.services.rotate_secret import OVERLAP_HOURS, revoke_secret, rotate_secret
from labeltrust.services.supplier_keys import show_supplier
from labeltrust.services.watch_sources import WatchedSource, watch_source, watch_sources
from labeltrust.web.access import by_session
from labeltrust.web.pages._columns import kept
from labeltrust.web.pages._tables import Column, Filter, Table
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other
from labeltrust.web.paths import segment

_SHOWN_PULLS = 10
_SHOWN_ACTS = 20


def _projects(line: WatchedSource) -> str:
    return ", ".join(line.source.projects)


SOURCES: Table[WatchedSource] = Table(
    name="sources",
    order="name",
    columns=(
        Column(name="name", title="Source", value=lambda s: s.source.name),
        kept("platform", lambda s: s.source.platform),
        Column(name="status", title="Status", value=lambda s: s.source.status),
        Column(name="projects", title="Feeds", value=_projects),
        Column(
            name="accepted_day", title="New, 24 h", value=lambda s: s.activity.day.accepted,
            is_number=True,
        ),
        Column(
            name="accepted_week", title="7 days", value=lambda s: s.activity.week.accepted,
            is_number=True,
        ),
        Column(
            name="repeats_week", title="Repeats",
            value=lambda s: s.activity.week.duplicates, is_number=True,
        ),
        Column(name="held", title="Held", value=lambda s: s.held, is_number=True),
        Column(name="last_at", title="Last event", value=lambda s: s.activity.last_at),
    ),
    searched=lambda s: f"{s.source.name} {s.source.platform} {_projects(s)}",
    hint="name, platform, project",
    filters=(
        Filter(
            name="status",
            title="Status",
            choices={"": "all", "probation": "on probation"}
            | {word: word for word in ("trusted", "rejected")},
            keeps=lambda s, status: status in {"", s.source.status},
        ),
    ),
)  # fmt: skip


@get("/sources", opt=by_session("read"), include_in_schema=False)
async def sources(view: NamedDependency[View]) -> Response[Any]:
    """List the sources in scope with what they sent lately."""
    shown = SOURCES.shown(await view.ask(watch_sources), view.asked(SOURCES))
    return view.listed("sources.html", shown)


@get("/sources/{source:str}", opt=by_session("read"), include_in_schema=False)
async def show(
    source: FromPath[str],
    view: NamedDependency[View],
    read: FromQuery[int] = -1,
    held: FromQuery[int] = -1,
) -> Response[str]:
    """Show one source."""
    told = (read, held) if read >= 0 and held >= 0 else None
    return await source_page(view, source, retried=told)


@post("/sources/{source:str}/status", opt=by_session("manage"), include_in_schema=False)
async def vet(
    source: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Trust a source, or put it on probation, with a written reason."""
    form = await view.form(request)
    change = SourceChange(status=form.get("status", ""))
    try:
        await view.ask(change_source, source, change, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await source_page(view, source, form=form, refused=refusal(error), where="vet")
    return see_other(f"/sources/{segment(source)}")


@post("/sources/{source:str}/rotate", opt=by_session("manage"), include_in_schema=False)
async def rotate(
    source: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Make a new secret and show it this one time; the answer is kept by nobody."""
    form = await view.form(request)
    given = form.get("secret", "")
    try:
        hours = _hours(form.get("overlap_hours", ""))
        new = await view.ask(
            rotate_secret, source=source, secret=given or None, overlap_hours=hours
        )
    except LabeltrustError as error:
        return await source_page(view, source, form=form, refused=refusal(error), where="rotate")
    return await source_page(view, source, secret=new)


@post("/sources/{source:str}/revoke", opt=by_session("manage"), include_in_schema=False)
async def revoke(
    source: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """End a secret at once, with a written reason."""
    form = await view.form(request)
    key, reason = form.get("key_id", ""), form.get("reason", "")
    try:
        await view.ask(revoke_secret, source=source, key_id=key, reason=reason)
    except LabeltrustError as error:
        return await source_page(view, source, form=form, refused=refusal(error), where="revoke")
    return see_other(f"/sources/{segment(source)}")


@post("/sources/{source:str}/retry", opt=by_session("mend"), include_in_schema=False)
async def retry(
    source: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Read everything of the source that is held again."""
    form = await view.form(request)
    try:
        done = await view.ask(retry_source, source, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await source_page(view, source, form=form, refused=refusal(error), where="retry")
    return see_other(f"/sources/{segment(source)}?read={done.read}&held={done.held}")


@post("/sources/{source:str}/connection", opt=by_session("manage"), include_in_schema=False)
async def connect(
    source: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Keep how the platform is read; an empty token leaves the one there is."""
    form = await view.form(request)
    try:
        draft = AccessDraft(
            url=form.get("url", "").strip(),
            remote=form.get("remote", "").strip(),
            token=form.get("token", "").strip(),
            every_minutes=_minutes(form.get("every_minutes", "")),
        )
        await view.ask(connect_source, source, draft)
    except LabeltrustError as error:
        return await source_page(
            view, source, form=form, refused=refusal(error), where="connection"
        )
    return see_other(f"/sources/{segment(source)}#platform")


@post("/sources/{source:str}/disconnect", opt=by_session("manage"), include_in_schema=False)
async def disconnect(
    source: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Read the platform no more, with a written reason."""
    form = await view.form(request)
    try:
        await view.ask(disconnect_source, source, reason=form.get("reason", ""))
    except LabeltrustError as error:
        return await source_page(
            view, source, form=form, refused=refusal(error), where="connection"
        )
    return see_other(f"/sources/{segment(source)}#platform")


@post("/sources/{source:str}/reconcile", opt=by_session("mend"), include_in_schema=False)
async def reconcile(
    source: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Begin a comparison with the platform."""
    form = await view.form(request)
    try:
        await view.ask(order_pull, source, dry_run=form.get("dry_run") == "yes")
    except LabeltrustError as error:
        return await source_page(view, source, form=form, refused=refusal(error), where="reconcile")
    return see_other(f"/sources/{segment(source)}#platform")


def _minutes(text: str) -> int:
    try:
        return int(text) if text.strip() else 60
    except ValueError:
        detail = f"{text[:40]!r} is no whole number of minutes"
        raise InvalidInput(detail, place="every_minutes") from None


def _hours(text: str) -> float:
    try:
        return float(text) if text.strip() else OVERLAP_HOURS
    except ValueError:
        detail = f"{text[:40]!r} is no number of hours"
        raise InvalidInput(detail, place="overlap_hours") from None


async def source_page(  # noqa: PLR0913 - one keyword a part of the page that an act changes
    view: View,
    source: str,
    *,
    form: Form | None = None,
    refused: Refusal | None = None,
    where: str = "",
    secret: NewSecret | None = None,
    retried: tuple[int, int] | None = None,
) -> Response[str]:
    """Return the page of a source, with what an act made of it."""
    watched, connection = await view.ask(watch_source, source)
    pulls = await view.ask(list_pulls, source, limit=_SHOWN_PULLS)
    acts = await view.ask(list_acts, source, limit=_SHOWN_ACTS)
    supplied = await view.ask(show_supplier, source)
    return view.page(
        "source.html",
        status=200 if refused is None else refused.status,
        watched=watched,
        acts=acts,
        supplied=supplied,
        connection=connection,
        pulls=pulls,
        under_way=any(pull.status == "running" for pull in pulls),
        form=form or {},
        refused=refused,
        where=where,
        secret=secret,
        retried=retried,
    )


HANDLERS = (sources, show, vet, rotate, revoke, retry, connect, disconnect, reconcile)
