"""Notifications: what concerns a person since they last looked, out of the history."""

import pytest
from factories import label
from flagging import counted_queries, flagged, person
from recorded import project, record

from labeltrust.domain.principals import Principal
from labeltrust.services.assign_flag import assign_flag
from labeltrust.services.comment_flag import comment_flag
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.list_notifications import list_notifications, see_notifications
from labeltrust.services.open_appeal import open_appeal


@pytest.fixture
def frauds(deployment, clock):
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    return deployment


@pytest.fixture
def ann(frauds, clock):
    who = person(frauds, "ann")
    clock.tick(1)
    return who


def told(deployment, who):
    return [(one.kind, one.number, one.word) for one in list_notifications(deployment, who)]


def test_a_person_is_told_what_concerns_them_newest_first(frauds, ann, clock):
    ben = person(frauds, "ben", "reviewer")
    clock.tick(1)
    first = flagged(frauds, severity="low")
    comment_flag(frauds, ben, first, text="the screen was broken")
    comment_flag(frauds, ann, first, text="which week?")
    clock.tick(1)
    assign_flag(frauds, ann, first, person="ben")
    clock.tick(1)
    decide_flag(frauds, ann, first, verdict="dismiss", note="hard items")
    clock.tick(1)
    second = flagged(frauds, "bob", freeze="provisional")
    clock.tick(1)
    open_appeal(frauds, ann, 1, reason="no")

    assert told(frauds, ben)[0] == ("appeal", 1, "")
    assert set(told(frauds, ben)[1:3]) == {("breaker", 1, ""), ("high", second, "")}
    assert told(frauds, ben)[3:] == [("decided", first, "dismissed"), ("assigned", first, "ben")]
    assert {kind for kind, _, _ in told(frauds, ann)} == {"high", "breaker"}


def test_what_was_seen_is_gone_and_what_came_since_stays(frauds, ann, clock):
    flagged(frauds)
    (seen,) = list_notifications(frauds, ann)
    clock.tick(1)
    later = flagged(frauds, "bob")

    see_notifications(frauds, ann, through=seen.received_us)
    see_notifications(frauds, ann, through=0)

    assert told(frauds, ann) == [("high", later, "")]


def test_nobody_is_told_what_lies_out_of_scope_or_before_they_came(frauds, clock):
    flagged(frauds)
    clock.tick(1)
    new = person(frauds, "new")
    elsewhere = person(frauds, "otto", projects=())
    clock.tick(1)
    number = flagged(frauds, "bob")
    key = Principal(name="key:lt_a", role="qa_lead", projects=None)

    assert told(frauds, new) == [("high", number, "")]
    assert told(frauds, elsewhere) == []
    assert told(frauds, key) == []


def test_a_reader_without_a_say_is_not_told_of_work(frauds, clock):
    auditor = person(frauds, "aud", "auditor")
    clock.tick(1)
    flagged(frauds, freeze="provisional")

    assert told(frauds, auditor) == []


def test_many_take_as_many_queries_as_few(frauds, ann, clock):
    flagged(frauds)
    with counted_queries(frauds) as of_one:
        list_notifications(frauds, ann)
    for n in range(40):
        clock.tick(1)
        flagged(frauds, "alice" if n % 2 else "bob")

    with counted_queries(frauds) as of_many:
        assert len(list_notifications(frauds, ann)) == 41
    assert len(of_many) == len(of_one)


def test_acts_are_found_by_their_own_index(frauds, ann):
    if frauds.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL chooses by statistics; a table of ten rows is read whole")
    with counted_queries(frauds) as asked:
        list_notifications(frauds, ann)
    (acts,) = [statement for statement in asked if "FROM event" in statement]

    with frauds.engine.connect() as connection:
        plan = connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {acts}", tuple(range(acts.count("?")))
        )
        text = " ".join(str(row) for row in plan)

    assert "ix_event_acts" in text
