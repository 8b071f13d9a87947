"""Argilla and CVAT read over real HTTP, answering as their source and documentation describe."""

from contextlib import contextmanager
from dataclasses import replace
from uuid import UUID

import pytest
from factories import owner
from reconciling import arrived_by, pulled, standing
from web_servers import Reply, serving

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import InvalidInput, NoAnswer
from labeltrust.domain.platform_access import AccessDraft
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.services.add_source import add_source
from labeltrust.services.background import puller_of
from labeltrust.services.connect_source import connect_source
from labeltrust.services.create_project import create_project
from labeltrust.store.pulls import pull_counts
from labeltrust.store.session import reading

DATASET = str(UUID(int=4))
AT = "2026-11-22T09:00:00.123456"


@pytest.fixture
def here(deployment):
    networks = replace(deployment.settings, platform_networks="127.0.0.0/8")
    found = replace(deployment, settings=networks)
    question = Question(classes=("benign", "fraud"))
    create_project(found, owner(), ProjectDraft(name="fraud", questions=(question,)))
    return found


@contextmanager
def connected(here, platform, answers, *, remote, question):
    config = {"project": "fraud", "questions": {question: "label"}}
    draft = SourceDraft(name="ls", platform=platform, projects=("fraud",), config=config)
    add_source(here, owner(), draft)
    with serving(answers) as (url, calls):
        access = AccessDraft(url=url, remote=remote, token="k3y", every_minutes=60)
        connect_source(here, owner(), "ls", access)
        yield calls


class Argilla:
    """A dataset with one question; records of some responses each."""

    def __init__(self, n=3):
        self.records = {number: [] for number in range(n)}
        self.total = None

    def answer(self, number, user, label, status="submitted"):
        values = None if label is None else {"verdict": {"value": label}}
        self.records[number].append(
            {"id": f"r-{number}-{user}", "status": status, "values": values,
             "record_id": f"rec-{number}", "user_id": user, "inserted_at": AT, "updated_at": AT}
        )  # fmt: skip

    def __call__(self, call):
        if call.headers.get("x-argilla-api-key") != "k3y":
            return Reply({"detail": "Unauthorized"}, status=401)
        rest = call.path.removeprefix(f"/api/v1/datasets/{DATASET}")
        if rest == "":
            return Reply({"id": DATASET, "name": "payments"})
        if rest == "/questions":
            return Reply({"items": [{"name": "verdict"}]})
        assert rest == "/records"
        assert call.params["include"] == "responses"
        start, size = int(call.params["offset"]), int(call.params["limit"])
        told = [
            {"id": f"rec-{n}", "external_id": None, "fields": {"text": f"t{n}"}, "metadata": {},
             "responses": responses}
            for n, responses in self.records.items()
        ]  # fmt: skip
        total = len(told) if self.total is None else self.total(start)
        return Reply({"items": told[start : start + size], "total": total})


def test_lost_responses_of_argilla_are_filled_and_drafts_are_none(here, clock):
    platform = Argilla()
    platform.answer(0, "u1", "fraud")
    platform.answer(1, "u1", "benign", status="draft")
    platform.answer(1, "u2", None, status="discarded")
    with connected(here, "argilla", platform, remote=DATASET, question="verdict"):
        report = pulled(here, clock)
        again = pulled(here, clock)

    assert (report.found.missing, report.found.recorded) == (1, 1)
    assert again.found.differences == 0
    assert standing(here) == [("rec-0", "u1", "fraud")]


def test_a_response_of_argilla_that_became_a_draft_withdraws(here, clock):
    platform = Argilla()
    platform.answer(0, "u1", "fraud")
    with connected(here, "argilla", platform, remote=DATASET, question="verdict"):
        pulled(here, clock)
        platform.records[0][0] |= {"status": "draft", "updated_at": "2026-11-22T09:30:00"}
        report = pulled(here, clock)

    assert report.found.changed == 1
    assert standing(here) == []


def test_a_dataset_of_argilla_is_read_page_by_page(here, clock):
    platform = Argilla(250)
    for number in range(250):
        platform.answer(number, "u1", "fraud")
    with connected(here, "argilla", platform, remote=DATASET, question="verdict") as calls:
        report = pulled(here, clock)

    assert report.found.missing == 250
    assert [c.params["offset"] for c in calls if c.path.endswith("/records")] == ["0", "100", "200"]


def test_a_dataset_of_argilla_that_changes_meanwhile_concludes_nothing(here, clock):
    platform = Argilla(150)
    for number in range(150):
        platform.answer(number, "u1", "fraud")
    with connected(here, "argilla", platform, remote=DATASET, question="verdict"):
        pulled(here, clock)
        platform.total = lambda start: 150 - bool(start)
        del platform.records[0]
        with pytest.raises(NoAnswer, match="changed while it was read"):
            pulled(here, clock)

    assert len(standing(here)) == 150


class Cvat:
    """One project whose jobs have tags and rectangles."""

    def __init__(self):
        self.jobs = {}
        self.frames = {}

    def job(self, number, state="completed", assignee=7, at="2026-11-22T09:00:00.000000Z"):
        who = None if assignee is None else {"id": assignee, "username": "alice"}
        self.jobs[number] = {
            "id": number, "task_id": 9, "project_id": 2, "assignee": who, "state": state,
            "stage": "annotation", "updated_date": at,
        }  # fmt: skip
        self.frames.setdefault(number, {"version": 0, "tags": [], "shapes": [], "tracks": []})

    def tag(self, job, frame, label):
        tag = {"id": len(self.frames), "frame": frame, "label_id": label, "attributes": []}
        self.frames[job]["tags"].append(tag)

    def __call__(self, call):
        if call.headers.get("authorization") != "Token k3y":
            return Reply({"detail": "Invalid token."}, status=401)
        if call.path == "/api/jobs":
            assert call.params["project_id"] == "2"
            return Reply({"count": len(self.jobs), "results": list(self.jobs.values())})
        if call.path == "/api/labels":
            names = [{"id": 1, "name": "fraud"}, {"id": 2, "name": "benign"}]
            return Reply({"count": 2, "results": names})
        return Reply(self.frames[int(call.path.split("/")[3])])


def test_tags_of_completed_jobs_are_read_by_name_and_labeler(here, clock):
    platform = Cvat()
    platform.job(41)
    platform.tag(41, 0, 1)
    platform.tag(41, 3, 2)
    platform.job(42, state="in progress")
    platform.tag(42, 5, 1)
    platform.job(43, assignee=None)
    platform.tag(43, 6, 1)
    with connected(here, "cvat", platform, remote="2", question="tags"):
        report = pulled(here, clock)

    assert (report.found.missing, report.found.unreadable) == (2, 1)
    assert standing(here) == [("9:0", "7", "fraud"), ("9:3", "7", "benign")]


def test_a_reopened_job_withdraws_nothing_until_it_is_completed_again(here, clock):
    platform = Cvat()
    platform.job(41)
    platform.tag(41, 0, 1)
    platform.tag(41, 3, 2)
    with connected(here, "cvat", platform, remote="2", question="tags"):
        pulled(here, clock)
        platform.job(41, state="in progress", at="2026-11-22T09:10:00Z")
        platform.frames[41]["tags"] = []
        under_work = pulled(here, clock)
        platform.job(41, at="2026-11-22T09:20:00Z")
        platform.tag(41, 0, 2)
        done = pulled(here, clock)

    assert under_work.found.differences == 0
    assert (done.found.changed, done.found.vanished) == (1, 1)
    assert standing(here) == [("9:0", "7", "benign")]


def test_an_announced_job_is_read_soon_and_then_no_more(here, clock):
    platform = Cvat()
    with connected(here, "cvat", platform, remote="2", question="tags"):
        pulled(here, clock)
        platform.job(41)
        platform.tag(41, 0, 1)
        clock.tick(150)
        body = b'{"event": "update:job", "job": {"id": 41, "state": "completed"}}'
        arrived_by(here, "cvat", body)
        with reading(here.engine) as session:
            waiting = sum(pull_counts(session).values())
        clock.tick(1)
        while puller_of(here).step():
            pass

    with reading(here.engine) as session:
        assert (waiting, sum(pull_counts(session).values())) == (1, 0)
    assert standing(here) == [("9:0", "7", "fraud")]


@pytest.mark.parametrize(
    ("platform", "remote"), [("argilla", "payments"), ("argilla", ""), ("cvat", "two")]
)
def test_a_project_that_the_platform_cannot_have_is_refused(here, platform, remote):
    draft = SourceDraft(
        name="ls", platform=platform, projects=("fraud",), config={"project": "fraud"}
    )
    add_source(here, owner(), draft)
    access = AccessDraft(url="http://127.0.0.1:9", remote=remote, token="k", every_minutes=0)

    with pytest.raises(InvalidInput):
        connect_source(here, owner(), "ls", access)
