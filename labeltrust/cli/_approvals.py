"""`labeltrust approval …`: what waits for a second person, and the answer."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Reason, example
from labeltrust.cli._output import day, out, print_json, print_table

if TYPE_CHECKING:
    from labeltrust.domain.approvals import Approval

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
