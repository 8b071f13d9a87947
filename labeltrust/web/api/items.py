"""What incoming items are like, over HTTP: how their features drift."""

from dataclasses import dataclass
from typing import Any

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.services.measure_drift import show_drift
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller


@dataclass(frozen=True, slots=True, kw_only=True)
class DriftFound:
    """Features of the newest items beside those of the weeks before, most drifted first.

    Attributes:
        measured_at: When somebody looked last, or null; the background worker looks once an hour.
        days: So many days are looked back.
        level: Chance of any false alarm of one look.
        items: Items with features that came in that time.
        alarms: Features that drifted.
        features: Each with source, look (day or week), PSI, Jensen-Shannon and KS with intervals
            and n or a reason, p- and q-value, and the shares of its bins.
        left_out: Features that were not compared, by source.
    """

    project: str
    measured_at: str | None
    days: int
    level: float
    items: int
    alarms: int
    features: list[dict[str, Any]]
    left_out: list[dict[str, Any]]


@get(
    "/v1/projects/{project:str}/drift",
    opt=by_key("read"),
    tags=["items"],
    summary="Show how features of items drift",
)
async def drift(project: FromPath[str], caller: NamedDependency[Caller]) -> DriftFound:
    """Return what the newest look at the features of incoming items found."""
    return DriftFound(**await caller.ask(show_drift, project))


HANDLERS = (drift,)
