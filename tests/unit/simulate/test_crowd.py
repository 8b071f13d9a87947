"""Honest crowds."""

from dataclasses import replace

import numpy as np
import pytest

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate import Crowd, draw_scene

BIG = Crowd(n_items=20_000)


def shares_right(scene):
    right = scene.label == scene.truth[scene.item]
    return np.bincount(scene.labeler, right) / np.bincount(scene.labeler)


def test_every_item_gets_its_labels_from_different_labelers():
    scene = draw_scene(Crowd(n_items=500, labels_per_item=6), np.random.default_rng(1))

    pairs = np.unique(scene.item * scene.n_labelers + scene.labeler)

    assert pairs.size == scene.item.size == 3000


def test_skills_are_marginal_accuracies_whatever_the_difficulty():
    easy = replace(BIG, difficulty_spread=0.0, bias_spread=0.0)
    hard = replace(BIG, difficulty_spread=1.0, bias_spread=0.0)

    for crowd in (easy, hard):
        accuracy = shares_right(draw_scene(crowd, np.random.default_rng(2)))

        assert accuracy.min() > 0.67
        assert accuracy.max() < 0.95
        assert accuracy.mean() == pytest.approx(0.81, abs=0.03)


def test_activity_is_uneven_unless_told_otherwise():
    uneven = draw_scene(BIG, np.random.default_rng(3))
    even = draw_scene(replace(BIG, activity_spread=0.0), np.random.default_rng(3))

    assert np.ptp(np.bincount(uneven.labeler)) > 3 * np.ptp(np.bincount(even.labeler))


def test_classes_come_in_their_shares():
    scene = draw_scene(replace(BIG, class_shares=(0.9, 0.1)), np.random.default_rng(4))

    assert scene.truth.mean() == pytest.approx(0.1, abs=0.015)


def test_hard_items_unite_the_errors_of_honest_labelers():
    hard = replace(BIG, difficulty_spread=2.0, skills=(0.8, 0.8))
    scene = draw_scene(hard, np.random.default_rng(5))

    wrong = np.bincount(scene.item, scene.label != scene.truth[scene.item])

    assert wrong.var() > 1.5 * 6 * 0.2 * 0.8


def test_times_are_whole_seconds_within_the_days_and_a_little_later():
    crowd = Crowd()
    scene = draw_scene(crowd, np.random.default_rng(6))

    days = (scene.occurred_us - scene.occurred_us.min()) / 86_400e6

    assert (scene.occurred_us % 1_000_000 == 0).all()
    assert crowd.days - 2 < days.max() < crowd.days + 5


def test_the_same_generator_draws_the_same_crowd():
    one, two = (draw_scene(Crowd(n_items=50), np.random.default_rng(7)) for _ in range(2))

    assert np.array_equal(one.label, two.label)
    assert np.array_equal(one.occurred_us, two.occurred_us)


@pytest.mark.parametrize(
    "wrong", [{"labels_per_item": 41}, {"labels_per_item": 0}, {"class_shares": (0.5, 0.4)}]
)
def test_a_crowd_that_cannot_be_dealt_is_refused(wrong):
    with pytest.raises(InvalidInput):
        Crowd(**wrong)


def test_one_class_and_many_classes_can_be_drawn():
    one = draw_scene(Crowd(n_items=30, class_shares=(1.0,)), np.random.default_rng(8))
    four = draw_scene(Crowd(n_items=300, class_shares=(0.25,) * 4), np.random.default_rng(8))

    assert (one.label == 0).all()
    assert set(four.label.tolist()) == {0, 1, 2, 3}
