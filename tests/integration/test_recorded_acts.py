"""What a real Label Studio answered to a freeze and its lift, played again, request by request."""

import json
from pathlib import Path

import pytest
from factories import owner
from reconciling import arrived, with_source
from studio_server import LEGACY, annotation, webhook
from web_servers import Call, Reply, serving

from labeltrust.domain.platform_access import AccessDraft
from labeltrust.services.acting.list_acts import list_acts
from labeltrust.services.acting.set_policy import set_source_policy
from labeltrust.services.acting.work import acting_worker_of
from labeltrust.services.connect_source import connect_source
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.lift_freeze import lift_freeze

RECORDED = json.loads(
    (Path(__file__).parents[1] / "recordings" / "label_studio_acts.json").read_text("utf-8")
)


class Played:
    """Answers as the platform did, to the same requests in the same order and to no others."""

    def __init__(self):
        self.left = [*RECORDED["exchanges"]]

    def answers(self, call: Call) -> Reply:
        asked = {"method": call.method, "path": call.path, "asked": call.body}
        if not self.left or {name: self.left[0][name] for name in asked} != asked:
            return Reply({"detail": f"not recorded: {asked}"}, status=418)
        told = self.left.pop(0)
        return Reply(told["answer"], status=told["status"])


@pytest.fixture
def here(deployment):
    here = with_source(deployment)
    for told in _answers():
        arrived(here, webhook("ANNOTATION_CREATED", told["task"], annotation(
            told["id"], completed_by=told["completed_by"]
        )))  # fmt: skip
    return here


def _answers():
    """Return the annotations that the run asked for, once each."""
    found = {
        one["path"]: one["answer"]
        for one in RECORDED["exchanges"]
        if one["path"].startswith("/api/annotations/")
    }
    return list(found.values())


def test_a_freeze_and_its_lift_ask_what_was_asked_and_end_as_they_did(here):
    played = Played()
    with serving(played.answers) as (url, _):
        draft = AccessDraft(url=url, remote=str(RECORDED["project"]), token=LEGACY)
        connect_source(here, owner(), "ls", draft)
        set_source_policy(here, owner(), "ls", ["requeue"])
        labeler = str(_answers()[0]["completed_by"])
        freeze = freeze_labels(
            here, owner(), FreezeDraft(project="fraud", labeler=labeler, reason="flips")
        )
        worked(here)
        (done,) = list_acts(here, owner(), "ls").acts
        lift_freeze(here, owner(), freeze.id, reason="was right")
        worked(here)
        (undone,) = list_acts(here, owner(), "ls").acts

    assert (done.state, done.changed) == ("done", len(RECORDED["tasks"]))
    assert (undone.state, undone.lost, played.left) == ("undone", (), [])


def worked(here):
    worker = acting_worker_of(here)
    while worker.step():
        pass
