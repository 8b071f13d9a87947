"""`labeltrust snapshot use|current|trained` and `lineage`: what is trained on what."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, Reason, SourceName, example
from labeltrust.cli._output import out, print_json, print_table

if TYPE_CHECKING:
    from labeltrust.services.trace_labels import Lineage, SnapshotTrace

Number = Annotated[int, typer.Argument(help="Number of the snapshot.")]


def add_to(snapshots: typer.Typer, app: typer.Typer) -> None:
    """Add the commands to the group of snapshots, and `lineage` beside it."""
    snapshots.command(epilog=example('snapshot use 4 --reason "without the bribed labelers"'))(use)
    snapshots.command(epilog=example("snapshot current --project fraud"))(current)
    snapshots.command(
        epilog=example("snapshot trained 4 --model fraud-net --version 2026.11.3"),
    )(trained)
    app.command(
        epilog=example(
            "lineage --project fraud --labeler mallory", "lineage -p fraud --import 12 --json"
        ),
    )(lineage)


def use(snapshot: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Name the snapshot that the project trains on; to go back, name a former one."""
    from labeltrust.services.use_snapshot import use_snapshot  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = use_snapshot(who.deployment, who.principal, snapshot, reason=reason)
    if as_json:
        print_json(found)
        return
    undo = f"; undo: {found.undo}" if found.undo else ""
    out(f"{found.project} trains on snapshot {snapshot}{undo}")


def current(*, project: Project, as_json: AsJson = False) -> None:
    """Print the snapshot that the project trains on, and those before it."""
    from labeltrust.services.use_snapshot import current_set  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = current_set(who.deployment, who.principal, project)
    if as_json:
        print_json(found)
        return
    rows = [(one.snapshot, one.used_at, one.used_by, one.reason) for one in found.history]
    empty = "No snapshot is in use yet: labeltrust snapshot use S --reason …"
    print_table(("snapshot#", "since", "by", "reason"), rows, empty)


def trained(
    snapshot: Number,
    *,
    model: Annotated[str, typer.Option("--model", help="Name of the model.")],
    version: Annotated[str, typer.Option("--version", help="Its version.")],
    note: Annotated[str, typer.Option("--note", help="More, such as a run's address.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put on record that a version of a model was trained on a snapshot."""
    from labeltrust.services.register_model import register_model  # noqa: PLC0415

    with acting() as who:
        made = register_model(
            who.deployment, who.principal, snapshot, model=model, version=version, words=note
        )
    if as_json:
        print_json(made)
    else:
        out(f"{made.model} {made.version} was trained on snapshot {made.snapshot}")


def lineage(
    *,
    project: Project,
    labeler: Annotated[str | None, typer.Option("--labeler", help="Whose labels.")] = None,
    source: SourceName = None,
    import_id: Annotated[int | None, typer.Option("--import", help="Number of an import.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say which training sets and models hold labels of somebody, and what rests on them."""
    from labeltrust.services.trace_labels import Whose, trace_labels  # noqa: PLC0415

    whose = Whose(labeler=labeler, source=source, import_id=import_id)
    with acting() as who:
        found = trace_labels(who.deployment, who.principal, project, whose)
    if as_json:
        print_json(found)
    else:
        _show(found)


def _show(found: "Lineage") -> None:
    columns = (
        "snapshot#", "made", "in use", "labels#", "items#", "alone#", "changed#", "models",
    )  # fmt: skip
    rows = [_row(one) for one in found.snapshots]
    print_table(columns, rows, f"None of {found.looked_at} snapshots holds such labels.")
    if rows:
        out(
            f"{len(rows)} of {found.looked_at} snapshots, {len(found.models)} models. alone: items "
            "that nobody else labeled; changed: items with another consensus without these labels"
        )


def _row(one: "SnapshotTrace") -> tuple[object, ...]:
    models = ", ".join(f"{model.model} {model.version}" for model in one.models)
    in_use = "yes" if one.in_use else ""
    if one.share is None:
        return (one.snapshot, one.created_at, in_use, "", "", "", "", models or one.reason)
    share = one.share
    numbers = (share.labels, share.items, share.alone, share.changes)
    return (one.snapshot, one.created_at, in_use, *numbers, models)
