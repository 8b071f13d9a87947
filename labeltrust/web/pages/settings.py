"""What an installation and a project go by: settings, questions, guideline, thresholds."""

from typing import Any

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.domain.errors import LabeltrustError
from labeltrust.policy.thresholds import THRESHOLDS
from labeltrust.services.preview_thresholds import (
    Preview,
    ask_thresholds,
    preview_thresholds,
    show_thresholds,
)
from labeltrust.services.show_project import show_project
from labeltrust.services.show_settings import show_settings
from labeltrust.web.access import by_session
from labeltrust.web.pages._columns import kept
from labeltrust.web.pages._downloads import FORMATS, Record, downloaded
from labeltrust.web.pages._tables import Column, Filter, Table
from labeltrust.web.pages._threshold_form import threshold_lines, typed_thresholds
from labeltrust.web.pages._view import Form, Refusal, View, refusal, see_other

Setting = dict[str, Any]
SETTINGS: Table[Setting] = Table(
    name="settings",
    order="",
    columns=(
        Column(name="name", title="Setting", value=lambda one: str(one["name"])),
        Column(name="value", title="Value", value=lambda one: str(one["value"])),
        kept("default", lambda one: str(one["default"])),
        Column(
            name="meaning", title="Meaning", value=lambda one: str(one["meaning"]), sortable=False
        ),
    ),
    searched=lambda one: f"{one['name']} {one['value']} {one['meaning']}",
    hint="name, value or meaning",
    filters=(
        Filter(
            name="set",
            title="Which",
            choices={"": "all", "changed": "not as by default"},
            keeps=lambda one, wanted: not wanted or one["value"] != one["default"],
        ),
    ),
)


@get("/settings", opt=by_session("mend"), include_in_schema=False)
async def installation(view: NamedDependency[View]) -> Response[Any]:
    """Show the effective settings of the installation, secrets hidden."""
    shown = SETTINGS.shown(await view.ask(show_settings), view.asked(SETTINGS))
    return view.listed("installation.html", shown)


@get("/projects/{project:str}/settings", opt=by_session("read"), include_in_schema=False)
async def show(project: FromPath[str], view: NamedDependency[View]) -> Response[str]:
    """Show what a project asks and goes by."""
    return await _page(view, project, {}, None, None)


@post(
    "/projects/{project:str}/settings/preview",
    opt=by_session("configure"),
    include_in_schema=False,
)
async def preview(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Show who would be flagged and held under other thresholds."""
    form = await view.form(request)
    try:
        wanted = typed_thresholds(await view.ask(show_thresholds, project), form)
        found = await view.ask(preview_thresholds, project, wanted)
    except LabeltrustError as error:
        return await _page(view, project, form, refusal(error), None)
    if form.get("format") in FORMATS:
        return downloaded("preview", _TOUCHED, _touched(found), form["format"])
    return await _page(view, project, form, None, found)


_TOUCHED = ("change", "labeler", "question", "signals", "severity", "flag")


def _touched(found: Preview) -> list[Record]:
    """Return whom other thresholds would touch, all of them, as rows of a file."""
    changes = {
        "would be flagged": found.newly_flagged,
        "would have no case": found.no_longer_flagged,
        "labels would be held": found.newly_held,
        "labels would not be held by the machine": found.no_longer_held,
    }
    return [
        {
            "change": change,
            "labeler": one.labeler,
            "question": one.question,
            "signals": ", ".join(one.signals),
            "severity": one.severity,
            "flag": one.flag,
        }
        for change, touched in changes.items()
        for one in touched
    ]


@post(
    "/projects/{project:str}/settings/thresholds",
    opt=by_session("configure"),
    include_in_schema=False,
)
async def ask(
    project: FromPath[str], request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[Any]:
    """Ask a second person for other thresholds."""
    form = await view.form(request)
    try:
        wanted = typed_thresholds(await view.ask(show_thresholds, project), form)
        reason = form.get("reason", "")
        asked = await view.ask(ask_thresholds, project, wanted, reason=reason)
    except LabeltrustError as error:
        return await _page(view, project, form, refusal(error), None)
    return see_other(f"/approvals/{asked.id}")


async def _page(
    view: View, project: str, form: Form, refused: Refusal | None, found: Preview | None
) -> Response[str]:
    shown = await view.ask(show_project, project)
    standing = await view.ask(show_thresholds, project)
    return view.page(
        "settings.html",
        status=200 if refused is None else refused.status,
        project=shown,
        lines=threshold_lines(standing, {*shown.policy, *shown.floors}, form),
        titles={name: about.title for name, about in THRESHOLDS.items()},
        preview=found,
        form=form,
        refused=refused,
    )


HANDLERS = (installation, show, preview, ask)
