"""`labeltrust ledger checkpoint …` and `place …`: what is signed, and where it is kept."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Reason, example
from labeltrust.cli._output import day, out, print_json, print_table

if TYPE_CHECKING:
    from labeltrust.store.checkpoint_places import Place
    from labeltrust.store.checkpoints import StoredCheckpoint

app = typer.Typer(help="Sign how the chains stand.", no_args_is_help=True)
place = typer.Typer(help="Places outside that checkpoints go to.", no_args_is_help=True)
Name = Annotated[str, typer.Argument(help="What people call it.")]


@app.callback()
def _checkpoint() -> None:
    """Keep `now` a command of the group though it is alone."""


@app.command(epilog=example("ledger checkpoint now"))
def now(*, as_json: AsJson = False) -> None:
    """Sign every chain that grew, now; the background work takes it outside."""
    from labeltrust.services.checkpoints.sign import checkpoint_now  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = checkpoint_now(who.deployment, who.principal)
    _show(found, as_json=as_json)


def list_(
    *,
    chain: Annotated[str | None, typer.Option(help="Of this chain alone.")] = None,
    after: Annotated[int, typer.Option(help="Those beyond this number.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=100_000, help="At most so many.")] = 1_000,
    notes: Annotated[
        bool, typer.Option("--notes", help="Print the signed notes, to be kept elsewhere.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """List the checkpoints, oldest first; `--notes` prints them for keeping."""
    from labeltrust.services.checkpoints.lists import list_checkpoints  # noqa: PLC0415

    with acting() as who:
        found = list_checkpoints(
            who.deployment, who.principal, chain=chain, after=after, limit=limit
        )
    if notes and not as_json:
        sys.stdout.write("\n".join(one.note for one in found))
        return
    _show(found, as_json=as_json)


@place.command(
    epilog=example(
        "ledger place add worm --folder /mnt/worm/labeltrust",
        "ledger place add partner --channel partner-hook",
        "ledger place add notary --channel notary-mail --every-seconds 3600",
    )
)
def add(
    name: Name,
    *,
    folder: Annotated[str, typer.Option(help="Full path of a folder, such as a bucket.")] = "",
    channel: Annotated[
        str, typer.Option(help="Name of an alert channel of shape webhook or email.")
    ] = "",
    every_seconds: Annotated[
        float | None, typer.Option(help="At most so often; mail once an hour unless said.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Add a place; it is told everything from the first checkpoint on."""
    from labeltrust.services.checkpoints.places import PlaceDraft, add_place  # noqa: PLC0415

    draft = PlaceDraft(name=name, folder=folder, channel=channel, every_seconds=every_seconds)
    with acting() as who:
        made = add_place(who.deployment, who.principal, draft)
    _show_place(made, "checkpoints go to", as_json=as_json)


@place.command("list", epilog=example("ledger place list"))
def list_places_(*, as_json: AsJson = False) -> None:
    """List the places outside, and how each stands."""
    from labeltrust.services.checkpoints.places import list_places  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = list_places(who.deployment, who.principal)
    if as_json:
        print_json(found)
        return
    columns = ("place", "kind", "where", "last taken", "behind#", "trouble")
    rows = [(p.name, p.kind, p.where, day(p.taken_at), p.behind, p.trouble or "") for p in found]
    print_table(columns, rows, "Checkpoints go nowhere.")


@place.command(epilog=example('ledger place remove worm --reason "the bucket moved"'))
def remove(name: Name, *, reason: Reason, as_json: AsJson = False) -> None:
    """Take nothing more to a place; what it has, it keeps."""
    from labeltrust.services.checkpoints.places import remove_place  # noqa: PLC0415 - slow imports

    with acting() as who:
        gone = remove_place(who.deployment, who.principal, name, reason=reason)
    _show_place(gone, "nothing more goes to", as_json=as_json)


def _show_place(found: "Place", words: str, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
    else:
        out(f"{words} {found.name} ({found.kind}: {found.where})")


def _show(found: "list[StoredCheckpoint]", *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    rows = [(one.id, one.chain, one.size, one.root, day(one.made_at)) for one in found]
    print_table(("checkpoint#", "chain", "records#", "root", "made"), rows, "Nothing was signed.")
