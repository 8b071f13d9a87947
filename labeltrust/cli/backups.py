"""`labeltrust backup` and `labeltrust restore`: copies that prove themselves."""

import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import KEY_VARIABLE, acting, settings, shell_user
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import day, out, print_json
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.principals import shell_owner
from labeltrust.settings import Settings

if TYPE_CHECKING:
    from labeltrust.services._backup_files import Backup
    from labeltrust.services.restore_backup import Restored

_MB = 1_000_000


def add_to(app: typer.Typer) -> None:
    """Add the commands of this page to the command line."""
    examples = example("backup", "backup /mnt/elsewhere/2026-11-29")
    app.command("backup", epilog=examples)(backup)
    drill = "restore --drill /mnt/elsewhere/2026-11-29"
    app.command("restore", epilog=example("restore /mnt/elsewhere/2026-11-29", drill))(restore)


def backup(
    folder: Annotated[
        Path | None, typer.Argument(help="A new folder; without it backups/TIME in the home.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Copy the installation while it works: database, training sets, a signed list of both.

    The master key is not in it: keep the key file elsewhere, or a thief of the copy reads all.
    """
    from labeltrust.services.back_up import back_up  # noqa: PLC0415 - slow imports

    place = folder or settings().home / "backups" / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    with acting() as who, _bar() as progress:
        made = back_up(who.deployment, who.principal, place, progress)
        key_file = who.deployment.settings.key_file
    if as_json:
        print_json({"folder": str(place), "backup": made})
        return
    out(f"{place}: {_told(made)}")
    out(f"the master key is not in it: keep {key_file} in another safe place")


def restore(
    folder: Annotated[Path, typer.Argument(help="A backup.")],
    *,
    drill: Annotated[
        bool,
        typer.Option("--drill", help="Restore into a place that is thrown away, to prove it."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Fill an empty installation from a backup and verify it; exit 1 where it does not hold.

    Nothing is ever overwritten. What was accepted after the copy was taken is not in it.
    """
    with _place(drill=drill) as wanted:
        found = _restored(wanted, folder)
    if as_json:
        print_json({"drill": drill, "restored": found})
    else:
        _show(found, drill=drill)
    if not found.ok:
        raise DoesNotHold


@contextlib.contextmanager
def _place(*, drill: bool) -> Iterator[Settings]:
    wanted = settings()
    if not drill:
        yield wanted
        return
    if wanted.database_url and not wanted.database_url.startswith("sqlite"):
        detail = (
            "a drill throws its place away, which is not done to a server's database: make an "
            "empty one, name it by LABELTRUST_DATABASE_URL, with a new LABELTRUST_HOME, and "
            "restore without --drill"
        )
        raise InvalidInput(detail, place="--drill", code="usage")
    with tempfile.TemporaryDirectory(prefix="labeltrust-drill-") as home:
        yield replace(
            wanted, home=Path(home), database_url="", master_key_file=str(wanted.key_file)
        )


def _restored(wanted: Settings, folder: Path) -> "Restored":
    import os  # noqa: PLC0415 - one word of the environment

    from labeltrust.app import build_deployment  # noqa: PLC0415 - slow imports
    from labeltrust.services.restore_backup import restore_backup  # noqa: PLC0415

    if os.environ.get(KEY_VARIABLE):
        detail = f"an empty installation knows no keys yet; unset {KEY_VARIABLE}"
        raise InvalidInput(detail, place=KEY_VARIABLE, code="usage")
    if not wanted.key_file.is_file():
        detail = f"put the key file of the backup at {wanted.key_file} first"
        raise InvalidInput(detail, place="master key", code="no_key")
    deployment = build_deployment(wanted)
    try:
        return restore_backup(deployment, shell_owner(shell_user()), folder)
    finally:
        deployment.engine.dispose()


def _show(found: "Restored", *, drill: bool) -> None:
    made = found.backup
    out(f"{'could be restored' if drill else 'restored'}: {_told(made)}, of {day(made.made_at)}")
    for chain in found.ledger.chains:
        out(f"{chain.name}: {chain.records} records hold; {chain.problem or 'verified'}")
    wrong = found.ledger
    for problem in (*wrong.renamed, *wrong.altered, *wrong.items, *found.problems):
        out(problem)
    if not drill:
        out(
            f"what was accepted after {day(made.made_at)} is not in it: "
            "`labeltrust source reconcile SOURCE` fetches what a platform still has"
        )


def _told(made: "Backup") -> str:
    size = sum(file.bytes for file in made.files) / _MB
    records = sum(head.records for head in made.heads)
    return f"{records} records in {len(made.heads)} chains, {len(made.files)} files, {size:.1f} MB"


@contextlib.contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Show how far the copy is, on a terminal; say nothing elsewhere."""
    if not sys.stderr.isatty():
        from labeltrust.store.copying import silently  # noqa: PLC0415 - slow imports

        yield silently
        return
    from rich.console import Console  # noqa: PLC0415 - slow imports
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("copying")
        yield lambda done, whole: bar.update(task, completed=done, total=whole)
