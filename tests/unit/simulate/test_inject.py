"""Attacks planted into real labels: the anaesthetists of the seeds, and a published crowd."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from optional_data import missing, published

from labeltrust.domain.errors import InvalidInput
from labeltrust.simulate import (
    Assistant,
    Planting,
    Prose,
    Traits,
    attacks,
    plant,
    scene_of,
    to_frames,
    with_suggestions,
    with_texts,
    with_traits,
    words_of,
)

SEEDS = Path(__file__).parents[3] / "seeds"
FULL = {"from_class": 1, "to_class": 0, "since_share": 0.3}


@pytest.fixture(scope="module")
def labels():
    return pd.read_csv(SEEDS / "anaesthetists-1979/labels.csv", dtype=str)


@pytest.fixture(scope="module")
def fraud():
    rows = pd.read_csv(SEEDS / "fraud-review/labels.csv", dtype=str, on_bad_lines="skip")
    good = rows["label"].isin(["benign", "fraud"]) & rows["created_at"].str.match(r"2026-..-..T")
    return rows[good & ~rows["created_at"].str.contains("-13-", na=False)].dropna()


def test_labels_without_times_keep_the_order_of_the_file_and_their_scale(labels):
    scene = scene_of(labels, level="ordinal")
    words = words_of(labels)

    assert words.classes == ("1", "2", "3", "4")
    assert (scene.n_labelers, scene.truth.size, scene.level) == (5, 45, "ordinal")
    assert not scene.is_timed
    assert np.unique(scene.occurred_us).size == scene.item.size == 225


def test_the_last_of_several_answers_counts():
    frame = pd.DataFrame({"item": ["a", "a"], "labeler": ["x", "x"], "label": ["no", "yes"]})

    assert [words_of(frame).classes[c] for c in scene_of(frame).label] == ["yes"]


def test_the_truth_is_gold_else_the_plurality_else_the_lower_median():
    votes = [("a", "123", "112"), ("b", "1234", "1144"), ("c", "1", "4")]
    frame = pd.DataFrame(
        [(item, who, said) for item, w, s in votes for who, said in zip(w, s, strict=True)],
        columns=["item", "labeler", "label"],
    )
    gold = pd.DataFrame({"item": ["c", "z"], "label": ["2", "1"]})

    nominal = scene_of(frame, gold)
    ordinal = scene_of(frame, level="ordinal")

    words = words_of(frame, gold).classes
    assert [words[c] for c in nominal.truth] == ["1", "1", "2"]
    assert nominal.gold.tolist() == [False, False, True]
    assert [words_of(frame).classes[c] for c in ordinal.truth] == ["1", "1", "4"]


def test_a_scene_without_attacks_is_the_file_again(labels):
    last = labels.drop_duplicates(["item", "labeler"], keep="last").reset_index(drop=True)

    frames = to_frames(plant(scene_of(labels), [], np.random.default_rng(1)), words_of(labels))

    pd.testing.assert_frame_equal(frames.labels, last, check_dtype=False)


def everything(scene):
    """Return a scene that every attack can be planted into."""
    rng = np.random.default_rng(3)
    scene = with_suggestions(with_traits(scene, Traits(trigger_share=0.4), rng), Assistant(), rng)
    scene = with_texts(scene, Prose(trigger_share=0.4), rng)
    return replace(
        scene,
        duration_seconds=np.full(scene.item.size, 5.0),
        gold=scene.gold | (np.arange(scene.gold.size) % 4 == 0),
    )


@pytest.mark.parametrize("name", attacks())
def test_every_attack_can_be_planted_into_labels_that_have_what_it_needs(name, fraud):
    scene = everything(scene_of(fraud))

    found = plant(scene, [Planting(attack=name, n_members=3, rate=0.5, **FULL)], rng=rng(4))

    after = found.scene
    assert not (
        np.array_equal(after.label, scene.label) and np.array_equal(after.labeler, scene.labeler)
    )
    assert set(range(scene.n_labelers, after.n_labelers)) <= set(found.suspects.tolist())


def rng(seed):
    return np.random.default_rng(seed)


@pytest.mark.parametrize(
    ("name", "lack"),
    [
        ("fast_clicking", "seconds spent"),
        ("feature_backdoor", "feature 'trigger'"),
        ("text_backdoor", "items with texts"),
        ("accept_suggestions", "suggestions of a model"),
        ("gold_leak", "gold items"),
        ("targeted_flip", "the class attacked"),
        ("sleeper", "its onset"),
    ],
)
def test_an_attack_that_finds_no_hold_is_refused_with_the_reason(name, lack, labels):
    with pytest.raises(InvalidInput, match=lack):
        plant(scene_of(labels), [Planting(attack=name, n_members=1)], rng(5))


def test_labels_without_times_have_no_days(labels):
    late = Planting(attack="sleeper", n_members=1, since_day=3.0)

    with pytest.raises(InvalidInput, match="no times"):
        plant(scene_of(labels), [late], rng(6))


def test_the_truth_file_names_the_row_of_the_onset_where_there_are_no_times(labels):
    late = Planting(attack="sleeper", n_members=1, since_share=0.5)

    frames = to_frames(plant(scene_of(labels), [late], rng(7)), words_of(labels))

    assert frames.truth["since"].str.fullmatch(r"row \d+").all()
    assert "created_at" not in frames.labels


def test_a_published_crowd_is_attacked_where_it_is_there():
    path = published() / "hs-brexit/labels.csv.gz"
    if not path.is_file():
        pytest.skip(missing("hs-brexit"))
    real = pd.read_csv(path, dtype=str)
    scene = scene_of(real)
    names = [name for name, attack in attacks().items() if not attack.needs - {"victim", "classes"}]

    for name in names:
        found = plant(scene, [Planting(attack=name, n_members=1, rate=0.5, **FULL)], rng(8))

        assert found.suspects.size >= 1
        assert found.scene.item.size == scene.item.size
