"""How reviewers' agreement goes from window to window, and what counts as a change."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.estimates import Undefined
from labeltrust.policy.reviewer_records import Comparison, courses, spans_until

END = datetime(2026, 11, 29, tzinfo=UTC)
SPANS = spans_until(END, 28)
NOTHING = "nothing was compared"


def said(days_ago, same, n, kind="disputed"):
    at = END - timedelta(days=days_ago)
    return [Comparison(at=at, kind=kind, same=k < same) for k in range(n)]


def course(*some):
    return courses({"ann": [one for part in some for one in part]}, SPANS, NOTHING)["ann"]


def test_windows_are_half_open_and_end_now():
    first, last = SPANS[0], SPANS[-1]

    assert len(SPANS) == 6
    assert (first[0], last[1]) == (END - timedelta(days=168), END)
    edge = course([Comparison(at=last[0], kind="alone", same=True)])
    assert [window.agreement.value for window in edge.windows] == [None] * 5 + [1.0]
    assert course([Comparison(at=END, kind="alone", same=True)]).lately.value is None


@pytest.mark.parametrize("days", [0, -3, 367])
def test_a_window_of_no_days_is_refused(days):
    with pytest.raises(InvalidInput, match=f"{days} days, must be 1 to 366"):
        spans_until(END, days)


def test_a_reviewer_who_turned_is_told_by_how_much():
    found = course(said(100, 58, 60), said(50, 57, 60), said(5, 35, 60))

    assert found.before.value == pytest.approx(115 / 120)
    assert found.lately.value == pytest.approx(35 / 60)
    assert found.change.value == pytest.approx(35 / 60 - 115 / 120)
    assert found.change.high < 0
    assert found.change.n == 180
    assert found.changed
    assert [w.agreement.n for w in found.windows if w.agreement.value is not None] == [60, 60, 60]


def test_who_got_harder_items_has_not_changed():
    found = course(
        said(60, 98, 100, "unanimous"), said(60, 7, 10), said(5, 10, 10, "unanimous"),
        said(5, 70, 100),
    )  # fmt: skip

    assert found.lately.high < found.before.low
    assert not found.changed
    assert found.change.low < 0 < found.change.high


@pytest.mark.parametrize(
    ("some", "reason"),
    [
        ([], "nothing was compared lately"),
        (said(5, 3, 4), "nothing was compared before"),
        (said(40, 3, 4), "nothing was compared lately"),
        (said(5, 3, 4) + said(40, 3, 4, "alone"), "nothing of one kind was there both before"),
        (said(169, 3, 4), "nothing was compared lately"),
    ],
)
def test_without_both_times_there_is_no_change_and_a_reason(some, reason):
    found = course(some)

    assert isinstance(found.change, Undefined)
    assert found.change.reason.startswith(reason)
    assert not found.changed


def test_one_of_many_reviewers_must_be_further_off_to_count_as_changed():
    turned = said(60, 38, 40) + said(5, 15, 20)
    alone = courses({"ann": turned}, SPANS, NOTHING)["ann"]
    honest = {f"r{k}": said(60, 38, 40) + said(5, 19, 20) for k in range(40)}
    among = courses({"ann": turned, **honest}, SPANS, NOTHING)["ann"]

    assert alone.change == among.change
    assert alone.changed
    assert not among.changed


def test_a_list_in_which_nobody_changed_seldom_names_anybody():
    rng = np.random.default_rng(6)
    named = 0
    for _ in range(200):
        crowd = {
            k: said(60, rng.binomial(60, 0.92), 60) + said(5, rng.binomial(25, 0.92), 25)
            for k in range(10)
        }
        named += any(one.changed for one in courses(crowd, SPANS, NOTHING).values())

    assert named <= 10  # five in a hundred at most
