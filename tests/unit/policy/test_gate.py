"""The gate's table of states, one line each."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from labeltrust.policy.gate import REOPENED, GateFacts, Waiting, gate

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FINE = GateFacts(assessed_at=NOW, position=7)
CLOSING = {
    "tampering": {"broken": "record 3 of chain fraud was changed"},
    "provenance_missing": {"without_provenance": 2},
    "breaker_tripped": {"provisional": Waiting(ids=(4,), since=NOW)},
    "strong_flag_open": {"strong_flags": Waiting(ids=(9,), since=NOW)},
    "assessment_stale": {"unread_since": NOW - timedelta(seconds=3601)},
    "source_on_probation": {"probation": ("vendor",)},
    "nothing_assessed": {"assessed_at": None},
}


def test_a_project_in_order_is_open():
    answer = gate(FINE, NOW)

    assert answer.open
    assert answer.reasons == ()
    assert answer.position == 7


@pytest.mark.parametrize("code", CLOSING)
def test_each_state_closes_the_gate_and_says_who_reopens_it(code):
    answer = gate(replace(FINE, **CLOSING[code]), NOW)

    assert not answer.open
    assert [reason.code for reason in answer.reasons] == [code]
    assert answer.reasons[0].reopens == REOPENED[code]


def test_all_states_at_once_are_all_named():
    facts = replace(FINE, **{k: v for states in CLOSING.values() for k, v in states.items()})

    codes = {reason.code for reason in gate(facts, NOW).reasons}

    assert codes == set(CLOSING) - {"assessment_stale"}


def test_exclusions_alone_leave_the_gate_open():
    held = ({"code": "contested", "labeler": "alice", "labels": 12},)

    answer = gate(replace(FINE, exclusions=held), NOW)

    assert answer.open
    assert answer.exclusions == held


def test_events_may_wait_as_long_as_the_project_allows():
    facts = replace(FINE, unread_since=NOW - timedelta(seconds=3600))

    assert gate(facts, NOW).open


def test_a_long_list_is_cut_with_the_number_left():
    facts = replace(FINE, strong_flags=Waiting(ids=tuple(range(15))))

    assert "and 5 more" in gate(facts, NOW).reasons[0].detail
