"""The main places of the console: whatever of them is served, and the reader may see."""

from collections.abc import Iterable
from dataclasses import dataclass

from litestar.handlers import HTTPRouteHandler

_TITLES = {
    "/projects": "Projects",
    "/notifications": "Notifications",
    "/flags": "Flags",
    "/workload": "Workload",
    "/appeals": "Appeals",
    "/audits": "Audits",
    "/desk": "Desk",
    "/freezes": "Freezes",
    "/snapshots": "Snapshots",
    "/incidents": "Incidents",
    "/sources": "Sources",
    "/quarantine": "Quarantine",
    "/alerts": "Alerts",
    "/ledger": "Ledger",
    "/drills": "Drills",
    "/approvals": "Approvals",
    "/people": "People and keys",
    "/settings": "Settings",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One entry of the navigation."""

    title: str
    path: str
    right: str


def navigation(handlers: Iterable[object]) -> tuple[Place, ...]:
    """Return the main places that are served, in the order of a reviewer's day.

    Args:
        handlers: All handlers of the application.
    """
    served = {
        path: str(handler.opt["right"])
        for handler in handlers
        if isinstance(handler, HTTPRouteHandler) and "GET" in handler.http_methods
        for path in handler.paths
        if "right" in handler.opt
    }
    return tuple(
        Place(title=title, path=path, right=served[path])
        for path, title in _TITLES.items()
        if path in served
    )
