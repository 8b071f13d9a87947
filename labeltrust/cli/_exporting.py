"""`labeltrust export`: a snapshot in a form that training code and other tools read."""

from pathlib import Path
from typing import Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, example
from labeltrust.cli._output import out, print_json

Place = Annotated[Path, typer.Option("--out", help="File, or folder for hf; not there yet.")]


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        epilog=example(
            "export 3 --format csv --out labels.csv",
            "export 3 --format hf --out fraud-set",
            "export 3 --format label-studio --out tasks.json",
        )
    )(export)


def export(
    snapshot: Annotated[int, typer.Argument(help="Number of the snapshot.")],
    *,
    form: Annotated[
        str, typer.Option("--format", help="parquet, jsonl, csv, hf or label-studio.")
    ] = "parquet",
    place: Place,
    as_json: AsJson = False,
) -> None:
    """Write a snapshot's labels for training code or another tool; checked before."""
    from labeltrust.services.export_snapshot import export_snapshot  # noqa: PLC0415

    with acting() as who:
        done = export_snapshot(who.deployment, who.principal, snapshot, form=form, out=place)
    if as_json:
        print_json(done)
    else:
        out(f"{done.rows} labels of snapshot {snapshot} in {done.path}, {done.bytes} bytes")
