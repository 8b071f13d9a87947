"""Groups of items by feature."""

import numpy as np

from labeltrust.counts import Feature
from labeltrust.inference.item_groups import MOST_GROUPS, item_groups


def named(**features):
    return [(group.feature, group.value) for group in item_groups(features)]


def test_categories_and_few_numbers_are_groups_of_their_own():
    words = Feature(values=np.repeat([0.0, 1.0, 2.0], [60, 50, 40]), words=("NO", "SE", "US"))
    trigger = Feature(values=np.repeat([0.0, 1.0], [110, 40]))

    assert named(country=words) == [("country", "NO"), ("country", "SE"), ("country", "US")]
    assert named(trigger=trigger) == [("trigger", "1")]


def test_numbers_are_cut_into_ranges_and_tails():
    found = item_groups({"amount": Feature(values=np.arange(1000.0))})

    assert sorted(int(g.member.sum()) for g in found) == [50, 50, 200, 200, 200, 200, 200]
    assert {"0 to 49", "950 to 999"} <= {g.value for g in found}


def test_gaps_are_groups_where_they_are_the_exception():
    gaps = Feature(values=np.where(np.arange(200) < 40, np.nan, 1.0))

    assert named(told=gaps) == [("told", "not told")]


def test_what_is_too_common_too_rare_or_too_much_is_left_out():
    ids = Feature(values=np.arange(500.0), words=tuple(map(str, range(500))))
    many = Feature(values=np.arange(8000.0) % 200, words=tuple(map(str, range(200))))

    assert named(id=ids, constant=Feature(values=np.ones(500))) == []
    assert len(named(many=many)) == MOST_GROUPS
