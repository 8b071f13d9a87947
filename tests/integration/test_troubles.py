"""Deliveries that a server failed to take, or took late, count as errors of ingestion."""

import asyncio
from datetime import timedelta

import pytest
from factories import label, owner
from recorded import project
from sqlalchemy import text

from labeltrust.domain.errors import Busy, NotProven
from labeltrust.domain.events import Parsed
from labeltrust.services.intake import Intake
from labeltrust.services.slis.document import show_slis
from labeltrust.store.drafts import Submission


@pytest.fixture
def intake(deployment):
    project(deployment)
    with Intake(deployment) as intake:
        yield intake


def delivery(deployment, *names, ago=timedelta(0), source="feed"):
    events = tuple(label(name, "alice", event_id=name) for name in names)
    return Submission(
        source=source,
        body=repr(names).encode(),
        parsed=Parsed(events=events, positions=tuple(range(len(events)))),
        received_at=deployment.clock() - ago,
        parser="test/1",
    )


def send(intake, *names, **more):
    return asyncio.run(intake.submit(delivery(intake.deployment, *names, **more)))


def m8(deployment):
    report = show_slis(deployment, owner(), "fraud")
    (found,) = [one for one in report.slis if one.id == "M8" and one.source == "feed"]
    return found.bad_n, found.value.n


def test_what_a_stopping_server_could_not_take_is_counted_when_it_can_be_written(intake):
    send(intake, *[f"i{k}" for k in range(100)])
    intake.writer.__exit__(None, None, None)
    for name in ("j1", "j2"):
        with pytest.raises(Busy, match="stopping"):
            send(intake, name)
    before = m8(intake.deployment)

    intake.troubles.keep()
    intake.troubles.keep()

    assert before == (0, 100)
    assert m8(intake.deployment) == (2, 102)


def test_events_that_took_longer_than_two_seconds_are_late(intake):
    send(intake, *[f"i{k}" for k in range(100)], ago=timedelta(seconds=1.9))
    send(intake, "late", "later", ago=timedelta(seconds=2.1))
    send(intake, "late", "later", ago=timedelta(seconds=9))  # repeats are nobody's loss

    intake.troubles.keep()

    assert m8(intake.deployment) == (2, 102)


def test_what_cannot_be_written_is_remembered(intake, database):
    send(intake, *[f"i{k}" for k in range(100)])
    send(intake, "late", ago=timedelta(seconds=3))
    rename(database, "source_slot", "elsewhere")
    with pytest.raises(Exception, match="source_slot"):
        intake.troubles.keep()
    rename(database, "elsewhere", "source_slot")

    intake.troubles.keep()

    assert m8(intake.deployment) == (1, 101)


def rename(database, before, after):
    with database.begin() as connection:
        connection.execute(text(f"ALTER TABLE {before} RENAME TO {after}"))


def test_what_a_sender_did_wrong_is_no_failure_of_the_server(intake):
    send(intake, *[f"i{k}" for k in range(100)])
    with pytest.raises(NotProven), intake.troubles.counting("feed"):
        raise NotProven("by the sender")

    intake.troubles.keep()

    assert m8(intake.deployment) == (0, 100)
