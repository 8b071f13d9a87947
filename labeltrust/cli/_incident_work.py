"""`labeltrust incident change|add|remove|step|action|done`: the work on a case file."""

from collections.abc import Callable
from typing import Annotated

import typer

from labeltrust.cli._complete import (
    complete_incident,
    complete_severity,
    complete_source,
    complete_step,
)
from labeltrust.cli._context import Acting, acting
from labeltrust.cli._options import AsJson, Reason, example
from labeltrust.cli._output import out, print_json
from labeltrust.domain.errors import InvalidInput

Number = Annotated[
    int, typer.Argument(help="Number of the incident.", autocompletion=complete_incident)
]
_Flags = Annotated[list[int] | None, typer.Option("--flag", help="Number of a flag; repeatable.")]
_Labelers = Annotated[list[str] | None, typer.Option("--labeler", help="A labeler; repeatable.")]
_Sources = Annotated[
    list[str] | None,
    typer.Option("--source", help="A source; repeatable.", autocompletion=complete_source),
]


def add_to(app: typer.Typer) -> None:
    """Add the commands to the group."""
    app.command(epilog=example("incident change 3 --severity critical --owner ann"))(change)
    app.command(epilog=example("incident add 3 --flag 7 --flag 8", "incident add 3 --source crm"))(
        add
    )
    app.command(epilog=example('incident remove 3 12 --reason "cleared by audit 4"'))(remove)
    app.command(epilog=example("incident step 3 triage", "incident step 3 triage --undo"))(step)
    app.command(
        epilog=example('incident action 3 "rotate the secret" --owner ann --due 2026-12-24')
    )(action)
    app.command(epilog=example("incident done 3 1"))(done)


def change(  # noqa: PLR0913 - one parameter an option
    number: Number,
    *,
    title: Annotated[str | None, typer.Option(help="In a few words.")] = None,
    severity: Annotated[
        str | None,
        typer.Option(help="low, medium, high or critical.", autocompletion=complete_severity),
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Who leads it.")] = None,
    summary: Annotated[str | None, typer.Option(help="Cause and effect, as far as known.")] = None,
    lessons: Annotated[str | None, typer.Option(help="What was learned.")] = None,
    as_json: AsJson = False,
) -> None:
    """Change what an incident says; what was before stays in history."""
    from labeltrust.services.change_incident import (  # noqa: PLC0415 - slow imports
        IncidentChange,
        change_incident,
    )

    given = {"title": title, "severity": severity, "owner": owner, "summary": summary,
             "lessons": lessons}  # fmt: skip
    if all(value is None for value in given.values()):
        detail = "say what is to change: --title, --severity, --owner, --summary or --lessons"
        raise InvalidInput(detail, code="usage")
    _done(
        number,
        lambda who: change_incident(who.deployment, who.principal, number, IncidentChange(**given)),
        f"incident {number} is changed",
        as_json=as_json,
    )


def add(
    number: Number,
    *,
    flag: _Flags = None,
    labeler: _Labelers = None,
    source: _Sources = None,
    as_json: AsJson = False,
) -> None:
    """Add flags, labelers or sources to an incident: all of them, or none."""
    from labeltrust.services.incident_members import (  # noqa: PLC0415 - slow imports
        MemberDraft,
        add_members,
    )

    drafts = [
        *(MemberDraft(flag=one) for one in flag or ()),
        *(MemberDraft(labeler=one) for one in labeler or ()),
        *(MemberDraft(source=one) for one in source or ()),
    ]
    _done(
        number,
        lambda who: add_members(who.deployment, who.principal, number, drafts),
        f"incident {number} has {len(drafts)} more",
        as_json=as_json,
    )


def remove(
    number: Number,
    member: Annotated[int, typer.Argument(help="Number of the member, see `incident show`.")],
    *,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Take a member out; adding it again is the undo."""
    from labeltrust.services.incident_members import remove_member  # noqa: PLC0415 - slow imports

    _done(
        number,
        lambda who: remove_member(who.deployment, who.principal, number, member, reason=reason),
        f"incident {number} has member {member} no more",
        as_json=as_json,
    )


def step(
    number: Number,
    name: Annotated[
        str,
        typer.Argument(
            metavar="STEP",
            help="triage, contain, mitigate, investigate, remediate or postmortem.",
            autocompletion=complete_step,
        ),
    ],
    *,
    undo: Annotated[bool, typer.Option("--undo", help="Take the tick away.")] = False,
    as_json: AsJson = False,
) -> None:
    """Tick a step of the checklist."""
    from labeltrust.services.change_incident import tick_step  # noqa: PLC0415 - slow imports

    _done(
        number,
        lambda who: tick_step(who.deployment, who.principal, number, name, done=not undo),
        f"{name} is {'open again' if undo else 'done'}",
        as_json=as_json,
    )


def action(
    number: Number,
    words: Annotated[str, typer.Argument(help="What is to be done.")],
    *,
    owner: Annotated[str, typer.Option(help="Who does it.")] = "",
    due: Annotated[str, typer.Option(help="By which day, such as 2026-12-24.")] = "",
    as_json: AsJson = False,
) -> None:
    """Note something that is to be done, by whom and by when."""
    from labeltrust.services.incident_members import (  # noqa: PLC0415 - slow imports
        TaskDraft,
        add_task,
    )

    draft = TaskDraft(words=words, owner=owner, due_on=due)
    _done(
        number,
        lambda who: add_task(who.deployment, who.principal, number, draft),
        f"incident {number} has one more action",
        as_json=as_json,
    )


def done(
    number: Number,
    task: Annotated[
        int, typer.Argument(metavar="ACTION", help="Number of the action, see `incident show`.")
    ],
    *,
    as_json: AsJson = False,
) -> None:
    """Note that an action was done."""
    from labeltrust.services.incident_members import finish_task  # noqa: PLC0415 - slow imports

    _done(
        number,
        lambda who: finish_task(who.deployment, who.principal, number, task),
        f"action {task} is done",
        as_json=as_json,
    )


def _done(number: int, act: Callable[[Acting], None], words: str, *, as_json: bool) -> None:
    """Act, and print the case as it stands then, or a line for people."""
    from labeltrust.services.show_incident import show_incident  # noqa: PLC0415 - slow imports

    with acting() as who:
        act(who)
        case = show_incident(who.deployment, who.principal, number)
    if as_json:
        print_json(case)
        return
    out(words)
