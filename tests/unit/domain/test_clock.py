"""Microseconds and moments are the same thing twice."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.clock import microseconds, moment


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_moment_survives_the_way_there_and_back(when):
    assert moment(microseconds(when)) == when


def test_the_zone_does_not_change_the_moment():
    utc = datetime(2026, 1, 1, 12, tzinfo=UTC)
    elsewhere = utc.astimezone(timezone(timedelta(hours=5, minutes=45)))

    assert microseconds(utc) == microseconds(elsewhere)
