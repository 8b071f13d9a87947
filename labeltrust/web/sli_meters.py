"""Service level indicators for Prometheus: what windows hold, how budgets burn, what is told."""

from collections.abc import Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from labeltrust.domain.estimates import Estimate
from labeltrust.policy.burn import Burning
from labeltrust.services.slis.document import words_of
from labeltrust.services.slis.read import Sli

_WHOSE = ("project", "measure", "name", "source")
GAUGES: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "value": ("Share of bad units over the measure's span; absent where unknown.", ("bound",)),
    "units": ("Units behind that value.", ()),
    "objective": ("Share that is to be good; 1 where the budget is zero.", ()),
    "budget_left_ratio": ("Share of the error budget of thirty days that is left.", ()),
    "occurrences": ("Bad units over the span, of a measure of zero budget.", ()),
    "burn": ("Times faster than allowed that a window burns the budget.", ("window",)),
    "burn_low": ("Lower 95 % bound of that.", ("window",)),
    "bad": ("Bad units of a window.", ("window",)),
    "valid": ("Units of a window that count.", ("window",)),
    "firing": ("1 while a rule of this severity fires.", ("severity",)),
}
"""Suffix of each gauge, what it says, and its labels beside project, measure, name and source."""


class _Figures(Collector):
    def __init__(self, found: Mapping[str, Sequence[Sli]]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of this moment."""
        gauges = {
            name: GaugeMetricFamily(f"labeltrust_sli_{name}", meaning, labels=_WHOSE + more)
            for name, (meaning, more) in GAUGES.items()
        }
        for project, slis in self._found.items():
            for one in slis:
                if one.labeler_id is None:  # labelers are people: their names stay inside
                    _tell(gauges, project, one)
        yield from gauges.values()


def sli_exposition(found: Mapping[str, Sequence[Sli]]) -> bytes:
    """Return the indicators of projects in the text format of Prometheus.

    What is not known has no sample: never 0, never NaN.

    >>> b"# TYPE labeltrust_sli_burn gauge" in sli_exposition({})
    True
    """
    registry = CollectorRegistry()
    registry.register(_Figures(found))
    return generate_latest(registry)


def _tell(gauges: Mapping[str, GaugeMetricFamily], project: str, one: Sli) -> None:
    judged, whose = one.judged, (project, one.measure.id, one.measure.name, one.source or "")
    if isinstance(judged.value, Estimate):
        for bound in ("value", "low", "high"):
            gauges["value"].add_metric((*whose, bound), getattr(judged.value, bound))
        gauges["units"].add_metric(whose, judged.value.n)
    objective = 1.0 if one.measure.zero_budget else judged.objective
    if objective is not None:
        gauges["objective"].add_metric(whose, objective)
    if isinstance(judged.budget_left, Estimate):
        gauges["budget_left_ratio"].add_metric(whose, judged.budget_left.value)
    if one.measure.zero_budget and isinstance(judged.value, Estimate):
        gauges["occurrences"].add_metric(whose, judged.bad)
    for severity in ("page", "ticket"):
        gauges["firing"].add_metric((*whose, severity), float(judged.firing == severity))
    _tell_windows(gauges, whose, judged.burning)


def _tell_windows(
    gauges: Mapping[str, GaugeMetricFamily], whose: tuple[str, ...], burning: Sequence[Burning]
) -> None:
    told = set()
    for rule in burning:
        spans = (rule.rule.long_seconds, rule.rule.short_seconds)
        for seconds, burn, counted in zip(
            spans, (rule.long, rule.short), rule.counted, strict=True
        ):
            window = words_of(seconds)
            if window in told or not isinstance(burn, Estimate):
                continue
            told.add(window)
            gauges["burn"].add_metric((*whose, window), burn.value)
            gauges["burn_low"].add_metric((*whose, window), burn.low)
            gauges["bad"].add_metric((*whose, window), counted.bad)
            gauges["valid"].add_metric((*whose, window), counted.valid)
