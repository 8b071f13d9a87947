"""The review queue, freezing and lifting."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli import _findings
from labeltrust.cli._approvals import show_approval
from labeltrust.cli._context import acting
from labeltrust.cli._options import (
    AsJson,
    Project,
    Reason,
    SourceName,
    example,
    parsed_time,
)
from labeltrust.cli._output import day, out, print_json, print_table
from labeltrust.domain.approvals import Approval
from labeltrust.domain.flags import VERDICTS

if TYPE_CHECKING:
    from labeltrust.domain.cases import FlagCase, FreezeCase


def add_to(app: typer.Typer) -> None:
    """Add the commands of this page to the command line."""
    app.command(epilog=example("flags --project fraud --status open"))(flags)
    app.command(epilog=example('decide 7 confirm --note "21 of 25 audited items were wrong"'))(
        decide
    )
    app.command(epilog=example("assign 7 ann"))(assign)
    app.command(epilog=example('comment 7 "the supplier says that the screen was broken"'))(comment)
    app.command(
        epilog=example(
            'freeze --project fraud --labeler mallory --reason "audit under way"',
            'freeze --project fraud --import 12 --reason "supplier retracted it"',
        )
    )(freeze)
    _findings.add_to(app)
    app.command(epilog=example('lift 3 --reason "the audit cleared her"'))(lift)


def flags(
    *,
    project: Project,
    status: Annotated[
        str | None, typer.Option(help="open, confirmed or dismissed; without it, all.")
    ] = None,
    assigned: Annotated[
        str | None, typer.Option(help="Only those that this person is to decide.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """List the review queue, oldest first."""
    from labeltrust.services.list_flags import list_flags  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = list_flags(who.deployment, who.principal, project, status=status)
    if assigned is not None:
        found = [flag for flag in found if flag.assigned_to == assigned]
    if as_json:
        print_json(found)
        return
    columns = (
        "flag#", "labeler", "status", "severity", "signals", "since", "freezes", "opened",
        "reviewer",
    )  # fmt: skip
    print_table(columns, [_flag_row(flag) for flag in found], "No flags.")


def decide(
    flag: Annotated[int, typer.Argument(help="Number of the flag.")],
    verdict: Annotated[str, typer.Argument(help=f"One of {', '.join(VERDICTS)}.")],
    *,
    note: Annotated[str, typer.Option(help="Why, in words; kept in the history.")],
    as_json: AsJson = False,
) -> None:
    """Confirm or dismiss a flag, or reopen a decided one."""
    from labeltrust.services.decide_flag import decide_flag  # noqa: PLC0415 - slow imports

    with acting() as who:
        decided = decide_flag(who.deployment, who.principal, flag, verdict=verdict, note=note)
    if as_json:
        print_json(decided)
        return
    held = f", held by freeze {', '.join(map(str, decided.freezes))}" if decided.freezes else ""
    out(f"flag {decided.id} on {decided.labeler} is {decided.status}{held}")


def assign(
    flag: Annotated[int, typer.Argument(help="Number of the flag.")],
    person: Annotated[
        str | None, typer.Argument(help="Who is to decide it; without a name, nobody.")
    ] = None,
    *,
    reason: Annotated[str, typer.Option(help="Why, in words.")] = "",
    as_json: AsJson = False,
) -> None:
    """Say who is to decide a flag."""
    from labeltrust.services.assign_flag import assign_flag  # noqa: PLC0415 - slow imports

    with acting() as who:
        case = assign_flag(who.deployment, who.principal, flag, person=person, reason=reason)
    if as_json:
        print_json(case)
        return
    out(f"flag {case.id} is assigned to {case.assigned_to or 'nobody'}")


def comment(
    flag: Annotated[int, typer.Argument(help="Number of the flag.")],
    text: Annotated[str, typer.Argument(help="What you have to say; it cannot be changed.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write a comment on a flag."""
    from labeltrust.services.comment_flag import comment_flag  # noqa: PLC0415 - slow imports

    with acting() as who:
        written = comment_flag(who.deployment, who.principal, flag, text=text)
    if as_json:
        print_json(written)
        return
    out(f"comment {written.id} on flag {written.flag} is on record")


def freeze(  # noqa: PLR0913 - one parameter an option
    *,
    project: Project,
    reason: Reason,
    labeler: Annotated[str | None, typer.Option(help="Outside id of the labeler.")] = None,
    source: SourceName = None,
    import_id: Annotated[int | None, typer.Option("--import", help="Number of an import.")] = None,
    since: Annotated[
        str | None, typer.Option(help="Labels from this moment on, ISO 8601; without it, all.")
    ] = None,
    clock: Annotated[
        str, typer.Option(help="Which time of a label counts: received or occurred.")
    ] = "received",
    kind: Annotated[
        str, typer.Option(help="label, or person-hold: no new work, labels stay in.")
    ] = "label",
    as_json: AsJson = False,
) -> None:
    """Hold labels of a labeler, a source or an import out of training sets, reversibly."""
    from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels  # noqa: PLC0415

    draft = FreezeDraft(
        project=project,
        reason=reason,
        labeler=labeler,
        source=source,
        import_id=import_id,
        since=parsed_time(since, "--since"),
        clock=clock,
        kind=kind,
    )
    with acting() as who:
        placed = freeze_labels(who.deployment, who.principal, draft)
    if as_json:
        print_json(placed)
        return
    what = "holds from new work" if placed.kind == "person-hold" else "holds the labels of"
    out(f"freeze {placed.id} {what} {_held(placed)}; undo: {placed.undo}")


def lift(
    freezes: Annotated[list[int], typer.Argument(help="Number of the freeze; several wait.")],
    *,
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """End a freeze; what it held returns to training sets. Much at once takes a second person."""
    from labeltrust.services.lift_freeze import lift_freezes  # noqa: PLC0415 - slow imports

    with acting() as who:
        done = lift_freezes(who.deployment, who.principal, freezes, reason=reason)
    if isinstance(done, Approval):
        show_approval(done, as_json=as_json)
        return
    lifted = done[0]
    if as_json:
        print_json(lifted)
        return
    out(f"freeze {lifted.id} of {_held(lifted)} is lifted; undo: {lifted.undo}")


def _flag_row(flag: "FlagCase") -> tuple[object, ...]:
    status = f"{flag.status}, contested" if flag.contested else flag.status
    freezes = ", ".join(map(str, flag.freezes))
    signals = ", ".join(flag.signals)
    return (
        flag.id,
        flag.labeler,
        status,
        flag.severity,
        signals,
        day(flag.since),
        freezes,
        day(flag.opened_at),
        flag.assigned_to or "",
    )


def _held(freeze: "FreezeCase") -> str:
    whose = freeze.labeler or freeze.source or f"import {freeze.import_id}"
    return f"{whose} in {freeze.project}" + (f" since {day(freeze.since)}" if freeze.since else "")
