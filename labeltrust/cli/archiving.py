"""`labeltrust archive …`: judgments as Parquet files for a cluster; never the truth."""

from typing import Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._options import AsJson, Project, example
from labeltrust.cli._output import number, out, print_json, print_table, say

app = typer.Typer(
    help="Judgments as Parquet files, for counting on a cluster; made again from the history.",
    no_args_is_help=True,
)
Question = Annotated[str, typer.Option(help="Name of the question.")]
Position = Annotated[
    int | None, typer.Option(help="Position of the archive; without it the newest.")
]
_MB = 1_000_000


def add_to(app_: typer.Typer) -> None:
    """Add the group to the command line."""
    app_.add_typer(app, name="archive")


@app.command(epilog=example("archive write --project fraud"))
def write(
    *,
    project: Project,
    question: Question = "label",
    parts: Annotated[
        int | None, typer.Option(help="Files to cut the items into; by default by size.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the judgments that stand now, in bounded memory; what did not change is kept."""
    from labeltrust.services.archiving.write_archive import write_archive  # noqa: PLC0415

    if not as_json:
        say("reading the history …")
    with acting() as who:
        found = write_archive(who.deployment, who.principal, project, question, parts=parts)
    said, folder = found.archive.manifest, str(found.archive.folder)
    if as_json:
        shown = {"folder": folder, "new": found.new, "files_kept": found.files_kept}
        print_json({**shown, "manifest": said})
        return
    size = sum(file.bytes for file in said.files.values()) / _MB
    how = f"{found.files_kept} of {len(said.files)} files as before" if found.new else "as it was"
    out(f"{folder}: {said.judgments} judgments, {said.gold} gold labels, {size:.1f} MB, {how}")


@app.command("list", epilog=example("archive list --project fraud"))
def list_(*, project: Project, question: Question = "label", as_json: AsJson = False) -> None:
    """List the archives of a question, the newest first."""
    from labeltrust.services.archiving.read_archive import list_archives  # noqa: PLC0415

    with acting() as who:
        found = list_archives(who.deployment, who.principal, project, question)
    if as_json:
        print_json([{"folder": str(one.folder), "manifest": one.manifest} for one in found])
        return
    rows = [
        (m.position, m.judgments, m.parts, len(m.files), one.folder)
        for one in found
        for m in [one.manifest]
    ]
    print_table(("position", "judgments#", "parts#", "files#", "folder"), rows, "No archives yet.")


@app.command(epilog=example("archive verify --project fraud"))
def verify(
    *,
    project: Project,
    question: Question = "label",
    position: Position = None,
    as_json: AsJson = False,
) -> None:
    """Make the archive anew from the history and compare byte by byte; exit 1 where it differs."""
    from labeltrust.services.archiving.read_archive import verify_archive  # noqa: PLC0415

    with acting() as who:
        found = verify_archive(who.deployment, who.principal, project, question, position=position)
    if as_json:
        print_json(found)
    else:
        for problem in found.problems:
            out(problem)
        out(f"{found.folder} {'holds' if found.ok else 'does NOT hold'}")
    if not found.ok:
        raise DoesNotHold


@app.command(epilog=example("archive drop --project fraud --keep 2"))
def drop(
    *,
    project: Project,
    question: Question = "label",
    keep: Annotated[int, typer.Option(min=0, help="Newest archives to keep.")] = 1,
    as_json: AsJson = False,
) -> None:
    """Remove archives but the newest; nothing is lost that the history does not have."""
    from labeltrust.services.archiving.read_archive import drop_archives  # noqa: PLC0415

    with acting() as who:
        gone = drop_archives(who.deployment, who.principal, project, question, keep=keep)
    if as_json:
        print_json({"dropped": gone})
        return
    out(f"dropped: {', '.join(map(str, gone)) or 'none'}")


@app.command(
    epilog=example(
        "archive count --project fraud",
        "archive count --project fraud --json  # with LABELTRUST_ENGINE=spark: on the cluster",
    )
)
def count(
    *,
    project: Project,
    question: Question = "label",
    position: Position = None,
    as_json: AsJson = False,
) -> None:
    """Measure a project from an archive alone: what an assessment says without signals and trust.

    In this process it takes the memory of some parts; LABELTRUST_ENGINE=spark counts on a cluster.
    """
    from labeltrust.services.archiving.count_archive import count_archive  # noqa: PLC0415

    with acting() as who:
        found = count_archive(who.deployment, who.principal, project, question, position=position)
    if as_json:
        print_json(found)
        return
    out(f"{found['project']}: {found['labels']} labels of {found['items']} items")
    out(f"  labelers            {found['labelers_n']}")
    out(f"  Krippendorff alpha  {number(found['alpha'])}")
    out(f"  label shift         {number(found['label_shift'])}")
    rows = [
        (
            one["labeler"], one["labels"], number(one["gold_accuracy"]),
            number(one["cohen_kappa"]), number(one["alpha_effect"]),
        )
        for one in found["labelers"]
    ]  # fmt: skip
    columns = ("labeler", "labels#", "gold accuracy", "Cohen's kappa", "alpha without, change")
    print_table(columns, rows, "No labelers yet.")
