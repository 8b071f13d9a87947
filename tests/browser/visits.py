"""Every page there is, by the list of routes: a page whose parameters are not known fails here."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from browser.homes import PROJECT
from browser.payloads import HOSTILE
from litestar.handlers import HTTPRouteHandler
from web.crowds import HOSTILE_NAME

from labeltrust.domain.principals import RIGHTS
from labeltrust.web.assembly import routes
from labeltrust.web.paths import segment

# What stands for a parameter of a route, by its name; numbers are those of the seeds' home.
KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "project": "fraud-review",
        "labeler": "reviewer-22",
        "flag": "2",
        "freeze": "1",
        "held": "1",
        "source": "acme",
        "approval": "1",
        "appeal": "1",
        "person": "the admin",
        "incident": "1",
        "snapshot": "2",
        "audit": "1",
        "task": "1",
        "code": "gate_closed",
        "pattern": "1",
        "game_day": "1",
    }
)
CROWD: Mapping[str, str] = MappingProxyType(
    {**KNOWN, "project": "fraud", "labeler": HOSTILE_NAME, "flag": "1"}
)
# Answers that are no pages and need more than an address to be asked for.
NO_PAGES = frozenset({"/", "/media", "/live", "/notifications/unseen"})
_DATA = re.compile(
    r"/charts/|/items/drift/|/postmortem\.|/bundle\.|/notebooks/|/snapshots/[^/]+/[a-z]+\."
)
"""Specifications of charts, which pages draw, and files to take away."""
_ROLES = ("qa_lead", "admin", "reviewer", "auditor")


@dataclass(frozen=True, slots=True)
class Visit:
    """One look at one page."""

    route: str
    path: str
    role: str

    @property
    def name(self) -> str:
        """The name of its pictures."""
        return re.sub(r"\W+", "-", self.path).strip("-")[:80]


def page_routes() -> dict[str, str]:
    """Return the right that each page asks for, by the template of its address."""
    return {
        path: str(handler.opt["right"])
        for handler in routes()
        if isinstance(handler, HTTPRouteHandler)
        and handler.opt.get("access") == "session"
        and "GET" in handler.http_methods
        for path in handler.paths
        if path not in NO_PAGES and not _DATA.search(path)
    }


def visits(values: Mapping[str, str] = KNOWN) -> list[Visit]:
    """Return a visit of every page whose parameters are known."""
    return [
        Visit(route, filled, _role(right))
        for route, right in sorted(page_routes().items())
        if (filled := _filled(route, values)) is not None
    ]


def hostile_visits() -> list[Visit]:
    """Return the pages of projects whose names, labels and items attack."""
    own = [visit for visit in visits(CROWD) if visit.path not in {v.path for v in visits()}]
    labelers = [
        Visit("labeler", f"/projects/{PROJECT}/labelers/{segment(name)}", "qa_lead")
        for name in HOSTILE.values()
    ]
    return [
        *own,
        Visit("project", f"/projects/{PROJECT}", "qa_lead"),
        Visit("labelers", f"/projects/{PROJECT}/labelers", "qa_lead"),
        Visit("search", f"/projects/{PROJECT}/labelers?q={segment(HOSTILE['script'])}", "qa_lead"),
        *labelers,
    ]


def unvisited() -> list[str]:
    """Return the pages that nobody looks at."""
    return sorted(set(page_routes()) - {visit.route for visit in visits()})


def names_of(found: Iterable[Visit]) -> list[str]:
    """Return names for the list of tests."""
    return [visit.name or "home" for visit in found]


def _role(right: str) -> str:
    return next(role for role in _ROLES if right in RIGHTS[role])


def _filled(route: str, values: Mapping[str, str]) -> str | None:
    wanted = re.findall(r"\{(\w+)(?::\w+)?\}", route)
    if any(name not in values for name in wanted):
        return None
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: segment(values[m[1]]), route)
