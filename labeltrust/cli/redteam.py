"""`labeltrust redteam run`: every attack against the detection, on fresh seeds, with a report."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli import _drills, _game_days, _risk
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import out, print_json, print_table, say
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.redteam.claims import Claim
    from labeltrust.redteam.plan import Sizes
    from labeltrust.redteam.report import Report
    from labeltrust.redteam.running import Progress

_group = typer.Typer(
    help="Attack the detection with everything there is, and report what it finds.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


def add_to(app: typer.Typer) -> None:
    """Add the group to the command line."""
    _group.add_typer(_drills.app, name="drill")
    _group.add_typer(_game_days.app, name="game-day")
    _group.command(epilog=_risk.EXAMPLES)(_risk.risk)
    app.add_typer(_group, name="redteam")


@_group.command(
    epilog=example("redteam run --short", "redteam run --out redteam/ --seeds 20 --jobs 2")
)
def run(  # noqa: PLR0913 - one parameter an option
    *,
    folder: Annotated[
        Path, typer.Option("--out", help="Report, and finished runs: a rerun goes on with them.")
    ] = Path("redteam"),
    short: Annotated[
        bool, typer.Option("--short", help="A few seeds of each, in minutes.")
    ] = False,
    seeds: Annotated[int | None, typer.Option(help="Seeds of each attack.")] = None,
    honest: Annotated[int | None, typer.Option(help="Seeds of each honest crowd.")] = None,
    framing: Annotated[int | None, typer.Option(help="Runs a cell of the framing grid.")] = None,
    incidents: Annotated[
        int | None, typer.Option(help="Incidents whose damage is estimated.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(help="First seed; without it, one is drawn and printed.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(help="Processes; without it, one a core.")] = None,
    data: Annotated[
        Path | None,
        typer.Option(
            envvar="LABELTRUST_TEST_DATA", help="Folder of published data sets to inject into."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Run every attack, honest crowds, framing and incidents; 1 if an error rate is rejected."""
    from labeltrust.redteam.claims import rejected  # noqa: PLC0415 - slow imports
    from labeltrust.redteam.published import published_cells  # noqa: PLC0415
    from labeltrust.redteam.red_team import Asked, red_team  # noqa: PLC0415
    from labeltrust.redteam.report import write  # noqa: PLC0415

    sizes = _sized(
        _sizes(short=short), attacks=seeds, honest=honest, framing=framing, incidents=incidents
    )
    cells, skipped = published_cells(data)
    asked = Asked(sizes=sizes, seed=seed, jobs=jobs, published=cells, skipped=skipped)
    for line in skipped:
        say(line)
    with progress_shown() as progress:
        report = red_team(asked, folder, progress)
    files = write(report, folder)
    against = rejected([*report.claims, *report.framing, *report.damage])
    if as_json:
        print_json(_document(report, files, against))
    else:
        _show(report, files)
    if against:
        raise DoesNotHold("; ".join(f"{c.name}: {c.k} of {c.n}" for c in against))


def _sizes(*, short: bool) -> "Sizes":
    from labeltrust.redteam.plan import SHORT, Sizes  # noqa: PLC0415 - slow imports

    return SHORT if short else Sizes()


_OPTIONS = {"attacks": "--seeds"}


def _sized(sizes: "Sizes", **wanted: int | None) -> "Sizes":
    for name, number in wanted.items():
        if number is not None and number < 0:
            detail = f"{_OPTIONS.get(name, f'--{name}')} {number} is no number of runs"
            raise InvalidInput(detail, code="usage")
    return replace(sizes, **{name: n for name, n in wanted.items() if n is not None})


@contextmanager
def progress_shown() -> Iterator["Progress"]:
    """Show a bar on a terminal's stderr; nothing where it is a file."""
    from rich.console import Console  # noqa: PLC0415 - slow imports
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.description}", markup=False),
    )
    console = Console(stderr=True)
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=None)

        def told(done: int, of: int, last: str) -> None:
            bar.update(task, completed=done, total=of, description=last)

        yield told


def _show(report: "Report", files: list[Path]) -> None:
    out(f"first seed {report.made.seed}")
    print_table(
        ["target", "wanted", "reached", ""],
        [(t.name, t.wanted, t.reached, "met" if t.met else "missed") for t in report.targets],
        "no attack was run",
    )
    for claim in report.claims:
        out(f"{claim.name}: {claim.k} of {claim.n}")
    for path in files:
        out(str(path))


def _document(report: "Report", files: list[Path], against: "list[Claim]") -> dict[str, object]:
    return {
        "seed": report.made.seed,
        "sizes": asdict(report.made.sizes),
        "targets": [asdict(target) for target in report.targets],
        "attacks": [asdict(found) for found in report.figures],
        "error_rates": [asdict(claim) for claim in report.claims],
        "framing": [asdict(claim) for claim in report.framing],
        "damage": [asdict(claim) for claim in report.damage],
        "rejected": [claim.name for claim in against],
        "files": [str(path) for path in files],
    }
