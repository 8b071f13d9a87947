"""`labeltrust snapshot …`: training sets without what is held out."""

from typing import Annotated, Any

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, Project, example
from labeltrust.cli._output import out, print_json, print_table, say

app = typer.Typer(help="Checksummed training sets without frozen labels.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="Number of the snapshot.")]


def add_to(app_: typer.Typer) -> None:
    """Add the group to the command line."""
    app_.add_typer(app, name="snapshot")


@app.command(epilog=example("snapshot create --project fraud"))
def create(*, project: Project, as_json: AsJson = False) -> None:
    """Write a snapshot: consensus labels, the judgments behind them, a manifest."""
    from labeltrust.services.create_snapshot import (  # noqa: PLC0415 - slow imports
        create_snapshot,
        snapshot_folder,
    )

    with acting() as who:
        say("writing the snapshot …")
        manifest = create_snapshot(who.deployment, who.principal, project)
        folder = snapshot_folder(who.deployment, manifest["snapshot"])
    if as_json:
        print_json({**manifest, "folder": str(folder.absolute())})
        return
    _show(manifest, str(folder))


@app.command(epilog=example("snapshot verify 3"))
def verify(snapshot: Number, *, as_json: AsJson = False) -> None:
    """Recompute checksums and look for frozen labels; exit 1 where it does not hold."""
    from labeltrust.services.verify_snapshot import verify_snapshot  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = verify_snapshot(who.deployment, who.principal, snapshot)
    if as_json:
        print_json(found)
    else:
        for problem in found.problems:
            out(problem)
        out(f"snapshot {found.snapshot} {'holds' if found.ok else 'does NOT hold'}")
    if not found.ok:
        raise DoesNotHold


def _show(manifest: dict[str, Any], folder: str) -> None:
    rows = manifest["files"]["labels.parquet"]["rows"]
    judgments = manifest["files"]["judgments.parquet"]["rows"]
    out(f"snapshot {manifest['snapshot']}: {rows} labels from {judgments} judgments in {folder}")
    left = [(e["code"], _whose(e), e["labels"], e["since"] or "") for e in manifest["excluded"]]
    print_table(("left out", "whose", "labels#", "since"), left, "Nothing is left out.")


def _whose(entry: dict[str, Any]) -> str:
    return str(entry["labeler"] or entry["source"] or f"import {entry['import']}")
