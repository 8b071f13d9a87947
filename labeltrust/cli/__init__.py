"""The command line: one function a command of the contract, grouped by what they are about."""

from collections.abc import Sequence

import typer

from labeltrust.cli import (
    archiving,
    assessing,
    backups,
    damage,
    demo,
    importing,
    incidents,
    installation,
    items,
    lab,
    ledger,
    redteam,
    registry,
    replaying,
    review,
    server,
    simulating,
    slis,
    snapshots,
)
from labeltrust.cli._errors import exit_code_of
from labeltrust.cli._usage import invoke

app = typer.Typer(
    name="labeltrust",
    help="Stands between annotation platforms and training: finds poisoned labels, freezes them, "
    "guards the gate.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
_GROUPS = (
    server,
    importing,
    assessing,
    replaying,
    damage,
    review,
    snapshots,
    archiving,
    incidents,
    items,
    registry,
    simulating,
    slis,
    redteam,
    installation,
    ledger,
    backups,
    lab,
    demo,
)
for _group in _GROUPS:
    _group.add_to(app)


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code.

    >>> run(["no-such-command"])
    2
    """
    return exit_code_of(lambda: invoke(app, arguments))
