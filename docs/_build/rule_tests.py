"""Tests of the rules for promtool: every rule fires above its edge, not at it, and resets."""

from collections.abc import Iterator
from dataclasses import dataclass

from prometheus_rules import Alerting, burning, groups

from labeltrust.domain.measures import MEASURES, Measure, Rule
from labeltrust.policy.burn import FEWEST_BAD
from labeltrust.services.slis.document import words_of

Plain = dict[str, object]
FIRES, RESETS = "3m", "13m"
_BEFORE, _AFTER = 10, 10


def tests() -> list[Plain]:
    """Return the tests of all rules."""
    of_measures = [
        _of_rule(measure, rule) for measure in MEASURES.values() for rule in measure.rules
    ]
    return [*of_measures, *_of_occurrences(), *_of_deliveries(), _of_absence()]


@dataclass(frozen=True, kw_only=True)
class Case:
    """What one project of a test burns: in the long window, surely, in the short one; bad units."""

    long: float
    low: float
    short: float
    bad: int = FEWEST_BAD


def _of_rule(measure: Measure, rule: Rule) -> Plain:
    """Return one test of a rule: of five projects it fires for one, until its short window ends."""
    above, sure = rule.burn * 1.01, rule.burn * 1.005
    cases = {
        "above": Case(long=above, low=sure, short=above),
        "edge": Case(long=rule.burn, low=sure, short=above),
        "unsure": Case(long=above, low=rule.burn, short=above),
        "few": Case(long=above, low=sure, short=above, bad=FEWEST_BAD - 1),
    }
    if rule.long_seconds != rule.short_seconds:
        cases["over"] = Case(long=above, low=sure, short=rule.burn)
    alert = burning(measure, rule)
    chosen = {"severity": rule.severity, **alert.labels}
    return {
        "name": f"{measure.id} {rule.severity} above {rule.burn:g}",
        "interval": "1m",
        "input_series": [
            {"series": series, "values": values}
            for project, case in cases.items()
            for series, values in _series(measure, rule, project, case).items()
        ],
        "promql_expr_test": [
            _counted(alert.alert, FIRES, 1, project="above", **chosen),
            _counted(alert.alert, FIRES, 1, **chosen),
            _counted(alert.alert, RESETS, 0, **chosen),
        ],
    }


def _series(measure: Measure, rule: Rule, project: str, case: Case) -> dict[str, str]:
    whose = f'project="{project}",name="{measure.name}",measure="{measure.id}",source="feed"'
    long, short = (f'{whose},window="{words_of(s)}"' for s in (rule.long_seconds, rule.short_seconds))
    flat = f"x{_BEFORE + _AFTER}"
    falls = f"{{:g}}x{_BEFORE} 0x{_AFTER}".format
    return {
        f"labeltrust_sli_burn{{{long}}}": f"{case.long:g}{flat}",
        f"labeltrust_sli_burn_low{{{long}}}": f"{case.low:g}{flat}",
        f"labeltrust_sli_bad{{{long}}}": f"{case.bad}{flat}",
        f"labeltrust_sli_valid{{{long}}}": f"{measure.least_n}{flat}",
        # where both windows are one, it is told once
        f"labeltrust_sli_burn{{{short}}}": falls(case.short if long != short else case.long),
    }


def _of_occurrences() -> Iterator[Plain]:
    for measure in MEASURES.values():
        if not measure.zero_budget:
            continue
        series = (
            f'labeltrust_sli_occurrences{{project="fraud",name="{measure.name}",'
            f'measure="{measure.id}",source=""}}'
        )
        yield {
            "name": f"{measure.id}: every occurrence, and none",
            "interval": "1m",
            "input_series": [{"series": series, "values": f"0x4 1x5 0x{_AFTER}"}],
            "promql_expr_test": [
                _counted("LabeltrustOccurrence", at, n)
                for at, n in (("4m", 0), ("6m", 1), ("14m", 0))
            ],
        }


def _of_deliveries() -> Iterator[Plain]:
    """Yield 2 % of errors for two hours, then none: both pages, and both over by short windows."""
    good = 'labeltrust_requests_total{route="/webhooks/{source}",method="POST",status="202"}'
    bad = 'labeltrust_requests_total{route="/webhooks/{source}",method="POST",status="503"}'
    yield {
        "name": "deliveries: 2 % of errors pages, and stops",
        "interval": "1m",
        "input_series": [
            {"series": good, "values": "0+98x240"},
            {"series": bad, "values": "0+2x120 240x120"},
        ],
        "promql_expr_test": [
            _counted("LabeltrustDeliveryErrors", at, n, severity="page")
            for at, n in (("100m", 2), ("127m", 1), ("155m", 0))
        ],
    }
    yield {
        "name": "deliveries: 1.4 % of errors is below the fast page, and above the slow one",
        "interval": "1m",
        "input_series": [
            {"series": good, "values": "0+986x120"},
            {"series": bad, "values": "0+14x120"},
        ],
        "promql_expr_test": [_counted("LabeltrustDeliveryErrors", "100m", 1, severity="page")],
    }
    yield {
        "name": "deliveries: none at all is no data, and no page",
        "interval": "1m",
        "input_series": [{"series": good, "values": "50x120"}],
        "promql_expr_test": [
            _counted("LabeltrustDeliveryErrors", "100m", 0),
            {"expr": "labeltrust:delivery_errors:ratio_rate1h", "eval_time": "100m",
             "exp_samples": []},
        ],
    }  # fmt: skip


def _of_absence() -> Plain:
    (alert,) = [
        rule
        for group in groups()
        for rule in group.rules
        if isinstance(rule, Alerting) and rule.alert == "LabeltrustUnseen"
    ]
    plain = alert.plain()
    told = {"exp_labels": {"severity": "page"}, "exp_annotations": plain["annotations"]}
    return {
        "name": "nothing to see",
        "interval": "1m",
        "input_series": [
            {"series": "labeltrust_sli_firing{}", "values": "0x10 stale _x30"},
        ],
        "alert_rule_test": [
            {"eval_time": "9m", "alertname": alert.alert, "exp_alerts": []},
            {"eval_time": "30m", "alertname": alert.alert, "exp_alerts": [told]},
        ],
    }


def _counted(alert: str, at: str, n: int, **chosen: str) -> Plain:
    labels = "".join(f',{name}="{value}"' for name, value in chosen.items())
    expr = f'count(ALERTS{{alertname="{alert}",alertstate="firing"{labels}}})'
    return {
        "expr": expr,
        "eval_time": at,
        "exp_samples": [{"labels": "{}", "value": n}] if n else [],
    }
