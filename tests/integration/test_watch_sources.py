"""What each source sent lately, counted with the events themselves; vetting and reading again."""

from dataclasses import replace

import pytest
from factories import label, owner
from recorded import history, project, record
from sqlmodel import select

from labeltrust.domain.access import SourceChange
from labeltrust.domain.errors import InvalidInput, NotAllowed, NotFound
from labeltrust.domain.events import Parsed, Problem
from labeltrust.domain.principals import Principal
from labeltrust.services.add_source import change_source
from labeltrust.services.retry_source import retry_source
from labeltrust.services.watch_sources import watch_source, watch_sources
from labeltrust.store.drafts import Submission
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading
from labeltrust.store.tables import SourceTally
from labeltrust.store.tallies import Tally


@pytest.fixture
def feed(deployment):
    project(deployment)
    return deployment


def activity(deployment, name="feed"):
    return watch_source(deployment, owner(), name)[0].activity


def unreadable(deployment, body=b"\x00\xff"):
    submission = Submission(
        source="feed", body=body, received_at=deployment.clock(), parser="generic/1",
        parsed=Parsed(
            events=(), positions=(),
            problems=(Problem(index=None, code="unreadable", detail="no JSON"),),
        ),
    )  # fmt: skip
    return Recorder(deployment.engine, deployment.vault).record([submission])[0]


def test_a_source_that_sent_nothing_was_never_heard(feed):
    found = activity(feed)

    assert found.last_at is None
    assert found.day == found.week == Tally()


def test_new_events_repeats_and_unreadable_ones_are_counted_apart(feed, clock):
    event = label("i1", "alice", event_id="e1")
    record(feed, [event, label("i2", "alice")])
    clock.tick(60)
    record(feed, [event])
    unreadable(feed)

    found = activity(feed)

    assert found.day == Tally(accepted=2, duplicates=1, quarantined=1)
    assert found.week == found.day
    assert found.last_at == clock.now


def test_old_events_leave_the_day_and_then_the_week(feed, clock):
    record(feed, [label("i1", "alice")])
    clock.tick(25 * 3600)
    record(feed, [label("i2", "alice"), label("i3", "alice")])
    lately = activity(feed)
    clock.tick(8 * 24 * 3600)

    later = activity(feed)

    assert (lately.day.accepted, lately.week.accepted) == (2, 3)
    assert later.week == Tally()
    assert later.last_at is not None


def test_many_deliveries_of_one_hour_are_one_row(feed, clock):
    for number in range(5):
        record(feed, [label(f"i{number}", "alice")])
        clock.tick(1)

    with reading(feed.engine) as session:
        rows = session.exec(select(SourceTally)).all()

    assert [(row.accepted, row.duplicates) for row in rows] == [(5, 0)]


def test_a_source_is_vetted_with_a_reason_on_record(feed):
    change_source(feed, owner(), "feed", SourceChange(status="probation"), reason="a leak")

    (event,) = history(feed, "source.changed")
    assert "a leak" in event.detail
    with pytest.raises(InvalidInput, match="reason"):
        change_source(feed, owner(), "feed", SourceChange(status="trusted"), reason="")


def test_whoever_sees_one_project_sees_neither_other_sources_nor_their_projects(feed):
    project(feed, "other", source="theirs")
    change_source(feed, owner(), "feed", SourceChange(projects=("fraud", "other")))
    narrow = Principal(name="person:ann", role="auditor", projects=frozenset({"fraud"}))

    (seen,) = watch_sources(feed, narrow)

    assert (seen.source.name, seen.source.projects) == ("feed", ("fraud",))
    with pytest.raises(NotFound):
        watch_source(feed, narrow, "theirs")


def test_held_deliveries_are_read_again_some_at_a_time(feed, monkeypatch):
    from labeltrust.services import retry_source as module  # noqa: PLC0415 - a smaller handful

    monkeypatch.setattr(module, "MOST_AT_ONCE", 2)
    body = (
        b'{"id":"e%d","type":"label.submitted","project":"fraud",'
        b'"item":"i","labeler":"a","label":"fraud"}'
    )
    for number in range(3):
        unreadable(feed, body % number)
    unreadable(feed)

    first = retry_source(feed, owner(), "feed", reason="the reader was mended")
    rest = retry_source(feed, owner(), "feed", reason="again", after=first.after)

    assert (first.read, first.held, first.after is not None) == (2, 0, True)
    assert (rest.read, rest.held, rest.after) == (1, 1, None)
    assert watch_source(feed, owner(), "feed")[0].held == 1
    assert len(history(feed, "quarantine.retried")) == 4
    # What could be read in the end counts in the hour in which it came.
    assert activity(feed).day == Tally(accepted=3, quarantined=4)


def test_only_who_may_mend_reads_again(feed):
    reviewer = Principal(name="person:ann", role="reviewer", projects=None)

    with pytest.raises(NotAllowed):
        retry_source(feed, reviewer, "feed", reason="x")


def test_a_live_secret_is_told_from_an_ended_one(feed, clock):
    from labeltrust.services.rotate_secret import rotate_secret  # noqa: PLC0415

    first = watch_source(feed, owner(), "feed")[0].live
    new = rotate_secret(feed, owner(), source="feed", overlap_hours=1)
    both = watch_source(feed, owner(), "feed")[0].live
    clock.tick(3601)

    assert both == (*first, new.key_id)
    assert watch_source(feed, owner(), "feed")[0].live == (new.key_id,)
    settings = replace(feed.settings, public_url="https://labels.example")
    _, connection = watch_source(replace(feed, settings=settings), owner(), "feed")
    assert connection.address == "https://labels.example/webhooks/feed"
