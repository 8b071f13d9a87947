"""`labeltrust snapshot …`: training sets without what is held out."""

from pathlib import Path
from typing import Annotated, Any

import typer

from labeltrust.cli import _exporting, _training
from labeltrust.cli._context import acting, settings
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, Project, example, parsed_time
from labeltrust.cli._output import out, print_json, print_table, say
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.naming import checked_note
from labeltrust.domain.training_sets import Window, Without

app = typer.Typer(help="Checksummed training sets without frozen labels.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="Number of the snapshot.")]


HoldBack = Annotated[
    float,
    typer.Option("--hold-back", metavar="HOURS", help="Leave out labels received since then."),
]


def add_to(app_: typer.Typer) -> None:
    """Add the group to the command line, and what asks where labels went."""
    _training.add_to(app, app_)
    _exporting.add_to(app_)
    app_.add_typer(app, name="snapshot")


@app.command(
    epilog=example(
        "snapshot create --project fraud",
        "snapshot create -p fraud --hold-back 48",
        'snapshot create -p fraud --from 3 --without-labeler mallory --reason "bribed, audit 12"',
        "snapshot create -p fraud --without-window 2026-11-01 2026-11-08 "
        "--without-window 2026-11-20 2026-11-21",
    )
)
def create(  # noqa: PLR0913 - one parameter an option
    # Typer has no option of two words that may be repeated: each START is read as the option's
    # word, and each END as a word of its own, in the same order.
    window_ends: Annotated[list[str] | None, typer.Argument(hidden=True)] = None,
    *,
    project: Project,
    hold_back: HoldBack = 0.0,
    without_labeler: Annotated[
        list[str] | None, typer.Option(help="Leave out all labels of a labeler; repeatable.")
    ] = None,
    without_source: Annotated[
        list[str] | None, typer.Option(help="Leave out all that a source sent; repeatable.")
    ] = None,
    without_import: Annotated[
        list[int] | None, typer.Option(help="Leave out an import; repeatable.")
    ] = None,
    without_window: Annotated[
        list[str] | None,
        typer.Option(
            metavar="START END",
            help="Leave out what was received from START until before END; repeatable.",
        ),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", help="Why it is left out; stands in the manifest.")
    ] = "",
    parent: Annotated[
        int | None, typer.Option("--from", help="The snapshot that this one is made from.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write a snapshot: consensus labels, the judgments behind them, a signed manifest."""
    from labeltrust.services.create_snapshot import (  # noqa: PLC0415 - slow imports
        create_snapshot,
        snapshot_folder,
    )

    without = Without(
        labelers=tuple(without_labeler or ()),
        sources=tuple(without_source or ()),
        imports=tuple(without_import or ()),
        windows=_windows(without_window or [], window_ends or []),
        reason=checked_note(reason, "--reason") if reason else "",
    )
    with acting() as who:
        say("writing the snapshot …")
        manifest = create_snapshot(
            who.deployment,
            who.principal,
            project,
            hold_back_hours=hold_back,
            without=without,
            parent=parent,
        )
        folder = snapshot_folder(who.deployment, manifest["snapshot"])
    if as_json:
        print_json({**manifest, "folder": str(folder.absolute())})
        return
    _show(manifest, str(folder))


def _windows(starts: list[str], ends: list[str]) -> tuple[Window, ...]:
    if len(ends) > len(starts):
        raise InvalidInput(f"unexpected word {ends[len(starts)]!r}", place="snapshot create")
    if len(ends) < len(starts):
        raise InvalidInput("a window has a start and an end", place="--without-window")
    return tuple(_window(*one) for one in zip(starts, ends, strict=True))


def _window(start: str, end: str) -> Window:
    first, last = (parsed_time(text, "--without-window") for text in (start, end))
    if first is None or last is None:
        raise InvalidInput("a window has a start and an end", place="--without-window")
    return Window(start=first, end=last)


@app.command(
    epilog=example("snapshot verify 3", "snapshot verify downloads/3 --key labeltrust.pem")
)
def verify(
    snapshot: Annotated[str, typer.Argument(help="Number of the snapshot; or its folder.")],
    *,
    key: Annotated[
        Path | None, typer.Option("--key", help="Public key: look at files alone, offline.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Check signature and checksums, and look for frozen labels; exit 1 where it does not hold."""
    found: Any = _verified(snapshot) if key is None else _verified_offline(snapshot, key)
    if as_json:
        print_json(found)
    else:
        for problem in found.problems:
            out(problem)
        out(f"snapshot {snapshot} {'holds' if found.ok else 'does NOT hold'}")
    if not found.ok:
        raise DoesNotHold


def _verified(snapshot: str) -> object:
    from labeltrust.services.verify_snapshot import verify_snapshot  # noqa: PLC0415 - slow imports

    if not snapshot.isdecimal():
        raise InvalidInput("a folder is verified with --key FILE, a public key", place="snapshot")
    with acting() as who:
        return verify_snapshot(who.deployment, who.principal, int(snapshot[:18]))


def _verified_offline(snapshot: str, key: Path) -> object:
    from labeltrust.services.verify_files import verify_files  # noqa: PLC0415 - slow imports

    try:
        pem = key.read_bytes()
    except OSError as error:
        detail = f"{key}: {error.strerror}"
        raise InvalidInput(detail, place="--key") from error
    folder = settings().home / "snapshots" / snapshot if snapshot.isdecimal() else Path(snapshot)
    return verify_files(folder, pem)


@app.command("key", epilog=example("snapshot key > labeltrust.pem"))
def show_key(*, as_json: AsJson = False) -> None:
    """Print the public key that snapshots are signed by, in PEM; give it away another way."""
    from labeltrust.services.verify_snapshot import signature_key  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = signature_key(who.deployment, who.principal)
    if as_json:
        print_json(found)
    else:
        for line in found.pem.splitlines():
            out(line)


@app.command(
    epilog=example(
        "snapshot diff 3 4", "snapshot diff 4", "snapshot diff 3 4 --kind changed --json"
    )
)
def diff(
    before: Annotated[int, typer.Argument(help="Number of the one snapshot.")],
    after: Annotated[
        int | None,
        typer.Argument(help="Number of the other; alone, one is compared with its parent."),
    ] = None,
    *,
    kind: Annotated[
        str | None, typer.Option(help="added, removed or changed; without it, all.")
    ] = None,
    limit: Annotated[int, typer.Option(help="Most items to list, up to 1000.")] = 100,
    offset: Annotated[int, typer.Option(help="Items to pass over.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Say which items came, went, or have another label; counts are of all, items in pages."""
    from labeltrust.services.diff_snapshots import (  # noqa: PLC0415 - slow imports
        DiffPage,
        compared_with,
        diff_snapshots,
    )

    page = DiffPage(kind=kind, offset=offset, limit=limit)
    with acting() as who:
        if after is None:
            before, after = compared_with(who.deployment, who.principal, before), before
        found = diff_snapshots(who.deployment, who.principal, before, after, page)
    if as_json:
        print_json(found)
        return
    out(", ".join(f"{n} {word}" for word, n in found.counts.items()))
    rows = [(one.kind, one.question, one.item, one.before, one.after) for one in found.rows]
    print_table(("change", "question", "item", "before", "after"), rows, "No item is listed.")
    left = found.total - found.offset - len(found.rows)
    if left > 0:
        out(f"{left} more: --offset {found.offset + len(found.rows)}")


def _show(manifest: dict[str, Any], folder: str) -> None:
    rows = manifest["files"]["labels.parquet"]["rows"]
    judgments = manifest["files"]["judgments.parquet"]["rows"]
    out(f"snapshot {manifest['snapshot']}: {rows} labels from {judgments} judgments in {folder}")
    left = [
        (e["code"], _whose(e), e["labels"], e["since"] or "", e["until"] or "", e["reason"])
        for e in manifest["excluded"]
    ]
    columns = ("left out", "whose", "labels#", "since", "until", "why")
    print_table(columns, left, "Nothing is left out.")


def _whose(entry: dict[str, Any]) -> str:
    if entry["import"] is not None:
        return f"import {entry['import']}"
    return str(entry["labeler"] or entry["source"] or "everybody")
