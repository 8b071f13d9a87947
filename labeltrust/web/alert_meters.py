"""Figures of alerts for Prometheus: read from the rows, so that they outlive every process."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from labeltrust.services.alerting.list_alerts import AlertFigures


class _Figures(Collector):
    def __init__(self, figures: AlertFigures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of this moment."""
        found = self._figures
        yield _counter("labeltrust_alerts_sent", "Messages that a channel took.", found.sent)
        yield _counter(
            "labeltrust_alerts_failed", "Tries that a channel did not take.", found.failed
        )
        yield _gauge("labeltrust_alerts_waiting", "Messages that are due.", found.waiting)
        yield _gauge(
            "labeltrust_alerts_oldest_seconds",
            "Age of the oldest message that is due.",
            found.oldest_seconds,
        )
        yield _gauge("labeltrust_alerts_dead", "Messages that were given up.", found.dead)


def alert_exposition(figures: AlertFigures) -> bytes:
    """Return the figures in the text format of Prometheus.

    >>> figures = AlertFigures(sent=3, failed=1, waiting=2, oldest_seconds=5.0, dead=0)
    >>> b"labeltrust_alerts_sent_total 3.0" in alert_exposition(figures)
    True
    """
    registry = CollectorRegistry()
    registry.register(_Figures(figures))
    return generate_latest(registry)


def _counter(name: str, meaning: str, value: float) -> Metric:
    return CounterMetricFamily(name, meaning, value=value)


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)
