"""Every route states who may call it, and the checked-in table says the same."""

import json
from pathlib import Path

import pytest
from web.route_table import TABLE, an_application, rights_of, routes_of

from labeltrust.domain.principals import RIGHTS

OPEN_BY_CONTRACT = {
    "GET /health",
    "GET /health/live",
    "GET /health/ready",
    "GET /sign-in",
    "GET /sign-in/{token}",
    "POST /sign-in",
    "GET /password/{token}",
    "POST /password",
    "GET /oidc/start",
    "GET /oidc/callback",
    "GET /static/{file_path}",
    "HEAD /static/{file_path}",
}
CONTRACT = {
    "POST /webhooks/{source}",
    "POST /v1/events",
    "POST /v1/projects",
    "GET /v1/projects/{project}",
    "GET /v1/projects/{project}/labelers",
    "GET /v1/projects/{project}/labelers/{labeler}",
    "GET /v1/projects/{project}/labelers/{labeler}/evidence",
    "POST /v1/projects/{project}/assessments",
    "GET /v1/projects/{project}/assessments/latest",
    "GET /v1/projects/{project}/flags",
    "POST /v1/flags/{flag}/decision",
    "POST /v1/projects/{project}/freezes",
    "POST /v1/freezes/{freeze}/lift",
    "POST /v1/projects/{project}/snapshots",
    "GET /v1/snapshots/{snapshot}",
    "GET /v1/snapshots/{snapshot}/labels.parquet",
    "GET /v1/snapshots/{snapshot}/manifest.json",
    "GET /v1/projects/{project}/gate",
    "GET /v1/quarantine",
    "POST /v1/quarantine/{held}/retry",
    "POST /v1/quarantine/{held}/discard",
    "GET /metrics",
}


@pytest.fixture(scope="module")
def found():
    return routes_of(an_application())


def test_every_route_of_the_contract_is_there(found):
    assert {route.name for route in found} >= CONTRACT


def test_only_the_routes_of_the_contract_are_open(found):
    assert {route.name for route in found if route.access == "open"} == OPEN_BY_CONTRACT


def test_only_webhooks_are_left_to_their_proof_of_origin(found):
    assert [r.name for r in found if r.access == "proof"] == ["POST /webhooks/{source}"]


def test_every_other_route_names_a_right_that_some_role_holds(found):
    known = frozenset().union(*RIGHTS.values())

    for route in found:
        if route.access not in {"open", "proof"}:
            assert route.access in {"key", "session"}, route.name
            assert route.right in known, route.name


def test_the_table_of_rights_is_the_one_that_was_reviewed(found):
    """A new or changed route fails here until somebody has looked at its row."""
    reviewed = json.loads(TABLE.read_text("utf-8"))

    assert rights_of(found) == reviewed


def test_pages_that_act_are_posts(found):
    """A page that is only looked at needs a right to look, and some of them more than `read`."""
    for route in found:
        if route.access == "session" and route.right not in {"read", "manage", "mend"}:
            assert route.method == "POST", route.name


def test_the_table_lies_beside_the_tests_of_the_web():
    assert Path(TABLE).parent.name == "web"
