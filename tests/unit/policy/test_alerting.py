"""What a fact does to an alert: whatever its detail holds, and when a message is tried again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.alert_codes import CODES
from labeltrust.domain.alerts import CAUSES, LOUDNESS, Cause
from labeltrust.policy.alerting import FLAPPING, hold, is_news, pause, step_of

AT = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
KEYS = (
    "flag", "freeze", "kind", "severity", "signals", "strong", "before", "after", "source",
    "loudness", "expected", "reasons", "chain", "broken", "snapshot",
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


@given(
    kind=st.sampled_from(sorted(CAUSES)),
    detail=st.dictionaries(st.sampled_from(KEYS), JSON, max_size=6),
)
def test_no_detail_of_a_fact_stops_the_router(kind, detail):
    step = step_of(Cause(id=1, type=kind, at=AT, detail=detail, project_id=2, source_id=3))

    if step is not None:
        assert step.code in CODES
        assert step.loudness in LOUDNESS
        assert step.word


def test_every_kind_of_fact_has_a_reader():
    for kind in CAUSES - {"source.added", "source.changed"}:
        assert step_of(Cause(id=1, type=kind, at=AT, detail={}, project_id=2)) is not None, kind


@pytest.mark.parametrize(
    ("detail", "loudness"),
    [
        ({"severity": "high", "strong": True}, "page"),
        ({"severity": "high", "strong": False}, "ticket"),
        ({"severity": "low", "strong": True}, "ticket"),
    ],
)
def test_only_a_strong_flag_of_high_severity_pages(detail, loudness):
    assert step_of(Cause(id=1, type="flag.opened", at=AT, detail=detail)).loudness == loudness


def test_a_source_that_stays_as_it_was_is_no_news():
    same = {"before": {"status": "trusted"}, "after": {"status": "trusted"}}

    assert step_of(Cause(id=1, type="source.changed", at=AT, detail=same, source_id=3)) is None
    added = {"source": {"status": "probation"}}
    assert step_of(Cause(id=1, type="source.added", at=AT, detail=added)).effect == "open"


def test_what_came_back_must_be_over_for_longer():
    assert hold(None, AT) == timedelta(minutes=5)
    assert hold(AT - timedelta(hours=3), AT) == FLAPPING
    assert hold(AT - timedelta(hours=5), AT) == timedelta(minutes=5)
    assert not is_news(AT - timedelta(hours=3), AT)
    assert is_news(AT - timedelta(hours=4), AT)


def test_pauses_grow_are_spread_and_end_somewhere():
    pauses = [pause("m", n).total_seconds() for n in range(1, 30)]
    spread = {pause(f"m{k}", 5) for k in range(50)}

    assert all(1.0 <= seconds <= 1_800.0 for seconds in pauses)
    assert max(pauses) > 900
    assert len(spread) > 40
    assert pause("m", 1, 10.0**9) == timedelta(hours=6)
