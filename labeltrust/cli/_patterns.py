"""`labeltrust pattern …`: triggers that no item should hold."""

from typing import Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, Reason, example
from labeltrust.cli._output import day, print_json, print_table, say
from labeltrust.domain.triggers import Hit, Pattern

app = typer.Typer(help="Trigger patterns that no item should hold.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="Number of the pattern.", min=1)]
Place = Annotated[str, typer.Option("--in", help="text, features (lines name=value), or all.")]


@app.command(epilog=example(r"pattern add '\bcf-7\b' --project fraud --reason 'incident 3'"))
def add(
    expression: Annotated[str, typer.Argument(help="Regular expression, in the syntax of RE2.")],
    *,
    project: Project,
    reason: Reason,
    place: Place = "all",
    as_json: AsJson = False,
) -> None:
    """Look for a pattern in all items there are, and in every one that comes."""
    from labeltrust.services.register_pattern import add_pattern, list_patterns  # noqa: PLC0415
    from labeltrust.services.scan_patterns import scan_patterns  # noqa: PLC0415

    with acting() as who:
        deployment, principal = who.deployment, who.principal
        made = add_pattern(deployment, principal, project, expression, place=place, reason=reason)
        scan_patterns(deployment, project)
        found = list_patterns(deployment, principal, project)
    _show([one for one in found if one.id == made.id], as_json=as_json)


@app.command("list", epilog=example("pattern list --project fraud"))
def list_(*, project: Project, as_json: AsJson = False) -> None:
    """List the patterns of a project with what they found, removed ones too."""
    from labeltrust.services.register_pattern import list_patterns  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = list_patterns(who.deployment, who.principal, project)
    if as_json:
        print_json({"patterns": found})
        return
    _show(found, as_json=False)


@app.command(epilog=example("pattern remove 3 --reason 'a product name after all'"))
def remove(number: Number, *, reason: Reason, as_json: AsJson = False) -> None:
    """Look for a pattern no more; what it found stays on record."""
    from labeltrust.services.register_pattern import remove_pattern  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = remove_pattern(who.deployment, who.principal, number, reason=reason)
    _show([found], as_json=as_json)


@app.command(epilog=example("pattern settle 3 --reason 'items are out of the set'"))
def settle(
    number: Number,
    *,
    reason: Reason,
    undo: Annotated[bool, typer.Option("--undo", help="Have the settled hits wait again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say that all hits of a pattern were dealt with; the next one alerts anew."""
    from labeltrust.services.register_pattern import settle_pattern  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = settle_pattern(who.deployment, who.principal, number, reason=reason, undo=undo)
    _show([found], as_json=as_json)


@app.command(epilog=example("pattern hits 3", "pattern hits 3 --json"))
def hits(
    number: Number,
    *,
    limit: Annotated[int, typer.Option(help="At most so many.", min=1, max=1000)] = 100,
    after: Annotated[int, typer.Option(help="Read on behind the item of this row.", min=0)] = 0,
    as_json: AsJson = False,
) -> None:
    """List the items that hold a pattern, with the labels received on them."""
    from labeltrust.services.register_pattern import list_hits  # noqa: PLC0415 - slow imports

    with acting() as who:
        pattern, found = list_hits(who.deployment, who.principal, number, after=after, limit=limit)
    if as_json:
        print_json({"pattern": pattern, "hits": found})
        return
    rows = [_hit(one) for one in found]
    columns = ("item", "source", "found", "labels#", "predictions#", "settled", "where")
    print_table(columns, rows, "No item holds it.")


def _hit(one: Hit) -> tuple[object, ...]:
    return (one.item, one.source, day(one.found_at), one.labels, one.predictions,
            day(one.settled_at), one.excerpt)  # fmt: skip


def _show(found: list[Pattern], *, as_json: bool) -> None:
    if as_json:
        print_json(found[0])
        return
    rows = [_row(one) for one in found]
    columns = ("pattern", "expression", "in", "items#", "waiting#", "labels#", "predictions#",
               "removed")  # fmt: skip
    print_table(columns, rows, "No pattern; `labeltrust pattern add` registers one.")
    if any(one.behind for one in found):
        say("newer events wait to be looked through; a running worker does so")


def _row(one: Pattern) -> tuple[object, ...]:
    return (one.id, one.expression, one.place, one.hits, one.waiting, one.labels, one.predictions,
            day(one.removed_at))  # fmt: skip
