"""No page asks the database more often because there is more to show."""

import re
from datetime import timedelta

import httpx
import pytest
from _page_home import Acts, act
from browser.visits import KNOWN, page_routes
from drilled import FOUND, drilled
from factories import owner
from litestar.handlers import HTTPRouteHandler
from queries import counted_queries
from web.crowds import HOSTILE_NAME, assessed_home
from web.pages.browsing import sign_in_as

from labeltrust.app import application, build_deployment
from labeltrust.domain.access import KeyDraft, SourceDraft
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.add_person import add_person
from labeltrust.services.add_source import add_source
from labeltrust.services.comment_flag import comment_flag
from labeltrust.services.create_key import create_key
from labeltrust.services.create_project import create_project
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.drills.game_days import order_game_day
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.open_appeal import open_appeal
from labeltrust.services.register_pattern import add_pattern
from labeltrust.services.rotate_secret import rotate_secret
from labeltrust.services.scan_patterns import scan_patterns
from labeltrust.settings import Settings
from labeltrust.web.assembly import routes
from labeltrust.web.paths import segment

FEW, MANY = 3, 30
MOST = 45
"""Statements of the costliest page: the console is near enough to its database for so many."""
NOT_MEASURED = {
    "/": "leads on",
    "/incidents/{incident:int}/bundle.zip": "writes a file of all that there is about a case",
    "/incidents/{incident:int}/damage": "weighs up the audit of each suspect, behind the page",
    "/incidents/{incident:int}/postmortem.html": "has the damage in it",
    "/incidents/{incident:int}/postmortem.md": "has the damage in it",
    "/live": "never ends",
    "/projects/{project:str}/labelers/{labeler:str}/charts/model/parting.json": "of models alone",
    "/projects/{project:str}/items/drift/{feature:int}": "of features alone",
    "/media": "asks for a picture elsewhere",
    "/sign-in": "open to everybody",
}
VALUES = KNOWN | {
    "project": "fraud",
    "labeler": HOSTILE_NAME,
    "flag": "1",
    "approval": "2",
    "person": "person-1",
    "notebook": "04",
    "pattern": "1",
}
CHARTS = {
    "/projects/{project:str}/charts/{name:str}": ("agreement.json", "labels.json"),
    "/projects/{project:str}/labelers/{labeler:str}/charts/{name:str}": ("mix.json",),
    "/projects/{project:str}/labelers/{labeler:str}/charts/signals/{name:str}": ("spam.json",),
    "/projects/{project:str}/charts/dashboards/{name:str}": ("budgets.json", "mix.json"),
    "/flags/{flag:int}/charts/{signal:str}": ("spam.json",),
}


def page_paths() -> dict[str, list[str]]:
    """Return the addresses of all pages, parts and charts, by the role that asks for them."""
    found: dict[str, list[str]] = {"qa_lead": [], "admin": []}
    for handler in routes():
        if not isinstance(handler, HTTPRouteHandler) or "GET" not in handler.http_methods:
            continue
        if handler.opt.get("access") != "session":
            continue
        role = "admin" if handler.opt["right"] == "manage" else "qa_lead"
        for path in handler.paths - set(NOT_MEASURED):
            found[role] += [_filled(path, name) for name in CHARTS.get(path, ("",))]
    return {role: sorted(paths) for role, paths in found.items()}


def _filled(path: str, name: str) -> str:
    values = VALUES | {"name": name, "signal": name}
    return re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: segment(values[m[1]]), path)


def busy_home(home, n: int, n_labelers: int) -> Settings:
    """Make a data folder in which there is so much of everything."""
    assessed_home(home, n_labelers)
    settings = Settings(home=home, key_cache_seconds=0.0, live_seconds=0.0)
    deployment = build_deployment(settings)
    add_pattern(deployment, owner(), "fraud", "txn-1.*", reason="to be looked at")
    scan_patterns(deployment, "fraud")
    for _ in range(2):
        create_snapshot(deployment, owner(), "fraud")
    much = Acts(
        flags=n, freezes=n, standing=n - 1, audits=n, sample=n, incidents=n, members=n,
        approvals=n, lifts=n, held=n, snapshots=n,
    )  # fmt: skip
    act(deployment, much, "fraud")
    lead = Principal(name="person:person-1", role="qa_lead", projects=None, person="person-1")
    order_game_day(deployment, owner())
    drilled(deployment, [FOUND] * n)
    for k in range(1, n + 1):
        _done_by_hand(deployment, lead, k)
    deployment.engine.dispose()
    return settings


def _done_by_hand(deployment, lead: Principal, k: int) -> None:
    """Add a person, a project, a key, a source, a secret, a comment, a freeze with an appeal."""
    add_person(deployment, owner(), name=f"person-{k}", role="qa_lead")
    create_project(deployment, owner(), ProjectDraft(name=f"project-{k}"))
    create_key(deployment, owner(), KeyDraft(name="k", role="auditor", person="person-1"))
    draft = SourceDraft(name=f"feed-{k}", platform="generic", projects=("fraud",))
    add_source(deployment, owner(), draft)
    rotate_secret(deployment, owner(), source="acme")
    comment_flag(deployment, lead, 1, text=f"looked {k} times")
    again = FreezeDraft(
        project="fraud", labeler=HOSTILE_NAME, reason=f"case {k}", kind="person-hold",
        since=deployment.clock() - timedelta(days=k), clock="occurred",
    )  # fmt: skip
    open_appeal(deployment, owner(), freeze_labels(deployment, owner(), again).id, reason="unjust")


async def costs(settings: Settings) -> dict[str, int]:
    """Return how many statements each page sends, its session included."""
    deployment = build_deployment(settings)
    transport = httpx.ASGITransport(application(deployment))
    found = {}
    for role, paths in page_paths().items():
        async with httpx.AsyncClient(
            transport=transport, base_url="http://labeltrust", headers={"Accept": "text/html"}
        ) as browser:
            await sign_in_as(browser, deployment, role, name=role)
            for path in paths:
                await browser.get(path)  # what is remembered between pages is no part of the cost
                with counted_queries(deployment.engine) as sent:
                    answer = await browser.get(path)
                assert answer.status_code == 200, (path, answer.text[:300])
                found[path] = len(sent)
    deployment.engine.dispose()
    return found


@pytest.mark.timeout(600)
async def test_pages_cost_as_many_queries_for_3_of_everything_as_for_30(tmp_path):
    few, many = tmp_path / "few", tmp_path / "many"
    few.mkdir()
    many.mkdir()

    of_few = await costs(busy_home(few, FEW, 20))
    of_many = await costs(busy_home(many, MANY, 40))

    grown = {path: (n, of_many[path]) for path, n in of_few.items() if of_many[path] > n}
    assert grown == {}
    assert {path: n for path, n in of_many.items() if n > MOST} == {}


def test_every_page_is_measured():
    # What the damage costs hangs on the audits of a case, not on the page.
    # What hangs on features and patterns has tests of its own: the crowd has neither.
    elsewhere = {
        "/incidents/{incident:int}/damage",
        "/projects/{project:str}/items/drift/{feature:int}",
        "/patterns/{pattern:int}",
    }
    assert set(page_routes()) - elsewhere <= {
        path for handler in routes() if isinstance(handler, HTTPRouteHandler)
        for path in handler.paths
    } - set(NOT_MEASURED)  # fmt: skip
