"""On which items of a labeler signals rest."""

import numpy as np

from labeltrust.counts import block
from labeltrust.policy.audit_marks import Marked, signal_groups

WORDS = ("benign", "fraud")
SECOND = 1_000_000


def a_block(**more):
    """Labeler 0 labels items 1 to 40, labeler 1 too; 0 calls the first ten benign, 1 fraud."""
    items = [*range(1, 41)] * 2
    labels = [0] * 40 + [1] * 10 + [0] * 30
    return block(items, [0] * 40 + [1] * 40, labels, n_labelers=2, values=[0, 1], **more)


def told(details, **more):
    found = signal_groups(
        Marked(block=a_block(**more), labeler=0, words=WORDS, details=details), np.arange(1, 41)
    )
    return (
        None if found is None else dict(zip(found.names, np.bincount(found.of_item), strict=True))
    )


def test_a_flip_rests_on_the_items_called_so_where_another_differs():
    details = {"targeted_flip": {"true": "fraud", "said": "benign"}}

    assert told(details) == {"benign where others say fraud": 10, "no signal": 30}


def test_haste_rests_on_the_labels_that_took_under_a_quarter_of_the_others_time():
    seconds = [1.0] * 4 + [20.0] * 35 + [np.nan] + [20.0] * 40

    assert told({"too_fast": {}}, duration_seconds=seconds) == {
        "in under 1/4 of the others' time": 4, "no signal": 36,
    }  # fmt: skip


def test_a_burst_rests_on_the_labels_right_after_another():
    own = np.cumsum([60] * 35 + [2] * 5)

    found = told({"bursts": {}}, occurred_us=[*(own * SECOND), *np.arange(40)])

    assert found == {"in a burst": 5, "no signal": 35}


def test_a_trigger_rests_on_the_items_that_carry_the_feature():
    country = {"country": (np.arange(1, 41), np.where(np.arange(40) < 20, "SE", "NO"))}
    details = {"feature_trigger": {"feature": "country", "value": "SE"}}

    assert told(details, features=country)["country: SE"] == 20


def test_an_item_with_two_signals_belongs_to_the_first_that_accuses():
    details = {"targeted_flip": {"true": "fraud", "said": "benign"}, "too_fast": {}}

    found = told(details, duration_seconds=[1.0] * 15 + [20.0] * 65)

    assert list(found.values()) == [10, 5, 25]


def test_signals_that_speak_of_all_labels_or_of_none_tell_nothing_apart():
    assert told({"low_agreement": {}}) is None
    assert told({"targeted_flip": {"true": "fraud", "said": "any other"}}) is None
    assert told({"too_fast": {}, "bursts": {}}) is None
