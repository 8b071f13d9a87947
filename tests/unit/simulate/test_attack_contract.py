"""Rules for every attack that is found, those not written yet included."""

import sys
from dataclasses import fields, replace

import numpy as np
import pytest
from scipy.stats import binom, norm

import labeltrust.simulate as folder
from labeltrust.simulate import (
    Assistant,
    Crowd,
    Honest,
    Order,
    Prose,
    Rhythm,
    Scene,
    Traits,
    attacks,
    draw_scene,
    honest_chance,
)
from labeltrust.simulate._base import NEEDS, eligible_rows

ATTACKS = attacks()
MEMBERS = np.array([2, 5, 11])
CROWD = Crowd(
    n_labelers=20,
    n_items=1600,
    overlap=(2, 8),
    class_shares=(0.5, 0.3, 0.2),
    rhythm=Rhythm(),
    assistant=Assistant(acceptance=0.05),
    traits=Traits(trigger_share=0.3),
    prose=Prose(trigger_share=0.3),
    gold_share=0.2,
)
ALPHA = 1e-6
RATE = 0.4
COLUMNS = {field.name for field in fields(Scene)}

every_attack = pytest.mark.parametrize("name", ATTACKS)
every_law = pytest.mark.parametrize("name", [n for n, a in ATTACKS.items() if a.law])


@pytest.fixture(scope="module")
def scene():
    return draw_scene(CROWD, np.random.default_rng(41))


@pytest.fixture(scope="module")
def onset(scene):
    return int(np.quantile(scene.occurred_us, 0.4))


def order(since_us, **changes):
    wanted = Order(
        members=MEMBERS, rate=RATE, since_us=since_us, from_class=1, to_class=0, victim=7
    )
    return replace(wanted, **changes)


def applied(name, scene, wanted, seed=42):
    return ATTACKS[name].apply(scene, wanted, np.random.default_rng(seed))


def same(one, two):
    if one is two or one is None or two is None:
        return one is two
    if isinstance(one, np.ndarray):
        return np.array_equal(one, two, equal_nan=one.dtype.kind == "f")
    return not isinstance(one, Honest | dict) and one == two


def changed(before, after):
    """Return which rows differ in any column."""
    found = np.zeros(before.item.size, dtype=bool)
    for name in ("labeler", "label", "occurred_us", "duration_seconds"):
        found |= getattr(before, name) != getattr(after, name)
    return found


@every_attack
def test_an_attack_keeps_the_rows_and_changes_only_the_columns_it_declares(name, scene, onset):
    after = applied(name, scene, order(onset))

    touched = {c for c in COLUMNS if not same(getattr(scene, c), getattr(after, c))}

    assert touched
    assert touched <= ATTACKS[name].touches
    assert after.item.size == scene.item.size
    assert 0 <= after.label.min() <= after.label.max() < scene.n_classes
    assert 0 <= after.labeler.min() <= after.labeler.max() < after.n_labelers


@every_attack
def test_an_attack_touches_only_its_members_unless_seats_change_hands(name, scene, onset):
    after = applied(name, scene, order(onset))

    rows = changed(scene, after)

    assert rows.any()
    if "labeler" not in ATTACKS[name].touches:
        assert np.isin(scene.labeler[rows], MEMBERS).all()


@every_attack
def test_an_attack_seats_nobody_twice_on_an_item(name, scene, onset):
    after = applied(name, scene, order(onset))

    seats = np.unique(after.item * after.n_labelers + after.labeler)

    assert seats.size == scene.item.size


@every_attack
def test_nothing_happens_before_the_onset(name, scene, onset):
    after = applied(name, scene, order(onset))

    rows = changed(scene, after)

    assert scene.occurred_us[rows].min() >= onset
    assert after.occurred_us[rows].min() >= onset


@every_attack
def test_no_more_labels_are_poisoned_than_the_rate_allows(name, scene, onset):
    wanted = order(onset)
    after = applied(name, scene, wanted)

    mine = eligible_rows(scene, wanted) & ~scene.gold[scene.item]
    hit = (scene.label != after.label)[mine]

    # rows poisoned together count as one draw
    stretch = ATTACKS[name].stretch
    n, k = mine.sum() // stretch, hit.sum() // stretch
    assert binom.sf(k - 1, n, RATE) > ALPHA


@every_attack
def test_a_rate_of_nothing_changes_nothing(name, scene, onset):
    after = applied(name, scene, order(onset, rate=0.0))

    assert all(same(getattr(scene, column), getattr(after, column)) for column in COLUMNS)


@every_attack
def test_the_same_generator_does_the_same(name, scene, onset):
    one, two, other = (applied(name, scene, order(onset), seed) for seed in (42, 42, 43))

    assert np.array_equal(one.label, two.label)
    assert np.array_equal(one.labeler, two.labeler)
    assert changed(one, other).any()


@every_law
def test_a_law_says_how_often_members_give_each_label(name, scene, onset):
    """Compare the labels that came out with the sum of their chances, stratum by stratum."""
    wanted, attack = order(onset), ATTACKS[name]
    after = applied(name, scene, wanted)

    chance = attack.law(honest_chance(scene), after, wanted)

    mine = np.isin(scene.labeler, MEMBERS)
    since, gold = scene.occurred_us >= onset, scene.gold[scene.item]
    assert chance == pytest.approx(np.clip(chance, 0, 1))
    assert chance.sum(axis=1) == pytest.approx(1)
    for rows in (mine & ~since, mine & since & ~gold, mine & since & gold):
        for true in range(scene.n_classes):
            of_class = rows & (scene.truth[scene.item] == true)
            for label in range(scene.n_classes):
                p = chance[of_class, label]
                spread = np.sqrt(attack.stretch * (p * (1 - p)).sum())
                off = abs((after.label[of_class] == label).sum() - p.sum())
                # a half for the whole numbers
                assert off <= norm.isf(ALPHA / 2) * spread + 0.5 + 1e-6


@every_law
def test_a_law_leaves_the_honest_chances_before_the_onset_and_at_a_rate_of_nothing(
    name, scene, onset
):
    honest = honest_chance(scene)
    before = scene.occurred_us < onset

    bad = ATTACKS[name].law(honest, scene, order(onset))
    none = ATTACKS[name].law(honest, scene, order(onset, rate=0.0))

    assert np.array_equal(bad[before], honest[before])
    assert none == pytest.approx(honest)
    assert not np.allclose(bad, honest)


@every_attack
def test_an_attack_says_what_it_does_and_what_it_needs(name):
    attack = ATTACKS[name]

    assert attack.title[0].islower()
    assert not attack.title.endswith(".")
    assert attack.needs <= NEEDS
    assert attack.touches <= COLUMNS


def test_the_attacks_of_the_first_set_are_found():
    needed = "accept_suggestions constant copy_ring copying disguise fast_clicking feature_backdoor"
    needed += " framing_ring gold_aware gold_leak guideline_change hard_items_routed"
    needed += " hostile_reports low_and_slow new_account oscillation poison_before_snapshot"
    needed += " random_answers score_oracle sequence_pattern sleeper slow_boil sybil_majority"
    needed += " targeted_flip uniform_flip"

    assert set(needed.split()) <= set(ATTACKS)


NEW = """
from dataclasses import replace
import numpy as np
from labeltrust.simulate._base import Attack, chosen_rows

def apply(scene, order, rng):
    return replace(scene, label=np.where(chosen_rows(scene, order, rng), 0, scene.label))

ATTACK = Attack(title="is only here for a test", apply=apply)
"""


def test_a_new_attack_needs_only_its_file(tmp_path, monkeypatch):
    (tmp_path / "made_for_a_test.py").write_text(NEW, encoding="utf-8")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])

    found = attacks()

    sys.modules.pop("labeltrust.simulate.made_for_a_test")
    del folder.made_for_a_test
    assert found["made_for_a_test"].title == "is only here for a test"
    assert set(ATTACKS) < set(found)
