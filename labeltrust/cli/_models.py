"""`labeltrust labelers model|models|compare`: what models are for, and how versions compare."""

from typing import TYPE_CHECKING, Annotated

import typer

from labeltrust.cli._context import acting
from labeltrust.cli._options import AsJson, Project, Reason, SourceName, example
from labeltrust.cli._output import out, print_json, print_table, say

if TYPE_CHECKING:
    from labeltrust.domain.estimates import Measured
    from labeltrust.services.models.show_model import ModelCase

Labeler = Annotated[str, typer.Argument(help="Outside id of the model, as the source gave it.")]
_PER_HUNDRED = 100


def add_to(labelers: typer.Typer) -> None:
    """Add the commands to the group of labelers."""
    labelers.command(
        epilog=example(
            "labelers model net-3 -p fraud --role canary --predecessor net-2 --reason retrained",
            'labelers model net-2 -p fraud --role production --reason "net-3 lost gold items"',
        )
    )(model)
    labelers.command(epilog=example("labelers models --project fraud"))(models)
    labelers.command(epilog=example("labelers compare net-3 --project fraud"))(compare)


def model(  # noqa: PLR0913 - one parameter an option
    labeler: Labeler,
    *,
    project: Project,
    role: Annotated[str, typer.Option(help="production, canary, shadow or retired.")],
    reason: Reason,
    predecessor: Annotated[
        str | None, typer.Option(help='The version before it; "" takes it away.')
    ] = None,
    source: SourceName = None,
    as_json: AsJson = False,
) -> None:
    """Say what a model is for; one is in production at a time. To go back, give the former role."""
    from labeltrust.services.models.give_role import RoleDraft, give_role  # noqa: PLC0415

    draft = RoleDraft(
        labeler=labeler, role=role, reason=reason, predecessor=predecessor, source=source
    )
    with acting() as who:
        made = give_role(who.deployment, who.principal, project, draft)
    if as_json:
        print_json(made)
        return
    follows = f", after {made.predecessor}" if made.predecessor else ""
    out(f"{made.labeler} is {made.role}{follows}")
    if made.retired:
        say(f"{made.retired} was in production and is retired")
    say(f"undo: {made.undo}")


def models(*, project: Project, as_json: AsJson = False) -> None:
    """List the models that have a role, each beside the one that it is measured against."""
    from labeltrust.services.models.show_model import list_models  # noqa: PLC0415

    with acting() as who:
        found = list_models(who.deployment, who.principal, project)
    if as_json:
        print_json({"models": found})
        return
    columns = (
        "model",
        "role",
        "after",
        "question",
        "against",
        "change",
        "lost#",
        "differs",
        "alarm",
    )
    rows = [row for one in found for row in _rows(one)]
    print_table(columns, rows, "No model has a role: labeltrust labelers model NAME --role …")


def compare(
    labeler: Labeler, *, project: Project, source: SourceName = None, as_json: AsJson = False
) -> None:
    """Show a model beside the version before it, and the gold items that it lost."""
    from labeltrust.services.models.show_model import show_model  # noqa: PLC0415

    with acting() as who:
        found = show_model(
            who.deployment, who.principal, project, labeler, source=source, limit=1_000
        )
    if as_json:
        print_json(found)
        return
    role = "no role" if found.role is None else found.role.role
    out(f"{found.labeler}: {role}")
    for one in found.numbers:
        out(f"question {one.question}, against {one.against}, as of {one.at:%Y-%m-%d %H:%M}Z")
        before = shown_share(one.accuracy_before)
        out(f"  gold accuracy {shown_share(one.accuracy)}, before {before}")
        p_value = "" if one.p_value is None else f", McNemar p {one.p_value:.3g}"
        out(f"  change {shown_share(one.change)}{p_value}; lost {one.lost}, gained {one.gained}")
        out(f"  items with another label {shown_share(one.divergence)}")
    if found.todo:
        say(found.todo)
    for item in found.lost:
        out(f"  lost: {item}")
    if found.n_lost > len(found.lost):
        say(f"  and {found.n_lost - len(found.lost)} more")


def _rows(case: "ModelCase") -> list[tuple[object, ...]]:
    role = case.role
    head = (case.labeler, "" if role is None else role.role, (role and role.predecessor) or "")
    if not case.numbers:
        return [(*head, "", "", "", "", "", "")]
    return [
        (*head, one.question, one.against, shown_share(one.change), one.lost,
         shown_share(one.divergence), ", ".join(one.alarms))
        for one in case.numbers
    ]  # fmt: skip


def shown_share(found: "Measured") -> str:
    """Return an estimate as a percentage with interval and n, or why there is none."""
    if found.value is None:
        return f"unknown ({found.reason})"
    low, value, high = (part * _PER_HUNDRED for part in (found.low, found.value, found.high))
    return f"{value:.2f} % [{low:.2f}, {high:.2f}] n {found.n}"
