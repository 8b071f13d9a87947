"""`labeltrust import`: bulk load of a file."""

import contextlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, Project, example
from labeltrust.cli._output import out, print_json, say
from labeltrust.cli._work import Progress, do

_SHOWN_PROBLEMS = 10

FORMATS = (
    "csv jsonl parquet label-studio argilla prodigy doccano labelbox toloka sagemaker brat "
    "inception v7 cvat superannotate kili encord"
)
"""Written out, as loading the readers takes longer than showing help; a test compares them."""
FROM_DOCS = "labelbox prodigy sagemaker v7"
"""Formats that are known from documentation only."""
FORMAT_HELP = (
    f"auto, or one of {FORMATS.replace(' ', ', ')}. Made from documentation alone, so look at "
    f"the first import: {FROM_DOCS.replace(' ', ', ')}."
)


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        "import",
        epilog=example(
            "import labels.csv --project fraud --gold gold.csv",
            "import export.json --project fraud --source ls --format label-studio",
            "import annotations.xml --project fraud --source cvat --labeler alice",
            "import predictions.parquet --project fraud --source net --sample 0.01",
        ),
    )(import_)


def import_(  # noqa: PLR0913 - one parameter an option
    file: Annotated[Path, typer.Argument(help="The file, .gz and .zip too; or a folder.")],
    *,
    project: Project,
    source: Annotated[str, typer.Option(help="Whose ids these are; made if missing.")] = "import",
    format_: Annotated[
        str, typer.Option("--format", help=FORMAT_HELP, rich_help_panel=None)
    ] = "auto",
    gold: Annotated[Path | None, typer.Option(help="A second file, of gold labels.")] = None,
    labeler: Annotated[
        str | None, typer.Option(help="Who labeled, for exports that name nobody.")
    ] = None,
    scale: Annotated[
        str | None, typer.Option(help="Scale of the question, where the project is new.")
    ] = None,
    sample: Annotated[
        float | None,
        typer.Option(
            help="The file is a model's log: keep this share of items besides those with gold or "
            "other labels; the rest is counted."
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Draws the sample; one seed for all models.")] = 0,
    manifest: Annotated[
        Path | None, typer.Option(help="The supplier's signed manifest of the file.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if a row is unusable.")] = False,
    as_json: AsJson = False,
) -> None:
    """Load a file of labels; the same file twice adds nothing."""
    request = {
        "act": "import",
        "path": str(file.absolute()),
        "project": project,
        "source": source,
        "format": format_,
        "scale": scale,
        "gold": None if gold is None else str(gold.absolute()),
        "labeler": labeler,
        "sample": sample,
        "seed": seed,
        "manifest": None if manifest is None else str(manifest.absolute()),
    }
    with progress_bar() as progress:
        report = do(request, progress)
    if as_json:
        print_json(report)
    else:
        show_report(report)
    if strict and unusable_rows(report):
        raise DoesNotHold


@contextlib.contextmanager
def progress_bar() -> Iterator[Progress]:
    """Show how far a file is read, on a terminal; say nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415 - slow imports
    from rich.progress import Progress as Bar  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    with Bar(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("reading")

        def told(step: Mapping[str, Any]) -> None:
            shown = Text(f"{step['rows']} rows").markup
            bar.update(
                task, total=step["bytes_total"], completed=step["bytes_read"], description=shown
            )

        yield told


def unusable_rows(report: Mapping[str, Any]) -> int:
    """Return how many rows of a file and its gold file were not taken."""
    own = sum(int(report[part]) for part in ("quarantined", "refused", "waiting"))
    return own + (unusable_rows(report["gold"]) if report["gold"] else 0)


def show_report(report: Mapping[str, Any]) -> None:
    """Print what became of a file, and the first rows that could not be used."""
    if report["project_created"]:
        say(f"project {report['project']!r} was missing and is made now")
    out(
        f"{report['file']}: {report['rows']} rows, {report['accepted']} new, "
        f"{report['duplicates']} on record before, {report['quarantined']} quarantined, "
        f"{report['refused']} refused (import {report['import_id']})"
    )
    if report["kept"]:
        kept = report["kept"]
        out(
            f"  {kept['left_out']} predictions left out and counted; kept are {kept['gold']} on "
            f"gold items, {kept['labeled']} on items that others labeled, {kept['sampled']} drawn"
        )
    if report["waiting"]:
        asked = ", ".join(map(str, report["approvals"])) or "none: no person is named who asks"
        say(f"  {report['waiting']} would change gold and wait for a second person: {asked}")
    if report["doubted"]:
        say(f"  {report['doubted']} carry a time over 30 days off; kept and marked")
    for problem in report["problems"][:_SHOWN_PROBLEMS]:
        say(f"  {report['file']}: {problem['detail']} ({problem['code']})")
    more = len(report["problems"]) - _SHOWN_PROBLEMS
    if more > 0:
        say(f"  and {more} more; `labeltrust quarantine list` shows them")
    if report["gold"]:
        show_report(report["gold"])
