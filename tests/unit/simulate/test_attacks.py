"""Every attack does what it says, and only its members do it."""

from dataclasses import replace

import numpy as np
import pytest

from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.simulate import Crowd, Planting, attacks, draw_planted, draw_scene
from labeltrust.simulate._base import Order

CROWD = Crowd(n_labelers=20, n_items=2000, labels_per_item=5, class_shares=(0.6, 0.4))
MEMBERS = np.array([2, 5, 11])
ORDERS = {
    "uniform_flip": Order(members=MEMBERS, rate=0.3),
    "targeted_flip": Order(members=MEMBERS, rate=0.6, from_class=1, to_class=0),
    "random_answers": Order(members=MEMBERS, rate=1.0),
    "constant": Order(members=MEMBERS, rate=0.9),
    "copy_ring": Order(members=MEMBERS, rate=0.3),
    "sleeper": Order(members=MEMBERS, rate=0.5, since_us=1_789_000_000_000_000),
    "low_and_slow": Order(members=MEMBERS, rate=0.05),
    "gold_aware": Order(members=MEMBERS, rate=0.5),
    "framing_ring": Order(members=MEMBERS, rate=0.3, victim=7),
}


@pytest.fixture
def scene():
    return draw_scene(CROWD, np.random.default_rng(1))


def applied(name, scene, **changes):
    order = replace(ORDERS[name], **changes)
    return attacks()[name].apply(scene, order, np.random.default_rng(2))


@pytest.mark.parametrize("name", ORDERS)
def test_only_members_change_their_labels(name, scene):
    after = applied(name, scene)

    changed = (after.label != scene.label) | (after.labeler != scene.labeler)

    assert changed.any()
    assert np.isin(after.labeler[changed], MEMBERS).all()


@pytest.mark.parametrize("name", sorted(set(ORDERS) - {"gold_aware"}))
def test_a_rate_of_nothing_changes_nothing(name, scene):
    after = applied(name, scene, rate=0.0)

    assert np.array_equal(after.label, scene.label)


@pytest.mark.parametrize("name", ["uniform_flip", "targeted_flip", "constant", "copy_ring"])
def test_nothing_happens_before_the_onset(name, scene):
    since = int(np.median(scene.occurred_us))

    after = applied(name, scene, since_us=since)

    changed = after.label != scene.label
    assert changed.any()
    assert scene.occurred_us[changed].min() >= since


def test_a_uniform_flip_is_wrong_at_its_rate(scene):
    after = applied("uniform_flip", scene)
    right_before = (scene.label == scene.truth[scene.item]) & np.isin(scene.labeler, MEMBERS)

    flipped = (after.label != scene.label)[right_before]

    assert flipped.mean() == pytest.approx(0.3, abs=0.08)


def test_a_targeted_flip_touches_one_class_only(scene):
    after = applied("targeted_flip", scene)

    changed = after.label != scene.label

    assert (scene.truth[scene.item[changed]] == 1).all()
    assert (after.label[changed] == 0).all()


def test_random_answers_do_not_depend_on_the_item(scene):
    after = applied("random_answers", scene)
    mine = np.isin(after.labeler, MEMBERS)

    right = (after.label == after.truth[after.item])[mine]

    assert right.mean() == pytest.approx(0.5, abs=0.07)


def test_a_constant_labeler_gives_the_frequent_class_by_default(scene):
    after = applied("constant", scene, rate=1.0)

    assert (after.label[np.isin(after.labeler, MEMBERS)] == 0).all()


def test_a_copy_ring_gives_one_wrong_label_an_item():
    crowd = replace(CROWD, class_shares=(0.25,) * 4)
    scene = draw_scene(crowd, np.random.default_rng(3))

    after = applied("copy_ring", scene)

    changed = np.flatnonzero(after.label != scene.label)
    given = {}
    for row in changed:
        given.setdefault(after.item[row], set()).add(int(after.label[row]))
    assert all(len(labels) == 1 for labels in given.values())
    assert (after.label[changed] != after.truth[after.item[changed]]).all()


def test_low_and_slow_never_flips_two_in_a_row(scene):
    after = applied("low_and_slow", scene)

    mine = np.flatnonzero(scene.labeler == MEMBERS[0])
    mine = mine[np.argsort(scene.occurred_us[mine], kind="stable")]
    hit = np.flatnonzero((after.label != scene.label)[mine])

    assert hit.size == 0 or np.diff(hit).min() >= 15


def test_a_gold_aware_labeler_is_perfect_on_gold_and_poor_elsewhere(scene):
    after = applied("gold_aware", scene)
    mine = np.isin(after.labeler, MEMBERS)
    gold = after.gold[after.item]
    right = after.label == after.truth[after.item]

    assert right[mine & gold].all()
    assert right[mine & ~gold].mean() < 0.6


def test_a_framing_ring_outvotes_its_victim_and_nobody_else(scene):
    after = applied("framing_ring", scene)

    victims = dict(
        zip(scene.item[scene.labeler == 7], scene.label[scene.labeler == 7], strict=True)
    )
    changed = np.flatnonzero((after.label != scene.label) | (after.labeler != scene.labeler))

    assert set(after.item[changed].tolist()) <= set(victims)
    assert all(after.label[row] != victims[after.item[row]] for row in changed)
    assert np.array_equal(after.labeler == 7, scene.labeler == 7)


def test_a_framing_ring_seats_nobody_twice_on_an_item(scene):
    after = applied("framing_ring", scene)

    pairs = after.item * after.n_labelers + after.labeler

    assert np.unique(pairs).size == pairs.size


def test_orders_that_make_no_sense_are_refused(scene):
    with pytest.raises(InvalidInput, match="the class it attacks"):
        applied("targeted_flip", scene, from_class=None)
    with pytest.raises(InvalidInput, match="the day on which it turns"):
        applied("sleeper", scene, since_us=None)
    with pytest.raises(InvalidInput, match="victim outside the ring"):
        applied("framing_ring", scene, victim=2)


def test_members_are_regulars_and_planted_once():
    ring = Planting(attack="uniform_flip", n_members=4, rate=0.5)

    found = draw_planted(CROWD, [ring, ring], np.random.default_rng(4))

    activity = np.bincount(found.scene.labeler)
    assert found.suspects.size == 8
    assert (activity[found.suspects] >= np.median(activity) - 1).all()


def test_a_victim_is_no_suspect_and_never_attacks_later():
    framed = Planting(attack="framing_ring", n_members=2, rate=0.3, has_victim=True)
    flip = Planting(attack="uniform_flip", n_members=3, rate=0.5)

    found = draw_planted(CROWD, [framed, flip], np.random.default_rng(5))

    assert found.orders[0][1].victim not in found.suspects


def test_unknown_attacks_and_too_many_members_are_refused():
    with pytest.raises(NotFound, match="no attack 'bribery'"):
        draw_planted(CROWD, [Planting(attack="bribery", n_members=1)], np.random.default_rng(6))
    with pytest.raises(InvalidInput, match="are left"):
        draw_planted(CROWD, [Planting(attack="constant", n_members=19)], np.random.default_rng(6))
