"""`labeltrust audit reviewers`: how those who re-label agree with each other and with gold."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, example
from labeltrust.cli._output import number, out, print_json, print_table

if TYPE_CHECKING:
    from labeltrust.policy.reviewer_records import Course
    from labeltrust.services.show_reviewers import ReviewerRecord


def add_to(audits: typer.Typer) -> None:
    """Add the command to the group of audits."""
    audits.command(
        epilog=example("audit reviewers --project fraud", "audit reviewers -p fraud --days 7")
    )(reviewers)


def reviewers(
    *,
    project: Project,
    days: Annotated[int, typer.Option(help="Days of a window, of which there are six.")] = 28,
    as_json: AsJson = False,
) -> None:
    """Tell how reviewers agree with each other and with gold, lately and before.

    Closed audits count. A change is told at an equal mix of disputed and other items.
    """
    from labeltrust.services.show_reviewers import show_reviewers  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = show_reviewers(who.deployment, who.principal, project, days=days)
    if as_json:
        print_json(found)
        return
    rows = [row for one in found.reviewers for row in _rows(one)]
    columns = ("reviewer", "with", f"last {days} days", "before", "change", "changed")
    print_table(columns, rows, "No closed audit has an answer in these windows.")
    if rows:
        out(
            f"before: the {5 * days} days before that. changed: beyond chance, at an equal mix of "
            "items; a list in which nobody changed names anybody at most once in twenty times"
        )


def _rows(one: "ReviewerRecord") -> list[tuple[object, ...]]:
    told = (("other reviewers", one.with_reviewers), ("gold", one.with_gold))
    return [(one.reviewer, whom, *_cells(course)) for whom, course in told]


def _cells(course: "Course") -> tuple[str, ...]:
    import msgspec  # noqa: PLC0415 - not needed for help pages

    plain = msgspec.to_builtins(course)
    numbers = (number(plain[name]) for name in ("lately", "before", "change"))
    return (*numbers, "yes" if course.changed else "")
