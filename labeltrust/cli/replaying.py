"""`labeltrust whatif`: a history replayed under other rules, or without some labelers."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._approvals import parsed_thresholds
from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, example
from labeltrust.cli._output import day, out, print_json, print_table

if TYPE_CHECKING:
    from labeltrust.services.what_if import WhatIf


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        "whatif",
        epilog=example(
            "whatif --project fraud --set flag_rate=0.2 --looks 20",
            "whatif --project fraud --without-labeler mallory --every 7 --clock occurred",
        ),
    )(whatif)


def whatif(  # noqa: PLR0913 - one keyword an option
    *,
    project: Project,
    without_labeler: Annotated[
        list[str] | None, typer.Option(help="As if this one's labels never came; repeatable.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE of a threshold, nothing unsets it; repeatable."),
    ] = None,
    looks: Annotated[
        int, typer.Option(help="Assess so often, after equal numbers of labels.")
    ] = 10,
    every: Annotated[
        float | None, typer.Option(metavar="DAYS", help="Or after so many days each.")
    ] = None,
    clock: Annotated[
        str, typer.Option(help="received, or occurred: the times that sources claim.")
    ] = "received",
    as_json: AsJson = False,
) -> None:
    """Replay the history and tell who would have been flagged, when; nothing is written."""
    from labeltrust.services.what_if import WhatIfDraft, what_if  # noqa: PLC0415 - slow imports

    draft = WhatIfDraft(
        project=project,
        without=tuple(without_labeler or ()),
        thresholds=parsed_thresholds(set_ or []),
        looks=looks,
        every_days=every,
        clock=clock,
    )
    with acting() as who, _progress() as told:
        found = what_if(who.deployment, who.principal, draft, told)
    if as_json:
        print_json(found)
    else:
        _show(found)


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int, int], None]]:
    """Show how many assessments are done, on a terminal; say nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, of: None  # noqa: ARG005 - nobody looks
        return
    from rich.console import Console  # noqa: PLC0415 - slow imports
    from rich.progress import Progress  # noqa: PLC0415

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("assessing")
        yield lambda done, of: bar.update(task, total=of, completed=done)


def _show(found: "WhatIf") -> None:
    for name, (now, then) in found.changed.items():
        out(f"{name}: {_set(now)} in force, {_set(then)} here")
    if found.without:
        out(f"without: {', '.join(found.without)}")
    out(f"{len(found.looks)} assessments by the time labels {_came(found.clock)}")
    rows = [
        (one.labeler, one.question, day(one.then_at) or "never", ", ".join(one.then_signals),
         day(one.really_at) or "never", _between(one.between), one.labels)
        for one in found.labelers
    ]  # fmt: skip
    columns = ("labeler", "question", "first flagged then", "by", "first flagged really",
               "labels between#", "labels#")  # fmt: skip
    print_table(columns, rows, "Nobody would have been flagged, and nobody was.")
    if found.divided:
        out(f"at {found.divided} of them so many are suspected that peers prove nothing")


def _set(value: float | None) -> str:
    return "unset" if value is None else f"{value:g}"


def _came(clock: str) -> str:
    return "came" if clock == "received" else "are said to be given"


def _between(n: int | None) -> str:
    return "" if n is None else f"{n:+d}"
