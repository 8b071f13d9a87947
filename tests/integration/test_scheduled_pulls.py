"""Comparisons in the background, and what doctor and metrics say of sources."""

from datetime import timedelta

import pytest
from factories import label, owner
from reconciling import connected, pulled, sent, standing, with_source
from recorded import record
from studio_server import Studio

from labeltrust.domain.errors import NoAnswer
from labeltrust.domain.principals import Principal
from labeltrust.services.background import puller_of, worker_of
from labeltrust.services.check_installation import check_installation
from labeltrust.services.list_pulls import list_pulls
from labeltrust.services.measure_sources import measure_sources
from labeltrust.services.order_pull import order_pull
from labeltrust.services.watch_sources import watch_source


@pytest.fixture
def here(deployment):
    return with_source(deployment)


def done(worker):
    """Do all that is due; return how many jobs there were."""
    n = 0
    while worker.step():
        n += 1
    return n


def found(here, check="sources"):
    return next(one for one in check_installation(here) if one.check == check)


def test_a_source_is_compared_as_often_as_it_says(here, clock):
    studio = Studio()
    studio.annotate(1, 10)
    with connected(here, studio):
        worker = puller_of(here)
        first = done(worker)
        clock.tick(59 * 60)
        early = done(worker)
        clock.tick(61)
        later = done(worker)

    assert (first, early, later) == (1, 0, 1)
    assert [one.started_by for one in list_pulls(here, owner(), "ls")] == ["system:reconcile"] * 2
    assert standing(here) == [("1", "2", "fraud")]


def test_assessments_wait_for_no_platform(here, clock):
    with connected(here, Studio()):
        order_pull(here, owner(), "ls")
        worker_of(here).step()

        assert list_pulls(here, owner(), "ls")[0].status == "running"
        done(puller_of(here))

    assert list_pulls(here, owner(), "ls")[0].status == "done"


def test_an_ordered_pull_is_done_in_the_name_of_who_ordered_it(here, clock):
    studio = Studio()
    studio.annotate(1, 10)
    lead = Principal(name="person:ann", role="qa_lead", projects=None, person="ann")
    with connected(here, studio):
        number = order_pull(here, lead, "ls", dry_run=True)
        done(puller_of(here))

    (report, *_) = [one for one in list_pulls(here, owner(), "ls") if one.id == number]
    assert (report.started_by, report.dry_run, report.found.missing) == ("person:ann", True, 1)


def test_a_platform_that_is_away_is_asked_again_when_it_is_due(here, clock, monkeypatch):
    monkeypatch.setattr("labeltrust.connectors._web.LONGEST_PAUSE_SECONDS", 0.0)
    with connected(here, Studio(fail_after=0)):
        first = done(puller_of(here))
        again = done(puller_of(here))

    (report,) = list_pulls(here, owner(), "ls")
    assert (first, again, report.status) == (1, 0, "failed")
    assert measure_sources(here).failing == ("ls",)
    assert "last pull failed: ls" in found(here).found or "ls not compared" in found(here).found
    assert not found(here).ok


def test_a_source_that_is_not_compared_any_more_is_late(here, clock):
    with connected(here, Studio()):
        pulled(here, clock)
        well = measure_sources(here)
        clock.tick(181 * 60)

    late = measure_sources(here)
    assert (well.late, late.late) == ((), ("ls",))
    assert late.oldest_seconds == pytest.approx(timedelta(minutes=181).total_seconds())


def test_a_source_that_usually_sends_and_is_silent_is_named(here, clock):
    # Two weeks of 200 events an hour, then nothing.
    for hour in range(4):
        for week in range(2):
            clock.now += timedelta(0) if week else timedelta(hours=1)
        record(here, [label(f"i{hour}-{n}", "5") for n in range(200)], source="ls")
    clock.tick(7 * 24 * 3600 - 2 * 3600)
    record(here, [label("late", "5")], source="ls")
    clock.tick(3 * 3600)

    quiet = measure_sources(here)
    watched = watch_source(here, owner(), "ls")[0]

    assert quiet.silent == ("ls",)
    assert watched.silence.expected > 100
    assert "ls silent" in found(here).found
    assert "webhook of ls" in found(here).mend


def test_what_a_pull_fills_does_not_hide_a_silence(here, clock):
    studio = Studio()
    sent(here, studio, 1, 10)
    before = watch_source(here, owner(), "ls")[0].activity.last_at
    studio.annotate(2, 11)
    with connected(here, studio):
        report = pulled(here, clock)

    assert report.found.recorded == 1
    assert watch_source(here, owner(), "ls")[0].activity.last_at == before


def test_a_failed_pull_says_so_to_who_asked(here, clock, monkeypatch):
    monkeypatch.setattr("labeltrust.connectors._web.LONGEST_PAUSE_SECONDS", 0.0)
    with connected(here, Studio(fail_after=0)), pytest.raises(NoAnswer):
        pulled(here, clock)
