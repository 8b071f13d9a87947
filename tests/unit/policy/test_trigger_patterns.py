"""Expressions of strangers over texts of strangers: found where they are, and never for long."""

import time

import pytest

from labeltrust.domain.errors import InvalidInput
from labeltrust.policy.trigger_patterns import checked_pattern, excerpt, matching, searched

RUNAWAY = ["(a+)+$", "(a|aa)+$", "(a|a?)+b$", "(.*a){12}$", "^(([a-z])+.)+[A-Z]([a-z])+$"]


@pytest.mark.parametrize("expression", RUNAWAY)
def test_no_expression_runs_away(expression):
    """A backtracking engine needs longer than the universe is old for these."""
    small, large = "a" * 20_000 + "!", "a" * 80_000 + "!"
    times = []
    for text in (small, large):
        begun = time.process_time()
        assert not matching(expression, [text])[0]
        times.append(time.process_time() - begun)

    assert times[1] < 5 + 40 * times[0]


@pytest.mark.parametrize(
    "expression",
    ["", "x" * 1001, "(", "a{1000}{1000}", r"(?<=x)a", r"(a)\1", "a*", "|x", "\x00", "\ud800"],
)
def test_what_cannot_be_looked_for_is_refused(expression):
    with pytest.raises(InvalidInput):
        checked_pattern(expression, "text")


def test_a_place_that_is_none_is_refused():
    with pytest.raises(InvalidInput, match="place"):
        checked_pattern("x", "labels")


def test_texts_at_any_depth_and_features_are_looked_through():
    content = {"text": "one", "fields": {"a": ["two", {"b": "three"}], "n": 4}}
    features = {"amount": 12.5, "country": "SE"}

    assert searched(content, features, "text") == "one\ntwo\nthree"
    assert searched(content, features, "features") == "amount=12.5\ncountry=SE"
    assert matching("(?m)^country=SE$", [searched(content, features, "all")])[0]


def test_an_excerpt_is_cut_between_letters():
    text = "å" * 40 + " cf7 " + "ö" * 60

    found = excerpt("cf[0-9]", text)

    assert "cf7" in found
    assert found.startswith("\u2026")
    assert found.endswith("\u2026")
    assert excerpt("nothing", text) == ""
