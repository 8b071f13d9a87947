"""`labeltrust ledger …`: verify the history, and everything that lets others verify it."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli import _checkpoints
from labeltrust.cli._context import acting
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import out, print_json
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.ledger.notes import Note
    from labeltrust.services.verify_ledger import LedgerReport

ledger = typer.Typer(help="The tamper-evident history.", no_args_is_help=True)
ledger.add_typer(_checkpoints.app, name="checkpoint")
ledger.add_typer(_checkpoints.place, name="place")
ledger.command("checkpoints", epilog=example("ledger checkpoints --chain fraud"))(
    _checkpoints.list_
)


def add_to(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.add_typer(ledger, name="ledger")


@ledger.command(
    epilog=example("ledger verify", "ledger verify --checkpoints /mnt/worm/checkpoints --json")
)
def verify(
    *,
    checkpoints: Annotated[
        list[Path] | None,
        typer.Option(
            help="Checkpoints kept outside: a file, a saved mail, or a folder; repeatable."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Recompute the history; exit 1 and name the first bad record where it does not hold.

    What was cut off, rolled back or rewritten with right hashes shows against checkpoints that were
    kept outside. The gate of such a project closes.
    """
    from labeltrust.services.verify_ledger import verify_ledger  # noqa: PLC0415 - slow imports

    outside = _notes(checkpoints or [])
    with acting() as who, progress_bar() as progress:
        report = verify_ledger(who.deployment, who.principal, outside=outside, progress=progress)
    if as_json:
        print_json(report)
    else:
        _show(report)
    if not report.ok:
        raise DoesNotHold


def _show(report: "LedgerReport") -> None:
    for chain in report.chains:
        held = f", {chain.checkpoints} checkpoints hold" if chain.checkpoints else ""
        out(f"{chain.name}: {chain.records} records hold{held}; {chain.problem or 'verified'}")
    for name in report.renamed:
        out(f"{name}: the name does not belong to its pseudonym")
    for words in report.altered:
        out(words)
    for item in report.items:
        out(item)
    if report.items_proven or report.items_unproven:
        unproven = f", {report.items_unproven} are unproven" if report.items_unproven else ""
        out(f"{report.items_proven} contents and features are as they were told{unproven}")
    if report.strangers:
        out(f"{report.strangers} checkpoints bear our name and not our signature")


def _notes(places: list[Path]) -> "list[Note]":
    from labeltrust.ledger.copies import notes_in  # noqa: PLC0415 - slow imports
    from labeltrust.outgoing.checkpoint_folder import every_text  # noqa: PLC0415

    found: list[Note] = []
    for place in places:
        notes = [note for text in every_text(place) for note in notes_in(text)]
        if not notes:
            detail = f"{place} holds no checkpoint"
            raise InvalidInput(detail, place="checkpoints", code="no_checkpoint")
        found += notes
    return found


@ledger.command(epilog=example("ledger proof fraud:7:23010043… --since 5000 > proof.json"))
def proof(
    receipt: Annotated[str, typer.Argument(help="CHAIN:SEQUENCE:LEAF.")],
    *,
    since: Annotated[
        int | None, typer.Option(help="Prove growth from a checkpoint over so many records, too.")
    ] = None,
    size: Annotated[
        int | None, typer.Option(help="By the checkpoint over so many records.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Prove that the record of a receipt is in the signed history; prints a C2SP tlog-proof."""
    from labeltrust.services.checkpoints.prove import prove  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = prove(who.deployment, who.principal, receipt, since=since, size=size)
    if as_json:
        print_json(found)
        return
    sys.stdout.write(found.text)


@ledger.command(epilog=example("ledger export fraud fraud.ndjson.gz"))
def export(
    chain: Annotated[str, typer.Argument(help="`system`, or the name of a project.")],
    file: Annotated[Path, typer.Argument(help="Where to; .gz is packed.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Write a chain as the bytes that were hashed, a record a line, for others to verify."""
    import gzip  # noqa: PLC0415 - needed here alone

    from labeltrust.services.checkpoints.lists import export_chain  # noqa: PLC0415 - slow imports

    n = 0
    if file.exists() or not file.absolute().parent.is_dir():
        detail = f"{file} is there already, or its folder is not"
        raise InvalidInput(detail, place="file", code="bad_file")
    with (
        acting() as who,
        gzip.open(file, "xb") if file.suffix == ".gz" else file.open("xb") as target,
    ):
        for piece in export_chain(who.deployment, who.principal, chain):
            target.write(piece)
            n += piece.count(b"\n")
    if as_json:
        print_json({"chain": chain, "file": str(file), "records": n})
    else:
        out(f"{n} records of {chain} are in {file}")


@ledger.command(epilog=example("ledger keys > labeltrust-keys.pem"))
def keys(*, as_json: AsJson = False) -> None:
    """Print the public keys that checkpoints are signed by, the one in use first, in PEM."""
    from labeltrust.services.checkpoints.lists import signing_keys  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = signing_keys(who.deployment, who.principal)
    if as_json:
        print_json({"algorithm": "Ed25519", "pem": found})
    else:
        sys.stdout.write(found)


@ledger.command(epilog=example("ledger verifier > verify_chain.py"))
def verifier(*, as_json: AsJson = False) -> None:
    """Print the verifier that needs no labeltrust: one Python file."""
    from importlib.resources import files  # noqa: PLC0415 - needed here alone

    text = files("labeltrust.ledger").joinpath("chain_verifier.py").read_text("utf-8")
    if as_json:
        print_json({"file": "verify_chain.py", "text": text})
    else:
        sys.stdout.write(text)


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[int, int], None]]:
    """Show how many records were looked at, on a terminal; say nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _, __: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow imports
    from rich.progress import Progress as Bar  # noqa: PLC0415

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("verifying")
        yield lambda done, total: bar.update(task, total=total, completed=done)
