"""Cases into flags."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from labeltrust.domain.flags import FlagState
from labeltrust.policy.flagging import Found, flag_findings

THEN, NOW = datetime(2026, 9, 1, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
CASE = Found(
    labeler=3,
    labeler_id=103,
    severity="medium",
    signals=("spam",),
    contested=False,
    since=None,
    evidence={"strong": False, "supported": True},
)
OLD = FlagState(
    id=7,
    labeler_id=103,
    status="open",
    severity="low",
    signals=("low_agreement",),
    contested=False,
    since=None,
    opened_at=THEN,
    updated_at=THEN,
    evidence={"strong": True, "supported": True},
)


def findings(cases, *history):
    return flag_findings(cases, history, {103: 3, 104: 4}, NOW)


def test_a_new_case_opens_a_flag():
    found = findings([CASE])[0]

    assert (found.action, found.labeler, found.state.id) == ("open", 3, 0)
    assert found.state.opened_at == found.state.updated_at == NOW


def test_an_open_flag_is_renewed_and_keeps_its_number_and_age():
    found = findings([CASE], OLD)[0]

    assert (found.action, found.state.id, found.state.opened_at) == ("renew", 7, THEN)
    assert found.state.signals == ("spam",)
    assert found.state.updated_at == NOW


def test_a_confirmed_flag_stands():
    assert not findings([CASE], replace(OLD, status="confirmed"))


@pytest.mark.parametrize(
    ("signals", "severity", "opens"),
    [
        (("spam",), "medium", False),
        (("spam", "targeted_flip"), "medium", True),
        (("spam",), "high", True),
        (("spam",), "low", False),
    ],
)
def test_a_dismissed_flag_is_answered_unless_the_case_says_more(signals, severity, opens):
    dismissed = replace(OLD, status="dismissed", signals=("spam",), severity="medium")

    found = findings([replace(CASE, signals=signals, severity=severity)], dismissed)

    assert [f.action for f in found] == (["open"] if opens else [])


def test_a_flag_that_lost_its_evidence_is_weakened_and_stays_open():
    found = findings([], OLD)[0]

    assert (found.action, found.state.status, found.state.strong) == ("weaken", "open", False)
    assert found.state.evidence["supported"] is False


def test_a_weakened_flag_is_not_weakened_again():
    weakened = findings([], OLD)[0].state

    assert not findings([], weakened)


def test_a_reopened_flag_is_open_and_is_renewed():
    dismissed = replace(OLD, id=6, status="dismissed", signals=("spam",), severity="high")

    found = findings([CASE], dismissed, OLD)

    assert [(f.action, f.state.id) for f in found] == [("renew", 7)]
