"""`labeltrust approval …`: what waits for a second person, and the answer."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, Reason, example, parsed_time
from labeltrust.cli._output import day, out, print_json, print_table
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping

    from labeltrust.domain.approvals import Approval
    from labeltrust.services.preview_thresholds import Preview

app = typer.Typer(help="Acts of two persons.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="Number of the request.")]


@app.command("list", epilog=example("approval list"))
def list_(
    *,
    every: Annotated[bool, typer.Option("--all", help="Decided and expired ones, too.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what waits for a second person, newest first."""
    from labeltrust.services.list_approvals import list_approvals  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = list_approvals(who.deployment, who.principal, waiting=not every)
    if as_json:
        print_json(found)
        return
    columns = ("approval#", "project", "what", "status", "asked by", "expires")
    rows = [
        (a.id, a.project, f"{a.title}: {_said(a)}", a.status, a.asked_by, day(a.expires_at))
        for a in found
    ]
    print_table(columns, rows, "Nothing waits for a second person.")


@app.command(epilog=example('approval approve 3 --reason "looked at the preview"'))
def approve(number: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Approve as a second person; what was asked is carried out at once."""
    from labeltrust.services.give_approval import approve as give  # noqa: PLC0415 - slow imports

    with acting() as who:
        decided = give(who.deployment, who.principal, number, reason=reason)
    show_approval(decided, as_json=as_json)


@app.command(epilog=example('approval refuse 3 --reason "lift them one by one"'))
def refuse(number: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Refuse a request; by who asked, this withdraws it."""
    from labeltrust.services.give_approval import refuse as withhold  # noqa: PLC0415

    with acting() as who:
        decided = withhold(who.deployment, who.principal, number, reason=reason)
    show_approval(decided, as_json=as_json)


@app.command(
    epilog=example(
        "approval thresholds --project fraud",
        "approval thresholds --project fraud --set flag_rate=0.02 --preview",
        'approval thresholds --project fraud --set gold_floor=0.8 --reason "too many slip through"',
    )
)
def thresholds(
    *,
    project: Project,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE; may be repeated. Without a value: not set."),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only show who would be flagged and held.")
    ] = False,
    reason: Annotated[str, typer.Option(help="Why, in words; kept in the history.")] = "",
    as_json: AsJson = False,
) -> None:
    """Show the thresholds in force, or ask a second person for others."""
    from labeltrust.services.preview_thresholds import (  # noqa: PLC0415 - slow imports
        ask_thresholds,
        preview_thresholds,
        show_thresholds,
    )

    wanted = parsed_thresholds(set_ or [])
    with acting() as who:
        if not wanted:
            standing = show_thresholds(who.deployment, who.principal, project)
            _show_thresholds(standing, as_json=as_json)
        elif preview:
            found = preview_thresholds(who.deployment, who.principal, project, wanted)
            _show_preview(found, as_json=as_json)
        else:
            asked = ask_thresholds(who.deployment, who.principal, project, wanted, reason=reason)
            show_approval(asked, as_json=as_json)


@app.command(
    epilog=example(
        "approval override -p fraud --until 2026-12-01T18:00Z --reason 'release 7 must go out'"
    )
)
def override(
    *,
    project: Project,
    until: Annotated[str, typer.Option("--until", help="When it ends; within 7 days.")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Ask a second person to open the gate for a while although it is closed."""
    from labeltrust.services.override_gate import ask_override  # noqa: PLC0415 - slow imports

    moment = parsed_time(until, "--until")
    if moment is None:
        raise InvalidInput("name the moment when it ends", place="--until")
    with acting() as who:
        asked = ask_override(who.deployment, who.principal, project, until=moment, reason=reason)
    show_approval(asked, as_json=as_json)


@app.command("end-override", epilog=example("approval end-override -p fraud --reason 'released'"))
def end_override(*, project: Project, reason: Reason, as_json: AsJson = False) -> None:
    """End an override of the gate before its time; one person is enough."""
    from labeltrust.services.override_gate import revoke_override  # noqa: PLC0415

    with acting() as who:
        ended = revoke_override(who.deployment, who.principal, project, reason=reason)
    if as_json:
        print_json(ended)
    else:
        out(f"override {ended.id} of the gate of {project} is over")


def parsed_thresholds(texts: list[str]) -> dict[str, float | None]:
    """Return thresholds written as NAME=VALUE.

    Raises:
        InvalidInput: A text has another form.

    >>> parsed_thresholds(["flag_rate=0.02", "gold_floor="])
    {'flag_rate': 0.02, 'gold_floor': None}
    """
    found: dict[str, float | None] = {}
    for text in texts:
        name, is_there, value = text.partition("=")
        try:
            found[name] = float(value) if value or not is_there else None
        except ValueError:
            detail = f"{text!r} is not NAME=VALUE with a number"
            raise InvalidInput(detail, place="--set", code="usage") from None
    return found


def _show_thresholds(standing: "Mapping[str, float | None]", *, as_json: bool) -> None:
    from labeltrust.policy.thresholds import THRESHOLDS  # noqa: PLC0415 - slow imports

    if as_json:
        print_json(standing)
        return
    rows = [(name, _worded(value), THRESHOLDS[name].meaning) for name, value in standing.items()]
    print_table(("threshold", "in force", "meaning"), rows, "")


def _show_preview(found: "Preview", *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    for name, (before, after) in found.changed.items():
        out(f"{name}: {_worded(before)} → {_worded(after)}")
    out(f"labelers with a case: {found.flagged[0]} now, {found.flagged[1]} then")
    changes = (
        ("would be flagged", found.newly_flagged),
        ("would have no case", found.no_longer_flagged),
        ("labels would be held", found.newly_held),
        ("labels would not be held by the machine", found.no_longer_held),
    )
    rows = [
        (change, one.labeler, one.question, ", ".join(one.signals), one.severity)
        for change, touched in changes
        for one in touched
    ]
    columns = ("change", "labeler", "question", "signals", "severity")
    print_table(columns, rows, "Nobody would be treated otherwise.")


def _worded(value: float | None) -> str:
    return "not set" if value is None else f"{value:g}"


def show_approval(approval: "Approval", *, as_json: bool) -> None:
    """Print a request, and what a second person has to do."""
    if as_json:
        print_json(approval)
        return
    out(f"approval {approval.id} is {approval.status}: {approval.title}: {_said(approval)}")
    if approval.status == "waiting":
        out(f"a second person: labeltrust approval approve {approval.id} --reason …")


def _said(approval: "Approval") -> str:
    return "; ".join(f"{what}: {becomes}" for what, becomes in approval.said)
