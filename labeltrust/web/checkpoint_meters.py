"""Figures of the ledger for Prometheus: read from the rows, so that they outlive every process."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from labeltrust.services.checkpoints.standing import Standing


class _Figures(Collector):
    def __init__(self, standing: Standing) -> None:
        self._standing = standing

    def collect(self) -> Iterator[Metric]:
        """Yield the figures of this moment."""
        found = self._standing
        for name, meaning, value in (
            (
                "waiting_seconds",
                "Age of the oldest that lacks places outside.",
                found.waiting_seconds,
            ),
            ("late", "1 while that is longer than the settings allow.", float(found.late)),
            ("places", "Places outside that checkpoints go to.", float(len(found.places))),
            ("unsigned_records", "Records that no checkpoint is over yet.", float(found.unsigned)),
        ):
            yield GaugeMetricFamily(f"labeltrust_checkpoint_{name}", meaning, value=value)


def checkpoint_exposition(standing: Standing) -> bytes:
    """Return the figures in the text format of Prometheus.

    >>> quiet = Standing(places=(), wanted=2, waiting_seconds=5.0, late=False, unsigned=3)
    >>> b"labeltrust_checkpoint_unsigned_records 3.0" in checkpoint_exposition(quiet)
    True
    """
    registry = CollectorRegistry()
    registry.register(_Figures(standing))
    return generate_latest(registry)
