"""The table of allowed changes of a flag."""

from itertools import product

import pytest
from factories import START

from labeltrust.domain.errors import Conflict, InvalidInput
from labeltrust.domain.flags import (
    CHANGES,
    EVENT_OF,
    STATUSES,
    VERDICTS,
    FlagState,
    next_status,
    says_more,
)


def flag(**more):
    values = {
        "id": 1, "labeler_id": 5, "status": "open", "severity": "medium",
        "signals": ("spam",), "contested": False, "since": None,
        "opened_at": START, "updated_at": START,
    } | more  # fmt: skip
    return FlagState(**values)


@pytest.mark.parametrize(("status", "verdict"), list(product(STATUSES, VERDICTS)))
def test_a_verdict_leads_where_the_table_says_or_is_refused(status, verdict):
    if (status, verdict) in CHANGES:
        assert next_status(status, verdict) == CHANGES[status, verdict]
        return
    with pytest.raises(Conflict, match=f"cannot {verdict} a flag that is {status}"):
        next_status(status, verdict)


def test_every_verdict_can_be_undone_and_has_a_word_in_the_history():
    for (status, verdict), after in CHANGES.items():
        assert any(begin == after and end == status for (begin, _), end in CHANGES.items())
        assert EVENT_OF[verdict].startswith("flag.")


def test_an_unknown_verdict_is_no_conflict_but_wrong_input():
    with pytest.raises(InvalidInput, match="'maybe' is not one of confirm, dismiss, reopen"):
        next_status("open", "maybe")


@pytest.mark.parametrize(
    ("signals", "severity", "more"),
    [
        (("spam",), "medium", False),
        (("spam",), "low", False),
        (("spam",), "high", True),
        (("spam", "targeted_flip"), "low", True),
        (("targeted_flip",), "medium", True),
        ((), "medium", False),
    ],
)
def test_a_dismissed_flag_is_answered_unless_there_is_a_new_reason_or_a_graver_one(
    signals, severity, more
):
    assert says_more(signals, severity, flag(status="dismissed")) is more


def test_a_contested_flag_is_never_strong():
    assert flag(evidence={"strong": True}).strong
    assert not flag(evidence={"strong": True}, contested=True).strong
    assert not flag().strong
