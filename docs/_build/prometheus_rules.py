"""Recording and alerting rules for Prometheus as typed structures, made from the table of measures."""

from dataclasses import dataclass, field

from labeltrust.domain.measures import DAY, HOUR, MEASURES, MINUTE, USUAL_RULES, Measure, Rule
from labeltrust.policy.burn import FEWEST_BAD
from labeltrust.services.slis.document import words_of

RUNBOOK = "https://github.com/labeltrust/labeltrust/blob/main/docs/runbooks/{}.md"
DELIVERIES = 'route=~"/webhooks/.+|/v1/events"'
DELIVERY_OBJECTIVE = 0.999
"""Share of deliveries that are not to end in an error of ours."""
WINDOWS = (5 * MINUTE, 30 * MINUTE, HOUR, 6 * HOUR, 3 * DAY)


@dataclass(frozen=True, kw_only=True)
class Recording:
    """One recording rule."""

    record: str
    expr: str

    def plain(self) -> dict[str, object]:
        """Return it as the rule file says it."""
        return {"record": self.record, "expr": self.expr}


@dataclass(frozen=True, kw_only=True)
class Alerting:
    """One alerting rule; `holds_for` is how long it must be true, empty for at once."""

    alert: str
    expr: str
    severity: str
    summary: str
    runbook: str
    holds_for: str = ""
    labels: dict[str, str] = field(default_factory=dict)

    def plain(self) -> dict[str, object]:
        """Return it as the rule file says it."""
        waits = {"for": self.holds_for} if self.holds_for else {}
        return {
            "alert": self.alert,
            "expr": self.expr,
            **waits,
            "labels": {"severity": self.severity, **self.labels},
            "annotations": {"summary": self.summary, "runbook_url": RUNBOOK.format(self.runbook)},
        }


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of rules that are evaluated together, every half minute."""

    name: str
    rules: tuple[Recording | Alerting, ...]

    def plain(self) -> dict[str, object]:
        """Return it as the rule file says it."""
        return {"name": self.name, "interval": "30s", "rules": [r.plain() for r in self.rules]}


def groups() -> tuple[Group, ...]:
    """Return all rules there are."""
    return (
        Group(name="labeltrust-recorded", rules=tuple(map(_recorded, WINDOWS))),
        Group(name="labeltrust-objectives", rules=tuple(_objectives())),
        Group(name="labeltrust-service", rules=tuple(_service())),
    )


def ratio(window: int) -> str:
    """Return the name of the recorded share of deliveries that ended in an error of ours."""
    return f"labeltrust:delivery_errors:ratio_rate{words_of(window)}"


def _recorded(window: int) -> Recording:
    told = words_of(window)
    bad = f'sum(rate(labeltrust_requests_total{{{DELIVERIES},status=~"5.."}}[{told}]))'
    every = f"sum(rate(labeltrust_requests_total{{{DELIVERIES}}}[{told}]))"
    # Without an error there is no series of errors: that is 0, unless there is no delivery at all.
    return Recording(record=ratio(window), expr=f"({bad} or 0 * {every}) / ({every} > 0)")


def _objectives() -> list[Alerting]:
    found = []
    for measure in MEASURES.values():
        if measure.zero_budget:
            found.append(_occurrence(measure))
        found += [burning(measure, rule) for rule in measure.rules]
    return found


def burning(measure: Measure, rule: Rule) -> Alerting:
    """Return the alert of one rule of a measure: both windows burn, the long one surely."""
    long, short = words_of(rule.long_seconds), words_of(rule.short_seconds)
    whose = f'measure="{measure.id}"'
    over, still = f'{{{whose},window="{long}"}}', f'{{{whose},window="{short}"}}'
    expr = " and ".join(
        [
            f"labeltrust_sli_burn{over} > {rule.burn:g}",
            f"labeltrust_sli_burn_low{over} > {rule.burn:g}",
            f"labeltrust_sli_bad{over} >= {FEWEST_BAD}",
            f"labeltrust_sli_valid{over} >= {measure.least_n}",
            f"ignoring(window) labeltrust_sli_burn{still} > {rule.burn:g}",
        ]
    )
    return Alerting(
        alert="LabeltrustObjectiveBurning",
        expr=expr,
        severity=rule.severity,
        summary=f"{measure.title} of {{{{ $labels.project }}}} {{{{ $labels.source }}}} burns its "
        f"error budget {{{{ $value | printf \"%.3g\" }}}} times faster than allowed",
        runbook="objective_burning",
        labels={"measure": measure.id, "windows": f"{long}/{short}"},
    )


def _occurrence(measure: Measure) -> Alerting:
    return Alerting(
        alert="LabeltrustOccurrence",
        expr=f'labeltrust_sli_occurrences{{measure="{measure.id}",source=""}} > 0',
        severity=measure.severity,
        summary=f"{measure.title} of {{{{ $labels.project }}}}: {{{{ $value }}}} {measure.unit} "
        f"{measure.bad}",
        runbook="objective_burning",
        labels={"measure": measure.id},
    )


def _service() -> list[Alerting]:
    found = [_deliveries(rule) for rule in USUAL_RULES]
    return [
        *found,
        Alerting(
            alert="LabeltrustUnseen",
            expr="absent(labeltrust_sli_firing)",
            severity="page",
            summary="Prometheus sees no indicators of labeltrust: is it up, is its key good?",
            runbook="work_parked",
            holds_for="5m",
        ),
        Alerting(
            alert="LabeltrustAlertsUndelivered",
            expr="labeltrust_alerts_oldest_seconds > 300",
            severity="page",
            summary="Alerts of labeltrust are not taken by their receivers",
            runbook="work_parked",
            holds_for="5m",
        ),
        Alerting(
            alert="LabeltrustCheckpointsLate",
            expr="labeltrust_checkpoint_late > 0",
            severity="ticket",
            summary="Checkpoints of the history reach too few places outside",
            runbook="checkpoints_late",
        ),
        Alerting(
            alert="LabeltrustSourceSilent",
            expr='labeltrust_sources{state="silent"} > 0',
            severity="ticket",
            summary="{{ $value }} sources that usually send are silent",
            runbook="source_silent",
        ),
    ]


def _deliveries(rule: Rule) -> Alerting:
    share = f"{rule.burn * (1 - DELIVERY_OBJECTIVE):.6g}"
    long, short = ratio(rule.long_seconds), ratio(rule.short_seconds)
    return Alerting(
        alert="LabeltrustDeliveryErrors",
        expr=f"{long} > {share} and {short} > {share}",
        severity=rule.severity,
        summary="Deliveries end in errors of labeltrust: {{ $value | humanizePercentage }}",
        runbook="work_parked",
        labels={"windows": f"{words_of(rule.long_seconds)}/{words_of(rule.short_seconds)}"},
    )
