"""The table of freezes: its columns, and the choices above it."""

from collections.abc import Mapping, Sequence

from labeltrust.services.list_freezes import SHOWN, FreezeLine
from labeltrust.web.pages._columns import kept, of_project
from labeltrust.web.pages._tables import Column, Filter, Table

PATH = "/freezes"


def freezes_table(projects: Sequence[str], counts: Mapping[str, int]) -> Table[FreezeLine]:
    """Return the table with the projects of this reader, and how many freezes there are.

    Args:
        projects: Names of the projects in scope.
        counts: How many are `active`, `waiting` and `lifted`.
    """
    shown = {word: f"{word} ({counts[word]:,})" if word in counts else word for word in SHOWN}
    return Table(
        name="freezes",
        order="-id",
        columns=_COLUMNS,
        searched=lambda line: line.freeze.reason,
        hint="labeler, source, reason or person",
        filters=(Filter(name="shown", title="Which", choices=shown), of_project(projects)),
    )


def standing(line: FreezeLine) -> str:
    """Return in one word how a freeze stands."""
    if line.freeze.lifted_at is not None:
        return "lifted"
    if line.ended:
        return "ended"
    return "waiting" if line.waits else "active"


_COLUMNS: tuple[Column[FreezeLine], ...] = (
    Column(name="id", title="Freeze", value=lambda line: line.freeze.id),
    Column(name="project", title="", value=lambda line: line.freeze.project, shown=False),
    Column(name="labeler", title="Labels of", value=lambda line: line.freeze.labeler),
    kept("source", lambda line: line.freeze.source),
    kept("import", lambda line: line.freeze.import_id),
    Column(name="since", title="From", value=lambda line: line.freeze.since),
    kept("clock", lambda line: line.freeze.clock),
    Column(name="reason", title="Reason", value=lambda line: line.freeze.reason, sortable=False),
    kept("flag", lambda line: line.freeze.flag),
    Column(name="placed_at", title="Placed", value=lambda line: line.freeze.placed_at),
    kept("placed_by", lambda line: line.freeze.placed_by),
    kept("kind", lambda line: line.freeze.kind),
    Column(name="standing", title="Now", value=standing, sortable=False),
    kept("lifted_at", lambda line: line.freeze.lifted_at),
    kept("lifted_by", lambda line: line.freeze.lifted_by),
    kept("lift_reason", lambda line: line.freeze.lift_reason),
)
