"""`labeltrust quarantine …`: deliveries and rows that could not be read, held for a retry."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Reason, example
from labeltrust.cli._output import day, out, print_json, print_table, safe

if TYPE_CHECKING:
    from labeltrust.store.quarantine import HeldRow

app = typer.Typer(help="What could not be read, held for a retry.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="Number of the held row.")]


@app.command("list", epilog=example("quarantine list", "quarantine list --status discarded"))
def list_(
    *,
    status: Annotated[str, typer.Option(help="open, accepted, discarded or all.")] = "open",
    after: Annotated[int, typer.Option(help="Last number of the page before.")] = 0,
    limit: Annotated[int, typer.Option(help="Rows of a page, 1 to 1000.")] = 100,
    as_json: AsJson = False,
) -> None:
    """List what is held, oldest first."""
    from labeltrust.services.list_quarantine import list_quarantine  # noqa: PLC0415 - slow imports

    wanted = None if status == "all" else status
    with acting() as who:
        held = list_quarantine(
            who.deployment, who.principal, status=wanted, after=after, limit=limit
        )
    if as_json:
        print_json(held)
        return
    columns = ("number#", "source", "row#", "status", "code", "detail", "since")
    print_table(columns, [_row(row) for row in held], "Nothing is held.")


@app.command(epilog=example("quarantine show 7"))
def show(number: Number, *, as_json: AsJson = False) -> None:
    """Show one held row with the raw delivery."""
    from labeltrust.services.list_quarantine import show_quarantine  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = show_quarantine(who.deployment, who.principal, number)
    if as_json:
        print_json(found)
        return
    held = found.held
    out(f"{held.id}: {held.status}, {held.code}: {held.detail}")
    out(f"from {held.source}, read by {found.parser}, {day(held.created_at)}")
    if found.body is None:
        out(f"the raw delivery: {found.body_missing}")
        return
    for line in found.body.splitlines():
        out(f"  {safe(line)}")


@app.command(epilog=example("quarantine retry 7"))
def retry(
    number: Number,
    *,
    reason: Annotated[str, typer.Option(help="Why, in words.")] = "read again",
    as_json: AsJson = False,
) -> None:
    """Read a held row again, with project and reader as they are now."""
    from labeltrust.services.retry_quarantine import retry_quarantine  # noqa: PLC0415

    with acting() as who:
        found = retry_quarantine(who.deployment, who.principal, number, reason=reason)
    if as_json:
        print_json(found)
        return
    out(f"{found.held.id} is {found.held.status}: {found.outcome.accepted} new events")
    if found.held.status == "open":
        out(f"  still {found.held.code}: {found.held.detail}")


@app.command(epilog=example('quarantine discard 7 --reason "test row of the supplier"'))
def discard(number: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Give up on a held row; the sealed original stays."""
    from labeltrust.services.discard_quarantine import discard_quarantine  # noqa: PLC0415

    with acting() as who:
        held = discard_quarantine(who.deployment, who.principal, number, reason=reason)
    if as_json:
        print_json(held)
        return
    out(f"{held.id} is {held.status}")


def _row(held: "HeldRow") -> tuple[object, ...]:
    row = held.row if held.row is not None else held.position
    place = "" if row is None else row
    return (
        held.id,
        held.source,
        place,
        held.status,
        held.code,
        held.detail,
        day(held.created_at),
    )
