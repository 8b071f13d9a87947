"""What is counted about requests and deliveries, for Prometheus; one registry an application."""

from dataclasses import dataclass, field

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)

from labeltrust.services.lately import Lately
from labeltrust.services.measure_sources import SourceMeasures
from labeltrust.services.slis.read import Sli

# Up to the time-out of a slow platform; a webhook is to be answered in a quarter of a second.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
# Indicators of a project are read again when they are this old; the watch looks once a minute.
_SLI_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Meters:
    """The counters of one application; no label holds a name that comes from outside.

    >>> b"labeltrust_requests_total" in exposition(new_meters())
    True
    """

    registry: CollectorRegistry
    requests: Counter
    seconds: Histogram
    events: Counter
    refused: Counter
    sources: Gauge
    comparison_seconds: Gauge
    slis: Lately[str, list[Sli]] = field(default_factory=lambda: Lately(_SLI_SECONDS))


def new_meters() -> Meters:
    """Make a registry with all counters at zero."""
    registry = CollectorRegistry()
    for collector in (ProcessCollector, PlatformCollector, GCCollector):
        collector(registry=registry)
    return Meters(
        registry=registry,
        requests=Counter(
            "labeltrust_requests_total",
            "Requests by route and status.",
            ("method", "route", "status"),
            registry=registry,
        ),
        seconds=Histogram(
            "labeltrust_request_seconds",
            "Time to the last byte of the answer, by route.",
            ("method", "route"),
            buckets=_BUCKETS,
            registry=registry,
        ),
        events=Counter(
            "labeltrust_events_total",
            "Events by what became of them.",
            ("outcome",),
            registry=registry,
        ),
        refused=Counter(
            "labeltrust_deliveries_refused_total",
            "Deliveries refused before anything was stored, by reason.",
            ("reason",),
            registry=registry,
        ),
        sources=Gauge(
            "labeltrust_sources",
            "Sources that are silent, whose comparison failed, is held or late; objects unread.",
            ("state",),
            registry=registry,
        ),
        comparison_seconds=Gauge(
            "labeltrust_source_comparison_age_seconds",
            "Since the scheduled comparison with a platform that is longest ago.",
            registry=registry,
        ),
    )


def tell_sources(meters: Meters, measures: SourceMeasures) -> None:
    """Set the gauges of the sources."""
    for state in ("silent", "failing", "held", "late"):
        meters.sources.labels(state).set(len(getattr(measures, state)))
    meters.sources.labels("unread").set(measures.unread)
    meters.comparison_seconds.set(measures.oldest_seconds)


def exposition(meters: Meters) -> bytes:
    """Return all counters in the text format of Prometheus."""
    return generate_latest(meters.registry)
