"""`labeltrust incident …`: case files with timeline and postmortem."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli import _incident_files, _incident_work
from labeltrust.cli._complete import (
    complete_incident_act,
    complete_incident_status,
    complete_project,
    complete_severity,
)
from labeltrust.cli._context import acting
from labeltrust.cli._incident_work import Number
from labeltrust.cli._options import AsJson, Project, Reason, example
from labeltrust.cli._output import day, out, print_json, print_table

if TYPE_CHECKING:
    from labeltrust.services.show_incident import IncidentCase, MeasuredTime

app = typer.Typer(help="Case files of incidents, with their timeline.", no_args_is_help=True)
_incident_work.add_to(app)
_incident_files.add_to(app)


def add_to(app_: typer.Typer) -> None:
    """Add the group to the command line."""
    app_.add_typer(app, name="incident")


@app.command(
    "open", epilog=example('incident open -p fraud --title "a ring of three" --flag 7 --flag 8')
)
def open_(
    *,
    project: Project,
    title: Annotated[str, typer.Option(help="In a few words.")],
    severity: Annotated[
        str,
        typer.Option(help="low, medium, high or critical.", autocompletion=complete_severity),
    ] = "medium",
    owner: Annotated[str, typer.Option(help="Who leads it.")] = "",
    flag: Annotated[list[int] | None, typer.Option(help="A flag of it; repeatable.")] = None,
    as_json: AsJson = False,
) -> None:
    """Open an incident with its first flags."""
    from labeltrust.services.open_incident import IncidentDraft, open_incident  # noqa: PLC0415
    from labeltrust.services.show_incident import show_incident  # noqa: PLC0415

    draft = IncidentDraft(
        project=project, title=title, severity=severity, owner=owner, flags=tuple(flag or ())
    )
    with acting() as who:
        number = open_incident(who.deployment, who.principal, draft)
        case = show_incident(who.deployment, who.principal, number)
    if as_json:
        print_json(case)
        return
    out(f"incident {number} is open")


@app.command(epilog=example("incident show 3", "incident show 3 --postmortem > 3.md"))
def show(
    number: Number,
    *,
    postmortem: Annotated[bool, typer.Option(help="Print the postmortem as Markdown.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show members, times and the timeline of an incident."""
    from labeltrust.services.postmortem_page import postmortem_text  # noqa: PLC0415 - slow imports
    from labeltrust.services.show_incident import show_incident  # noqa: PLC0415

    with acting() as who:
        case = show_incident(who.deployment, who.principal, number)
        text = postmortem_text(who.deployment, who.principal, number) if postmortem else ""
    if as_json:
        print_json(case)
    elif postmortem:
        for line in text.splitlines():
            out(line)
    else:
        _show(case)


@app.command("list", epilog=example("incident list", "incident list --status open"))
def list_(
    *,
    status: Annotated[
        str | None,
        typer.Option(
            help="open, contained, resolved or closed; without it, all.",
            autocompletion=complete_incident_status,
        ),
    ] = None,
    severity: Annotated[
        str | None,
        typer.Option(
            help="low, medium, high or critical; without it, all.",
            autocompletion=complete_severity,
        ),
    ] = None,
    project: Annotated[
        str | None,
        typer.Option("--project", "-p", help="Only of it.", autocompletion=complete_project),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List incidents, newest first."""
    from labeltrust.services.list_incidents import (  # noqa: PLC0415 - slow imports
        IncidentsAsked,
        list_incidents,
    )

    asked = IncidentsAsked(status=status, severity=severity, project=project)
    with acting() as who:
        found = list_incidents(who.deployment, who.principal, asked, limit=1_000)
    if as_json:
        print_json(found)
        return
    rows = [(i.id, i.project, i.title, i.status, i.severity, i.owner, day(i.opened_at))
            for i in found]  # fmt: skip
    columns = ("incident#", "project", "title", "status", "severity", "owner", "opened")
    print_table(columns, rows, "No incidents.")


@app.command(epilog=example('incident close 3 --reason "all done" --lessons "vet on hidden gold"'))
def close(
    number: Number,
    *,
    reason: Reason,
    lessons: Annotated[
        str | None, typer.Option(help="What was learned, if that is not written down yet.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Close a resolved incident whose lessons are written down."""
    _move(number, "close", reason, lessons, as_json=as_json)


@app.command(epilog=example('incident move 3 contain --reason "all three are frozen"'))
def move(
    number: Number,
    act: Annotated[
        str,
        typer.Argument(
            help="contain, resolve, close or reopen.", autocompletion=complete_incident_act
        ),
    ],
    *,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Contain, resolve or reopen an incident."""
    _move(number, act, reason, None, as_json=as_json)


def _move(number: int, act: str, reason: str, lessons: str | None, *, as_json: bool) -> None:
    from labeltrust.services.change_incident import (  # noqa: PLC0415 - slow imports
        IncidentChange,
        change_incident,
        move_incident,
    )
    from labeltrust.services.show_incident import show_incident  # noqa: PLC0415

    with acting() as who:
        if lessons is not None:
            change = IncidentChange(lessons=lessons)
            change_incident(who.deployment, who.principal, number, change)
        move_incident(who.deployment, who.principal, number, act, reason=reason)
        case = show_incident(who.deployment, who.principal, number)
    if as_json:
        print_json(case)
        return
    out(f"incident {number} is {case.incident.status}")


def _show(case: "IncidentCase") -> None:
    one = case.incident
    out(f"incident {one.id} in {one.project}: {one.title}")
    out(f"{one.status}, severity {one.severity}, owner {one.owner or 'nobody'}")
    out(f"time to detect: {_time(case.to_detect)}")
    out(f"time to contain: {_time(case.to_contain)}")
    members = [(m.id, m.kind, m.flag or "", m.name, m.status) for m in case.members]
    print_table(("member#", "kind", "flag#", "who", "status"), members, "No members.")
    steps = [(s.step, "done" if s.at else "open", day(s.at), s.by) for s in case.checklist]
    print_table(("step", "status", "at", "by"), steps, "")
    tasks = [
        (t.id, t.words, t.owner or "nobody", t.due_on, day(t.done_at), t.done_by)
        for t in case.tasks
    ]
    print_table(("action#", "what", "owner", "due", "done", "by"), tasks, "No actions.")
    told = [(day(e.at), e.what, e.actor, e.text) for e in case.timeline]
    print_table(("at", "what", "by", "text"), told, "Nothing on record.")


def _time(found: "MeasuredTime") -> str:
    from labeltrust.services.write_postmortem import duration_text  # noqa: PLC0415

    if found.seconds is None:
        return f"unknown: {found.reason}"
    start = f"{found.start_of} ({day(found.start)})"
    return f"{duration_text(found.seconds)}, from {start} to {found.end_of} ({day(found.end)})"
