"""`labeltrust labelers …`: the table; who is who, whose people they are, and names erased."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli import _models, _supplier_drift
from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, Reason, SourceName, example
from labeltrust.cli._output import out, print_json, print_table, say
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.services._identity import IdentityAct

app = typer.Typer(
    help="The labelers of the newest assessment; below it: who is who, vendors, erasure.",
    epilog=example("labelers --project fraud", "labelers merge al alice -p fraud --reason …"),
)
Labeler = Annotated[str, typer.Argument(help="Outside id, as the source gave it.")]
OptionalProject = Annotated[
    str | None, typer.Option("--project", "-p", help="Name of the project.")
]


@app.command(epilog=example('labelers merge al alice -p fraud --reason "one person, says HR"'))
def merge(  # noqa: PLR0913 - one parameter an option
    labeler: Labeler,
    into: Annotated[str, typer.Argument(help="The labeler that it is.")],
    *,
    project: Project,
    reason: Reason,
    source: SourceName = None,
    into_source: Annotated[str | None, typer.Option(help="Source of the second name.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say that two labelers are one; flags and freezes go along, and undo gives them back."""
    from labeltrust.services._identity import Named  # noqa: PLC0415
    from labeltrust.services.merge_labelers import merge_labelers  # noqa: PLC0415

    with acting() as who:
        act = merge_labelers(
            who.deployment,
            who.principal,
            project,
            Named(labeler, source),
            Named(into, into_source),
            reason=reason,
        )
    _show(act, as_json=as_json)


@app.command(epilog=example('labelers split al -p fraud --reason "another person after all"'))
def split(
    labeler: Labeler,
    *,
    project: Project,
    reason: Reason,
    source: SourceName = None,
    as_json: AsJson = False,
) -> None:
    """Say that a name of a labeler is somebody else; flags and freezes stay where they are."""
    from labeltrust.services._identity import Named  # noqa: PLC0415
    from labeltrust.services.split_labeler import split_labeler  # noqa: PLC0415

    with acting() as who:
        act = split_labeler(
            who.deployment, who.principal, project, Named(labeler, source), reason=reason
        )
    _show(act, as_json=as_json)


@app.command(epilog=example("labelers alias alice 17 -p fraud --source ls --reason …"))
def alias(
    labeler: Labeler,
    name: Annotated[str, typer.Argument(help="The id that the other source will use.")],
    *,
    project: Project,
    source: Annotated[str, typer.Option(help="The source that will use it.")],
    reason: Reason,
    as_json: AsJson = False,
) -> None:
    """Give a labeler the name under which another source will know them."""
    from labeltrust.services._identity import Named  # noqa: PLC0415
    from labeltrust.services.add_alias import add_alias  # noqa: PLC0415

    with acting() as who:
        act = add_alias(
            who.deployment,
            who.principal,
            project,
            Named(labeler),
            Named(name, source),
            reason=reason,
        )
    _show(act, as_json=as_json)


@app.command(epilog=example('labelers undo 41 --reason "the wrong Alice"'))
def undo(number: int, *, reason: Reason, as_json: AsJson = False) -> None:
    """Undo a merge, a split or an added name by its number."""
    from labeltrust.services.undo_identity import undo_identity  # noqa: PLC0415

    with acting() as who:
        act = undo_identity(who.deployment, who.principal, number, reason=reason)
    _show(act, as_json=as_json)


@app.command(epilog=example("labelers identity alice --project fraud"))
def identity(
    labeler: Labeler, *, project: Project, source: SourceName = None, as_json: AsJson = False
) -> None:
    """Show all names of a labeler, vendor and team, and the acts that joined or split them."""
    from labeltrust.services.show_identity import show_identity  # noqa: PLC0415

    with acting() as who:
        found = show_identity(who.deployment, who.principal, project, labeler, source=source)
    if as_json:
        print_json(found)
        return
    for one in found.names:
        out(f"{one.name}  ({', '.join(one.sources) or 'a source of another project'})")
    out(f"vendor: {found.vendor or '-'}   team: {found.team or '-'}")
    print_table(
        ("act", "what", "labeler", "other", "by", "reason", "undone"),
        [(a.number, a.kind, a.labeler, a.other, a.actor, a.reason, "yes" if a.undone else "")
         for a in found.acts],
        "Never joined to another name.",
    )  # fmt: skip


@app.command(
    epilog=example(
        'labelers describe alice -p fraud --vendor acme --team night --reason "contract 12"',
        'labelers describe --file people.csv -p fraud --reason "list of October"',
    )
)
def describe(
    labeler: Annotated[str | None, typer.Argument(help="Outside id; or --file.")] = None,
    *,
    project: Project,
    reason: Reason,
    vendor: Annotated[str | None, typer.Option(help="Whose people.")] = None,
    team: Annotated[str | None, typer.Option(help="Which of them.")] = None,
    file: Annotated[Path | None, typer.Option(help="CSV: labeler, vendor, team.")] = None,
) -> None:
    """Set vendor and team of labelers."""
    from labeltrust.services.describe_labeler import (  # noqa: PLC0415
        Profile,
        describe_labelers,
        read_profiles,
    )

    if (labeler is None) == (file is None):
        raise InvalidInput("name a labeler, or a table by --file", code="usage")
    told = (
        [Profile(labeler=labeler, vendor=vendor, team=team)]
        if labeler is not None
        else read_profiles(_text(file))
    )
    with acting() as who:
        n = describe_labelers(who.deployment, who.principal, project, told, reason=reason)
    out(f"{n} changed")


@app.command(epilog=example("labelers vendors --project fraud"))
def vendors(
    *,
    project: Project,
    teams: Annotated[bool, typer.Option("--teams", help="A line a team.")] = False,
    as_json: AsJson = False,
) -> None:
    """List vendors with how many of their labelers are suspects, and the interval."""
    from labeltrust.services.list_vendors import CAUTION, list_vendors  # noqa: PLC0415

    with acting() as who:
        found = list_vendors(who.deployment, who.principal, project, by_team=teams)
    if as_json:
        print_json({"vendors": found, "caution": CAUTION})
        return
    rows = [
        (one.vendor or "(not told)", one.team, one.labelers, one.labels, one.suspects,
         _shown(one.share))
        for one in found
    ]  # fmt: skip
    print_table(("vendor", "team", "labelers#", "labels#", "suspects#", "share"), rows, "Nobody.")
    say(CAUTION)


@app.command(epilog=example('labelers erase alice --project fraud --reason "request of 3 May"'))
def erase(labeler: Labeler, *, project: Project, reason: Reason, source: SourceName = None) -> None:
    """Destroy a labeler's names and the originals that hold them; there is no undo."""
    from labeltrust.services.erase_labeler import erase_labeler  # noqa: PLC0415
    from labeltrust.services.show_identity import show_identity  # noqa: PLC0415

    with acting() as who:
        found = show_identity(who.deployment, who.principal, project, labeler, source=source)
        done = erase_labeler(who.deployment, who.principal, found.labeler_id, reason=reason)
    out(f"labeler #{done.labeler_id}: {done.names} names, {done.deliveries} originals destroyed")


def _text(file: Path | None) -> str:
    try:
        return Path(file or "").read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"cannot be read: {error}", place=str(file)) from None


def _shown(share: object) -> str:
    low, value, high = (getattr(share, part, None) for part in ("low", "value", "high"))
    return "-" if value is None else f"{value:.0%} [{low:.0%}, {high:.0%}]"


def _show(act: "IdentityAct", *, as_json: bool) -> None:
    if as_json:
        print_json(act)
        return
    went = (("flags", act.flags), ("freezes", act.freezes), ("audits", act.audits))
    along = [f"{len(some)} {name}" for name, some in went if some]
    done = "undone" if act.undone else act.kind.replace("_", " ")
    out(f"act {act.number}, {done}: {act.other} and {act.labeler}"
        + (f"; along went {', '.join(along)}" if along else ""))  # fmt: skip
    if not act.undone:
        say(f"undo: labeltrust labelers undo {act.number} --reason …")


_models.add_to(app)
_supplier_drift.add_to(app)
