"""A week with five planted incidents: each is told to the people on call once, nothing else is."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from factories import owner
from litestar.testing import TestClient
from receivers import channel, near, receiving
from recorded import project
from suppliers import key_pair, labels_file, manifest_of
from web.tables import applied
from week.life import Life
from week.town import MODEL, Town

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import InvalidInput
from labeltrust.services.add_source import add_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.models.give_role import RoleDraft, give_role
from labeltrust.services.register_pattern import add_pattern
from labeltrust.services.supplier_keys import add_supplier_key
from labeltrust.services.vet_source import decide_vetting

DAY = 24


@pytest.fixture
def life(deployment, clock, tmp_path):
    settings = replace(deployment.settings, checkpoint_places=0, embedded_worker=False)
    home = near(replace(deployment, settings=settings))
    project(home)
    draft = SourceDraft(name="payments", platform="standard-webhooks", projects=("fraud",))
    add_source(home, owner(), draft)
    vendor(home, tmp_path)
    assess_project(home, owner(), "fraud")
    with receiving() as pager:
        channel(home, "generic", pager.url, floor="ticket", window_seconds=30.0)
        town = Town(np.random.default_rng(7))
        yield Life(home=home, clock=clock, town=town, pager=pager, folder=tmp_path)


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


def corrupt_import(life):
    """A vendor's file was changed on its way: its manifest says otherwise."""
    file = labels_file(life.folder, name="wednesday.csv", tag="w")
    manifest = manifest_of(file, life.folder / "acme.key", "wednesday.json")
    file.write_text(file.read_text().replace("fraud", "benign"))
    with pytest.raises(InvalidInput, match="digest"):
        loaded(life.home, file, manifest)


def loaded(home, file, manifest):
    request = ImportRequest(path=file, project="fraud", source="acme", manifest=manifest)
    import_file(home, owner(), request, lambda _: None)


def vendor(home, folder):
    """A vendor with a registered key, whose first file was good, and who was vetted."""
    private, public = key_pair(folder)
    pem = public.read_bytes()
    add_supplier_key(home, owner(), "acme", pem, projects=("fraud",), reason="read by phone")
    file = labels_file(folder)
    loaded(home, file, manifest_of(file, private))
    decide_vetting(home, owner(), "acme", "trust", reason="it agrees with ours")


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
    18: watched_for,
    DAY + 8: bribed,
    2 * DAY + 6: corrupt_import,
    3 * DAY: canary,
    3 * DAY + 6: compared,
    4 * DAY + 12: baited,
    4 * DAY + 18: clean_again,
    5 * DAY: forged,
}
EXPECTED = {
    # bribery: frozen by itself, so a ticket and no page
    ("freeze_made", "labeler-03"): 1,
    # a model version that is worse: told as a model, and as a suspect labeler of its own
    ("model_regression", "net-2"): 1,
    ("flag_opened", "net-2"): 1,
    # a vendor's file that is not what was signed: its source is on probation, so the gate closes
    ("manifest_failed", "acme"): 1,
    ("source_probation", "acme"): 1,
    ("gate_closed", "acme"): 1,
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
