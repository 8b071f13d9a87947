"""Numbers of projects for Prometheus: read from the rows, so that they outlive every process."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from labeltrust.services.measure_projects import NUMBERS, ProjectMeasures


class _Figures(Collector):
    def __init__(self, found: ProjectMeasures) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of this moment."""
        for key, meaning in NUMBERS.items():
            gauge = GaugeMetricFamily(f"labeltrust_project_{key}", meaning, labels=("project",))
            for project, numbers in self._found.numbers.items():
                if key in numbers:
                    gauge.add_metric((project,), numbers[key])
            yield gauge
        yield _incidents(self._found)
        yield _alerts(self._found)


def project_exposition(found: ProjectMeasures) -> bytes:
    """Return the numbers in the text format of Prometheus; what is unknown has no sample.

    >>> found = ProjectMeasures(numbers={"fraud": {"alpha": 0.7}}, incidents={}, alerts={})
    >>> b'labeltrust_project_alpha{project="fraud"} 0.7' in project_exposition(found)
    True
    """
    registry = CollectorRegistry()
    registry.register(_Figures(found))
    return generate_latest(registry)


def _incidents(found: ProjectMeasures) -> Metric:
    gauge = GaugeMetricFamily(
        "labeltrust_incidents",
        "Incidents that are open or were opened in the last 90 days.",
        labels=("project", "severity", "status"),
    )
    for key, n in found.incidents.items():
        gauge.add_metric(key, n)
    return gauge


def _alerts(found: ProjectMeasures) -> Metric:
    gauge = GaugeMetricFamily(
        "labeltrust_alerts_open", "Alerts that are open.", labels=("code", "severity")
    )
    for key, n in found.alerts.items():
        gauge.add_metric(key, n)
    return gauge
