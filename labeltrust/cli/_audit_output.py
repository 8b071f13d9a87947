"""What an audit costs, and what it found, as tables of the command line."""

from typing import TYPE_CHECKING, Any

from labeltrust.cli._output import number, out, print_json, print_table, safe

if TYPE_CHECKING:
    from labeltrust.policy.audit_cost import AuditCost
    from labeltrust.services.show_audit import AuditResult


def show_price(cost: "AuditCost", *, as_json: bool) -> None:
    """Print what a plan costs."""
    if as_json:
        print_json(cost)
        return
    basis = "median of the labels" if cost.seconds_known else "a guess: no label told its time"
    out(
        f"{cost.items} items, {cost.reviews} verdicts, {cost.hours:.1f} hours "
        f"({cost.seconds_each:.0f} s each, {basis}); error rate to within "
        f"{100 * cost.margin:.1f} points at worst"
    )
    if cost.expected is not None:
        out(f"to be expected, if the posterior is right: {100 * cost.expected:.1f} points")
    columns = ("others said", "class given", "given", "signal", "items#", "drawn#")
    rows = [
        (s.kind, s.label or "all", s.window or "ever", s.signal or "any", s.population, s.drawn)
        for s in cost.strata
    ]
    print_table(columns, rows, "Nothing to draw from.")


def show_result(found: "AuditResult", plain: dict[str, Any]) -> None:
    """Print what an audit found; `plain` is the same as plain values."""
    audit = found.audit
    whose = f"labels of {audit.labeler}" if audit.labeler is not None else "all labels"
    out(f"audit {audit.id} of {safe(whose)} in {audit.project}: {audit.status.replace('_', ' ')}")
    out(f"error rate: {number(plain['error_rate'])}")
    agreed, both = found.agreed
    out(f"reviewers agree on {agreed} of {both}; Cohen's kappa {number(plain['reviewer_kappa'])}")
    out(f"proposal: {found.proposal.act.replace('_', ' ')}: {found.proposal.because}")
    columns = ("part", "items#", "audited#", "wrong#", "error rate")
    told = ("by_kind", "by_class", "by_time", "by_signal")
    parts = [part for family in told for part in plain[family]]
    rows = [
        (p["name"], p["population"], p["audited"], p["wrong"], number(p["error_rate"]))
        for p in parts
    ]
    print_table(columns, rows, "No items.")
    accusers = [(a.labeler, a.disputes, a.right, a.standing) for a in found.accusers]
    if accusers:
        print_table(("accuser", "disputes#", "right#", "standing"), accusers, "")
