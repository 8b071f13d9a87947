"""`labeltrust slis`: every measure of a project against its objective."""

from typing import TYPE_CHECKING, Any

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, example
from labeltrust.cli._output import number, out, print_json, print_table

if TYPE_CHECKING:
    from labeltrust.services.slis.document import SliEntry

_COLUMNS = ("measure", "whose", "over", "share of bad", "objective#", "budget left", "burn", "told")


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(epilog=example("slis --project fraud", "slis --project fraud --json"))(slis)


def slis(*, project: Project, as_json: AsJson = False) -> None:
    """Show the service level indicators of a project: value, objective, budget left and burn."""
    from labeltrust.services.slis.document import show_slis  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = show_slis(who.deployment, who.principal, project)
    if as_json:
        print_json(found)
        return
    print_table(_COLUMNS, [_row(entry) for entry in found.slis], "No measure is counted.")
    firing = [entry for entry in found.slis if entry.firing]
    out(f"{len(firing)} of {len(found.slis)} burn faster than their rules allow")


def _row(entry: "SliEntry") -> tuple[object, ...]:
    objective = "" if entry.objective is None else f"{entry.objective:.4g}"
    burn = [
        f"{one.long.value:.2g}/{one.short.value:.2g} over {'/'.join(one.windows)}"
        for one in entry.burn
        if one.long.value is not None and one.short.value is not None
    ]
    return (
        f"{entry.id} {entry.title}",
        entry.source or entry.labeler or "",
        entry.span,
        number(_plain(entry.value), 4),
        objective,
        number(_plain(entry.budget_left)),
        "; ".join(burn),
        entry.firing or "",
    )


def _plain(measured: object) -> Any:  # noqa: ANN401 - as the encoder returns it
    import msgspec  # noqa: PLC0415 - not needed for help pages

    return msgspec.to_builtins(measured)
