"""A week with five planted incidents: each pages the people on call once, and nothing else does."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from factories import owner
from litestar.testing import TestClient
from receivers import channel, near, receiving
from recorded import project
from web.tables import applied
from week.life import Life
from week.town import MODEL, Town

from labeltrust.domain.access import SourceDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.models.give_role import RoleDraft, give_role
from labeltrust.services.register_pattern import add_pattern

DAY = 24


@pytest.fixture
def life(deployment, clock):
    settings = replace(deployment.settings, checkpoint_places=0, embedded_worker=False)
    home = near(replace(deployment, settings=settings))
    project(home)
    draft = SourceDraft(name="payments", platform="standard-webhooks", projects=("fraud",))
    add_source(home, owner(), draft)
    with receiving() as pager:
        channel(home, "generic", pager.url, floor="ticket", window_seconds=30.0)
        yield Life(home=home, clock=clock, town=Town(np.random.default_rng(7)), pager=pager)


def hired(life):
    life.town.models["net-1"] = MODEL


def in_production(life):
    draft = RoleDraft(labeler="net-1", role="production", reason="it is what runs")
    give_role(life.home, owner(), "fraud", draft)


def bribed(life):
    life.town.bribed = {"labeler-03"}


def canary(life):
    life.town.models["net-2"] = 0.7


def compared(life):
    draft = RoleDraft(labeler="net-2", role="canary", predecessor="net-1", reason="to try it")
    give_role(life.home, owner(), "fraud", draft)


def watched_for(life):
    add_pattern(life.home, owner(), "fraud", r"zx-\d{4}", reason="it was in last year's attack")


def baited(life):
    life.town.bait = "zx-4711"


def clean_again(life):
    life.town.bait = ""


def forged(life):
    """Somebody who knows the address sends over HTTP, and guesses at signatures."""
    with applied(life.home) as app, TestClient(app) as client:
        for n in range(60):
            proof = {
                "webhook-id": f"m{n}",
                "webhook-timestamp": "1",
                "webhook-signature": "v1,AAAA",
            }
            answer = client.post("/webhooks/payments", content=b"{}", headers=proof)
            assert answer.status_code == 401


WEEK = {
    0: hired,
    12: in_production,
    16: watched_for,
    DAY + 8: bribed,
    3 * DAY: canary,
    3 * DAY + 4: compared,
    4 * DAY + 12: baited,
    4 * DAY + 16: clean_again,
    5 * DAY: forged,
}
EXPECTED = {
    # bribery: frozen by itself, so a ticket and no page
    ("freeze_made", "labeler-03"): 1,
    # a model version that is worse: told as a model, and as a suspect labeler of its own
    ("model_regression", "net-2"): 1,
    ("flag_opened", "net-2"): 1,
    ("trigger_hit", "pattern 1"): 1,
    ("forged_deliveries", "source payments"): 1,
}


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_each_planted_incident_is_told_once_and_nothing_else_is(life):
    life.lived(7 * DAY, WEEK)

    found = Counter((code, _about(text)) for _, code, _, text in life.told)
    assert found == EXPECTED, life.shown()


def _about(text: str) -> str:
    """Return whom or what a message is about, of what was planted; else the message itself."""
    return next((word for _, word in EXPECTED if word in text), text)
