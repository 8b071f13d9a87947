"""What makes honest work uneven, and the chances that an oracle knows of it."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate import (
    Assistant,
    Crowd,
    Dispute,
    Rhythm,
    Traits,
    draw_scene,
    draw_skills,
    honest_chance,
    scene_of,
)

SIX_SIGMA = norm.isf(1e-6 / 2)
CROWD = Crowd(n_labelers=30, n_items=3000, labels_per_item=5, class_shares=(0.5, 0.3, 0.2))


def drawn(seed=51, **changes):
    return draw_scene(replace(CROWD, **changes), np.random.default_rng(seed))


def is_share(hits, p):
    """Whether hits are as frequent as their chances say, at 1e-6."""
    return abs(hits.sum() - p.sum()) <= SIX_SIGMA * np.sqrt((p * (1 - p)).sum()) + 0.5


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"overlap": (1, 9)},
        {"confusion": ((0, 9, 1), (1, 0, 1), (0, 1, 0)), "skill_law": (4.0, 2.0)},
        {"level": "interval", "confusion_width": 3.0},
        {"dispute": Dispute(school_share=0.3)},
        {"dispute": Dispute(rule_day=10.0)},
        {"assistant": Assistant(accuracy=0.6, acceptance=0.5, shown_share=0.7)},
        {"rhythm": Rhythm(season=0.8), "traits": Traits()},
    ],
)
def test_the_honest_chance_says_how_often_every_label_is_given(changes):
    scene = drawn(**changes)

    chance = honest_chance(scene)

    assert chance.sum(axis=1) == pytest.approx(1)
    for true in range(3):
        rows = scene.truth[scene.item] == true
        for label in range(3):
            assert is_share(scene.label[rows] == label, chance[rows, label])


def test_a_circumstance_changes_nothing_else_of_the_crowd():
    plain = drawn()
    rich = drawn(assistant=Assistant(acceptance=0.0), traits=Traits())

    assert np.array_equal(plain.label, rich.label)
    assert np.array_equal(plain.occurred_us, rich.occurred_us)


def test_items_have_from_fewest_to_most_labels_down_to_a_single_one():
    scene = drawn(overlap=(1, 20))

    n = np.bincount(scene.item, minlength=CROWD.n_items)

    assert set(n.tolist()) == set(range(1, 21))
    assert np.unique(scene.item * scene.n_labelers + scene.labeler).size == scene.item.size


def test_skills_follow_their_law_between_the_lowest_and_the_highest():
    skilled = draw_skills(replace(CROWD, skill_law=(8.0, 2.0)), 4000, np.random.default_rng(52))
    alike = draw_skills(CROWD, 4000, np.random.default_rng(52))

    assert skilled.mean() == pytest.approx(0.7 + 0.22 * 0.8, abs=0.01)
    assert alike.mean() == pytest.approx(0.81, abs=0.01)
    assert (skilled.min() >= 0.7, skilled.max() <= 0.92) == (True, True)


def test_a_school_of_opinion_calls_the_border_the_other_way_all_alike():
    scene = drawn(dispute=Dispute(school_share=0.3, border_share=0.4), skills=(0.97, 0.99))
    school = scene.honest.school[scene.labeler]
    old = scene.truth[scene.item] == 0

    other = scene.label == 1

    assert other[old & school].mean() == pytest.approx(0.4, abs=0.08)
    assert other[old & ~school].mean() < 0.06
    assert scene.honest.school.sum() < CROWD.n_labelers / 2


def test_after_a_guideline_change_a_minority_follows_first_and_everybody_in_the_end():
    scene = drawn(dispute=Dispute(rule_day=10.0, follower_share=0.2, days_to_follow=7.0))
    day = (scene.occurred_us - scene.started_us) / 86_400e6

    followed = scene.guideline == 2

    assert not followed[day < 10].any()
    assert 0.05 < followed[(day > 10) & (day < 11)].mean() < 0.5
    assert followed[day > 21].all()


def test_work_comes_in_sessions_within_shifts_and_rests_at_weekends():
    scene = drawn(rhythm=Rhythm(sessions_per_day=2, weekend_share=0.0))
    order = np.lexsort((scene.occurred_us, scene.session, scene.labeler))
    gap = np.diff(scene.occurred_us[order]) / 1e6
    same = (np.diff(scene.session[order]) == 0) & (np.diff(scene.labeler[order]) == 0)

    weekday = (scene.occurred_us // 86_400_000_000 + 3) % 7  # 1970 began on a Thursday
    hour = scene.occurred_us % 86_400_000_000 / 3_600e6

    assert (weekday < 5).all()
    assert (hour.min() >= 7, hour.max() < 20) == (True, True)
    assert np.median(gap[same]) < 15
    assert gap[same].min() >= 0


def test_the_label_mix_swings_with_the_week():
    scene = drawn(rhythm=Rhythm(season=1.0, weekend_share=1.0), n_items=8000)
    day = (scene.occurred_us // 86_400_000_000 + 3) % 7
    last = scene.truth[scene.item] == 2

    assert last[day == 0].mean() > last[day == 3].mean() + 0.1


def test_suggestions_are_right_and_shown_as_often_as_stated():
    scene = drawn(assistant=Assistant(shown_share=0.6, accuracy=0.8, acceptance=0.0))
    shown = scene.suggestion != -1

    right = scene.suggestion[shown] == scene.truth[scene.item][shown]

    assert shown.mean() == pytest.approx(0.6, abs=0.05)
    assert right.mean() == pytest.approx(0.8, abs=0.05)


def test_items_have_an_amount_a_channel_and_a_trigger():
    scene = drawn(traits=Traits(trigger_share=0.2, channels=3))

    assert scene.features["trigger"].mean() == pytest.approx(0.2, abs=0.04)
    assert set(scene.features["channel"].tolist()) == {0, 1, 2}
    assert (scene.features["amount"] > 0).all()
    assert all(column.shape == (CROWD.n_items,) for column in scene.features.values())


def test_nobody_knows_the_chances_of_real_labels():
    real = scene_of(pd.DataFrame({"item": ["a"], "labeler": ["x"], "label": ["y"]}))

    with pytest.raises(InvalidInput, match="no known law"):
        honest_chance(real)


@pytest.mark.parametrize(
    "wrong",
    [
        {"overlap": (0, 3)},
        {"overlap": (5, 31)},
        {"level": "spans"},
        {"skills": (0.5, 1.0)},
        {"gold_share": 1.5},
        {"confusion": ((0, 1), (1, 0))},
        {"confusion": ((1, 0, 0),) * 3},
        {"dispute": Dispute(new_class=3)},
    ],
)
def test_a_crowd_that_cannot_be_drawn_is_refused(wrong):
    with pytest.raises(InvalidInput):
        replace(CROWD, **wrong)
