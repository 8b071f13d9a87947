"""What signals count, in words."""

import pytest

from labeltrust.policy.wording import facts_in_words

FLIP = {"true": "fraud", "said": "ok", "times": 162, "of": 1239, "expected": 53.4}
TOLD = [
    (FLIP, "“fraud” called “ok” 162 of 1,239 times, where 53.4 are expected"),
    ({"right": 3, "gold": 20, "floor": 0.7}, "3 of 20 gold items right, the floor is 70 %"),
    (
        {"wrong_on_gold": 0.01, "wrong_elsewhere": 0.4, "true": "fraud"},
        "wrong on 1 % of gold, on 40 % elsewhere",
    ),
    (
        {"feature": "country", "value": "SE", "disagreed": 9, "of": 10, "elsewhere": 2,
         "of_others": 40, "groups": 3},
        "disagrees on 9 of 10 items with country “SE”, on 2 of 40 others",
    ),
    (
        {"before": 0.25, "after": 0.93, "clock": "occurred", "true": "fraud", "said": "ok"},
        "“fraud” called “ok” in 25 % before, in 93 % since",
    ),
    ({"before": 0.2, "after": 0.6, "clock": "received"}, "in error on 20 % before, on 60 % since"),
    (
        {"label": "ok", "share": 0.997, "share_of_others": 0.64, "spammer_score": [0, 0, 0]},
        "“ok” is 100 % of the answers, 64 % of the others' on the same items",
    ),
    (
        {"class": "ok", "shift": 0.1763, "baseline": "same items"},
        "“ok” by +17.6 % of all labels against same items",
    ),
    (
        {"same": 61.0, "of": 70, "expected": 20.1, "ring": 1, "member": True},
        "61 of 70 labels as the ring gave, where 20.1 are expected",
    ),
    (
        {"accepted": 40, "of": 50, "expected": 12.0},
        "40 of 50 contradicted suggestions accepted, where 12 are expected",
    ),
    (
        {"times_of_others": 0.2, "hasty": 30, "of": 40},
        "30 of 40 labels in far less time than others take",
    ),
    ({"short": 30, "of": 40, "median_seconds": None}, "30 of 40 labels in bursts"),
    ({"alike": 30, "of": 40, "seconds": 2.0}, "30 of 40 intervals alike"),
    ({"looks": "random", "share": 0.31}, "31 % of the answers look random"),
    ({"items": 100, "contested": 12}, "labelers differ on 12 of 100 items"),
    ({"period": 2}, "every answer resembles the one 2 before"),
]  # fmt: skip


@pytest.mark.parametrize(("facts", "words"), TOLD)
def test_the_counts_of_each_kind_of_reading_are_told(facts, words):
    assert facts_in_words(facts) == words


def test_what_a_label_holds_is_never_read_as_a_place_to_fill():
    said = facts_in_words(FLIP | {"true": "{of} {0} {times.__class__}"})

    assert said.startswith("“{of} {0} {times.__class__}” called")


@pytest.mark.parametrize("facts", [{}, {"unheard": 1}, FLIP | {"said": None}])
def test_what_is_not_known_is_not_told(facts):
    assert facts_in_words(facts) == ""
