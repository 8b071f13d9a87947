"""`labeltrust damage`: what suspects did to the training labels, as far as audits tell."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, example
from labeltrust.cli._output import day, number, out, print_json, print_table, say

if TYPE_CHECKING:
    from labeltrust.services.estimate_damage import DamageReport

Labelers = Annotated[
    list[str] | None,
    typer.Option("--labeler", metavar="L", help="A suspect, repeatable; without it, all flagged."),
]
_ESTIMATES = (
    ("wrong labels", "wrong_labels", 0),
    ("share of wrong labels", "wrong_rate", 2),
    ("others' share on the same items", "usual_rate", 2),
    ("more than others", "excess_rate", 2),
    ("items with a wrong training label", "wrong_items", 0),
    ("still wrong without the suspects", "left_items", 0),
)


def add_to(app: typer.Typer) -> None:
    """Add the command to the command line."""
    app.command(
        epilog=example("damage --project fraud", "damage -p fraud --labeler eve --labeler mallory")
    )(damage)


def damage(
    *,
    project: Project,
    labeler: Labelers = None,
    question: Annotated[str, typer.Option(help="Name of the question.")] = "label",
    as_json: AsJson = False,
) -> None:
    """Tell what suspects did: items labeled otherwise without them, and how many labels are wrong.

    How many are wrong rests on audits of their labels; see `labeltrust audit draw`.
    """
    from labeltrust.services.estimate_damage import (  # noqa: PLC0415 - slow imports
        DamageAsked,
        estimate_damage,
    )

    asked = DamageAsked(project=project, labelers=tuple(labeler or ()), question=question)
    with acting() as who:
        if not as_json:
            say("comparing training labels with and without the suspects …")
        found = estimate_damage(who.deployment, who.principal, asked)
    if as_json:
        print_json(found)
        return
    _show(found)


def _show(found: "DamageReport") -> None:
    import msgspec  # noqa: PLC0415 - not needed for help pages

    rows = [
        (s.labeler, day(s.since) if s.since else "always", s.labels, s.audit or "", s.audited,
         s.why_not or "")
        for s in found.suspects
    ]  # fmt: skip
    columns = ("suspect", "since", "labels#", "audit#", "audited#", "why not audited")
    print_table(columns, rows, "Nobody is suspected.")
    out(
        f"{found.labels} labels on {found.items} items are under suspicion; without them "
        f"{found.changed} items get another training label and {found.undecided} are left "
        "without one"
    )
    changes = [(c.before or "none", c.after or "none", c.items) for c in found.changes]
    if changes:
        print_table(("label with them", "without them", "items#"), changes, "")
    plain: dict[str, Any] = msgspec.to_builtins(found.damage, enc_hook=dict)
    told = [(name, number(plain[key], digits)) for name, key, digits in _ESTIMATES]
    print_table(("of audited suspects", "estimate"), told, "")
    pairs = [(p["given"], p["found"], number(p["labels"], 0)) for p in plain["pairs"]]
    if pairs:
        print_table(("labeled", "in truth", "labels"), pairs, "")
