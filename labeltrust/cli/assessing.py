"""Assess, and read what was found: labelers, one of them, the gate."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from labeltrust.cli import _labelers
from labeltrust.cli._context import acting
from labeltrust.cli._errors import DoesNotHold
from labeltrust.cli._labelers import OptionalProject
from labeltrust.cli._options import AsJson, Project, SourceName, example
from labeltrust.cli._output import day, number, out, print_json, print_table, say
from labeltrust.cli._work import do
from labeltrust.domain.errors import InvalidInput

if TYPE_CHECKING:
    from labeltrust.policy.gate import Gate
    from labeltrust.services.list_labelers import LabelerCase
    from labeltrust.services.show_evidence import LabelerEvidence

Document = Mapping[str, Any]
_SHOWN_ITEMS = 10
_COLUMNS = (
    "labeler",
    "kind",
    "labels#",
    "trust",
    "gold accuracy",
    "Cohen's kappa",
    "flag",
    "frozen",
    "signals",
)


def add_to(app: typer.Typer) -> None:
    """Add the commands of this page to the command line."""
    app.command(epilog=example("assess --project fraud", "assess --project fraud --json"))(assess)
    _labelers.app.callback(invoke_without_command=True)(labelers)
    app.add_typer(_labelers.app, name="labelers")
    app.command(epilog=example("labeler mallory --project fraud"))(labeler)
    app.command(epilog=example("gate --project fraud && python train.py"))(gate)


def assess(
    *,
    project: Project,
    as_of: Annotated[
        str | None,
        typer.Option(help="What was received by this moment, ISO 8601; opens no flags."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute everything, open and update flags, freeze on strong evidence."""
    if not as_json:
        say("assessing …")
    document = do({"act": "assess", "project": project, "as_of": as_of}, lambda _: None)
    if as_json:
        print_json(document)
        return
    show_assessment(document)


def labelers(
    context: typer.Context, *, project: OptionalProject = None, as_json: AsJson = False
) -> None:
    """List the labelers of the newest assessment, the least trusted first."""
    if context.invoked_subcommand is not None:
        return
    if project is None:
        raise InvalidInput("missing option '--project' / '-p'", code="usage")
    from labeltrust.services.list_labelers import list_labelers  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = list_labelers(who.deployment, who.principal, project)
    if as_json:
        print_json(found)
        return
    print_table(_COLUMNS, [_labeler_row(entry) for entry in found], "No labelers yet.")


def labeler(
    labeler: Annotated[str, typer.Argument(help="Outside id of the labeler.")],
    *,
    project: Project,
    source: SourceName = None,
    as_json: AsJson = False,
) -> None:
    """Show one labeler with all evidence, flags and freezes."""
    from labeltrust.services.list_labelers import show_labeler  # noqa: PLC0415 - slow imports
    from labeltrust.services.show_evidence import labeler_evidence  # noqa: PLC0415

    with acting() as who:
        found = show_labeler(who.deployment, who.principal, project, labeler, source=source)
        evidence = labeler_evidence(who.deployment, who.principal, project, labeler, source=source)
    if as_json:
        print_json({"assessed": found.assessed, "evidence": evidence})
        return
    _show_case(found)
    _show_evidence(evidence)


def gate(*, project: Project, as_json: AsJson = False) -> None:
    """Say whether training may proceed: exit 0 open, 1 closed, with reasons."""
    from labeltrust.services.check_gate import check_gate  # noqa: PLC0415 - slow imports

    with acting() as who:
        found = check_gate(who.deployment, who.principal, project)
    if as_json:
        print_json(found)
    else:
        show_gate(project, found)
    if not found.open:
        raise DoesNotHold


def show_assessment(document: Document) -> None:
    """Print an assessment: the project in four lines, then whom it flags."""
    out(f"{document['project']}: {document['labels']} labels of {document['items']} items")
    out(f"  labelers            {document['labelers_n']}")
    out(f"  Krippendorff alpha  {number(document['alpha'])}")
    out(f"  label shift         {number(document['label_shift'])}")
    flagged = [entry for entry in document["labelers"] if entry["flag"] or entry["frozen"]]
    print_table(_COLUMNS, [_labeler_row(entry) for entry in flagged], "Nobody is flagged.")
    for ring in document.get("rings", ()):
        out(f"ring: {', '.join(ring['members'])} ({ring['items_n']} items alike against others)")
    opened = document["flags_opened"]
    if opened:
        out(f"flags opened: {', '.join(map(str, opened))}")


def show_gate(project: str, found: "Gate") -> None:
    """Print the gate's answer with who reopens it, and what stays out."""
    although = " BY OVERRIDE" if found.override else ""
    out(f"the gate of {project} is {'open' if found.open else 'CLOSED'}{although}")
    for reason in found.reasons:
        since = f" since {day(reason.since)}" if reason.since else ""
        out(f"  {reason.code}{since}: {reason.detail}")
        if not found.override:
            out(f"    reopened by {reason.reopens}")
    for reason in found.overridden:
        out(f"  overridden: {reason.code}: {reason.detail}")
    if found.exclusions:
        rows = [
            (e["code"], e["labeler"] or e["source"] or f"import {e['import']}", e["since"] or "")
            for e in found.exclusions
        ]
        print_table(("stays out", "whose", "since"), rows, "")


def _labeler_row(entry: Document) -> tuple[object, ...]:
    flag = entry["flag"]
    said = sorted(flag["signals"]) if flag else []
    return (
        entry["labeler"],
        entry["kind"],
        entry["labels"],
        number(entry["trust"]),
        number(entry["gold_accuracy"]),
        number(entry["cohen_kappa"]),
        _flag(flag),
        "yes" if entry["frozen"] else "",
        ", ".join(said),
    )


def _flag(flag: Document | None) -> str:
    if flag is None:
        return ""
    contested = ", contested" if flag["contested"] else ""
    return f"{flag['id']} {flag['severity']}{contested}"


def _show_case(found: "LabelerCase") -> None:
    entry = found.assessed
    out(f"{entry['labeler']} ({entry['kind']}): {entry['labels']} labels of {entry['items']} items")
    trust = entry["trust"]
    why = f": {trust['reason']}" if trust["value"] is not None else ""
    out(f"  trust               {number(trust)}{why}")
    for key in ("gold_accuracy", "cohen_kappa", "kappa_to_consensus", "alpha_without"):
        out(f"  {key.replace('_', ' '):19} {number(entry[key])}")
    out(f"  label shift         {number(entry['label_shift'])}")
    rows = [
        (s["signal"], number(s["estimate"]), s["p_value"], s["q_value"]) for s in entry["signals"]
    ]
    print_table(("signal", "size", "p#", "q#"), rows, "No signal could be read.")
    for flag in found.flags:
        out(f"flag {flag.id}: {flag.status}, {flag.severity}, {', '.join(flag.signals)}")
    for freeze in found.freezes:
        state = "stands" if freeze.lifted_at is None else f"lifted {day(freeze.lifted_at)}"
        out(f"freeze {freeze.id}: {freeze.kind}, {state}: {freeze.reason}")


def _show_evidence(found: "LabelerEvidence") -> None:
    for case in found.flags:
        rows = [
            (i.item, i.said, i.others_believe, f"{i.belief:.2f}", "yes" if i.gold else "")
            for i in case.items[:_SHOWN_ITEMS]
        ]
        columns = ("disputed item", "said", "others believe", "sure#", "gold")
        print_table(columns, rows, f"Flag {case.flag.id} rests on no disputed items.")
        said = (f"{a.labeler} {a.disagreed} of {a.of}" for a in case.accusers)
        out(f"who disagreed: {', '.join(said)}")
