"""The routes of the application as a table, and the reviewed copy of it.

`python tests/web/route_table.py` (with `tests` on the path) writes the copy anew; look at the
difference before you commit it.
"""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from litestar import Litestar
from litestar.routes import HTTPRoute

from labeltrust.app import application, build_deployment
from labeltrust.domain.principals import RIGHTS, ROLES
from labeltrust.settings import Settings

TABLE = Path(__file__).with_name("route_rights.json")


@dataclass(frozen=True)
class Route:
    """One method of one address, with what its handler demands."""

    method: str
    path: str
    access: str | None
    right: str | None

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    def allowed(self) -> list[str]:
        """Return the roles that hold the right; keys and people alike."""
        return [role for role in ROLES if self.right in RIGHTS[role]]


def routes_of(app: Litestar) -> list[Route]:
    """Return all routes of an application, by address."""
    found = []
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                opt = handler.opt
                found += [
                    Route(method, route.path_format, opt.get("access"), opt.get("right"))
                    for method in handler.http_methods
                    if method != "OPTIONS"
                ]
    return sorted(found, key=lambda route: (route.path, route.method))


def an_application() -> Litestar:
    """Return the application over an empty folder; nobody calls it."""
    with tempfile.TemporaryDirectory() as folder:
        deployment = build_deployment(Settings(home=Path(folder)))
        app = application(deployment)
        deployment.engine.dispose()
        return app


def rights_of(routes: list[Route]) -> dict[str, object]:
    """Return who may call each route, as it is reviewed."""
    return {route.name: _row(route) for route in routes}


def _row(route: Route) -> object:
    if route.access in {"open", "proof"}:
        return route.access
    return {"by": route.access, "right": route.right, "roles": route.allowed()}


if __name__ == "__main__":
    TABLE.write_text(json.dumps(rights_of(routes_of(an_application())), indent=1) + "\n", "utf-8")
