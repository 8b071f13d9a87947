"""What must be read from a platform: recorded with its delivery, once an object, until it is."""

from datetime import UTC, datetime

import pytest
from factories import owner
from recorded import project

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.events import Event, Parsed
from labeltrust.domain.pulls import PullWanted
from labeltrust.services.add_source import add_source
from labeltrust.store.drafts import Submission
from labeltrust.store.pulls import pull_counts, settle_pull, waiting_pulls
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading, unit_of_work

CHANGED = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


@pytest.fixture
def known(deployment):
    project(deployment, source="cvat-1")
    add_source(deployment, owner(), SourceDraft(name="b", platform="generic", projects=("fraud",)))


def job(number: int = 41, **more: object) -> PullWanted:
    values = {"kind": "job", "object_id": str(number), "project": "fraud"} | more
    return PullWanted(**values)


def told(deployment, *pulls: PullWanted, events=(), source="cvat-1", body=b"x"):
    submission = Submission(
        source=source,
        body=body,
        parsed=Parsed(events=tuple(events), positions=(0,) * len(events), pulls=pulls),
        received_at=deployment.clock(),
        parser="test/1",
    )
    return Recorder(deployment.engine, deployment.vault).record([submission])[0]


def waiting(deployment, source=None):
    with reading(deployment.engine) as session:
        return waiting_pulls(session, source)


def settled(deployment, one) -> bool:
    with unit_of_work(deployment.engine) as session:
        return settle_pull(session, one)


@pytest.mark.usefixtures("known")
def test_a_pull_is_recorded_with_all_that_reading_it_needs(deployment):
    wanted = job(within={"task": "9"}, changed_at=CHANGED)

    outcome = told(deployment, wanted)

    (one,) = waiting(deployment)
    assert (outcome.pulls, outcome.accepted, outcome.problems) == (1, 0, ())
    assert (one.source, one.wanted, one.times) == ("cvat-1", wanted, 1)
    assert one.wanted_at == one.asked_at


@pytest.mark.usefixtures("known")
def test_an_object_that_changes_again_is_still_read_once_with_the_newest_state(deployment, clock):
    told(deployment, job(), body=b"1")
    clock.tick(60)
    told(deployment, job(changed_at=CHANGED), job(42), body=b"2")

    first, second = waiting(deployment)

    assert (first.wanted.object_id, first.times, first.wanted.changed_at) == ("41", 2, CHANGED)
    assert (first.asked_at - first.wanted_at).total_seconds() == 60
    assert (second.wanted.object_id, second.times) == ("42", 1)


@pytest.mark.usefixtures("known")
def test_what_was_read_is_forgotten_unless_it_changed_meanwhile(deployment, clock):
    told(deployment, job(41), job(42))
    changed, quiet = waiting(deployment)
    told(deployment, job(41), body=b"2")  # in the very same moment of the clock

    assert not settled(deployment, changed)
    assert settled(deployment, quiet)
    assert not settled(deployment, quiet)

    (left,) = waiting(deployment)
    assert left.wanted.object_id == "41"
    assert settled(deployment, left)
    assert not waiting(deployment)


@pytest.mark.usefixtures("known")
def test_pulls_of_sources_stand_apart_and_are_counted(deployment):
    told(deployment, job(41), job(42))
    told(deployment, job(41), source="b")

    with reading(deployment.engine) as session:
        counts = pull_counts(session)

    assert sorted(counts.values()) == [1, 2]
    assert [one.wanted.object_id for one in waiting(deployment, "b")] == ["41"]
    assert not waiting(deployment, "nobody")


@pytest.mark.usefixtures("known")
def test_a_source_asks_for_its_own_projects_only(deployment):
    project(deployment, "theirs", source="theirs-1")

    outcome = told(deployment, job(project="theirs"), job(project="nowhere"), job(41))

    assert [one.wanted.project for one in waiting(deployment)] == ["fraud"]
    assert (outcome.pulls, outcome.quarantined) == (1, 1)
    (problem,) = outcome.problems
    assert (problem.index, problem.code) == (None, "unknown_project")


@pytest.mark.usefixtures("known")
def test_events_and_pulls_of_one_delivery_go_in_together(deployment):
    label = Event(
        type="label.submitted", project="fraud", event_id="e1", item="i", labeler="a",
        label="fraud",
    )  # fmt: skip

    outcome = told(deployment, job(), events=[label])

    assert (outcome.accepted, outcome.pulls) == (1, 1)
