"""Track records, and the time in which an appeal ought to be decided."""

from datetime import UTC, datetime, timedelta

import pytest

from labeltrust.domain.appeals import Appeal, due_at, require_outcome
from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.domain.reviews import Tally, track_records

THURSDAY = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)


def appeal(**more):
    values = {
        "id": 4, "project": "fraud", "freeze": 1, "flag": 2, "labeler": "alice", "reason": "x",
        "opened_at": THURSDAY, "opened_by": "person:ann", "due_at": due_at(THURSDAY),
        "outcome": None, "decided_at": None, "decided_by": None, "decision": None,
    }  # fmt: skip
    return Appeal(**values | more)


def test_a_flag_counts_for_each_of_its_signals():
    flags = [
        (("spam", "turned"), "confirmed", 2),
        (("spam",), "dismissed", 1),
        (("spam",), "open", 4),
    ]

    found = track_records(flags, ["spam", "turned", "collusion"])

    assert found["spam"] == Tally(confirmed=2, dismissed=1, pending=4)
    assert found["turned"] == Tally(confirmed=2)
    assert found["collusion"].decided == 0


@pytest.mark.parametrize(
    ("opened", "due"),
    [
        ("2026-11-23T09:30", "2026-11-25T09:30"),  # Monday to Wednesday
        ("2026-11-26T09:30", "2026-11-30T09:30"),  # Thursday to Monday
        ("2026-11-27T09:30", "2026-12-01T09:30"),  # Friday to Tuesday
        ("2026-11-28T09:30", "2026-12-02T00:00"),  # what comes on Saturday or
        ("2026-11-29T23:59", "2026-12-02T00:00"),  # Sunday is as if it came on Monday
    ],
)
def test_two_working_days_leave_out_saturday_and_sunday(opened, due):
    assert due_at(datetime.fromisoformat(f"{opened}+00:00")) == datetime.fromisoformat(
        f"{due}+00:00"
    )


def test_an_appeal_is_overdue_while_it_waits_and_stays_so_when_decided_late():
    late = appeal().due_at + timedelta(seconds=1)

    assert not appeal().overdue(appeal().due_at)
    assert appeal().overdue(late)
    assert appeal(outcome="upheld", decided_at=late).overdue(late + timedelta(days=9))
    assert not appeal(outcome="upheld", decided_at=THURSDAY).overdue(late)


def test_an_appeal_ends_once_by_a_known_outcome():
    require_outcome(appeal(), "overturned")

    with pytest.raises(InvalidInput, match="one of upheld, overturned"):
        require_outcome(appeal(), "maybe")
    with pytest.raises(Conflict, match="upheld already"):
        require_outcome(appeal(outcome="upheld"), "overturned")
