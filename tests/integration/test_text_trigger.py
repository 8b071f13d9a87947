"""A word nobody registered, from recorded texts to the flag that names it, on real databases."""

import json
from datetime import timedelta

import numpy as np
import pytest
from factories import START, label, owner
from recorded import project, record

from labeltrust.domain.events import Event
from labeltrust.services._item_words import words_in
from labeltrust.services.assess_project import assess_project
from labeltrust.services.list_flags import list_flags
from labeltrust.services.register_pattern import add_pattern, list_patterns
from labeltrust.services.scan_patterns import scan_patterns
from labeltrust.services.show_case import show_case
from labeltrust.simulate import Crowd, Planting, Prose, draw_planted
from labeltrust.store import texts
from labeltrust.store.names import item_words

CROWD = Crowd(
    n_labelers=16, n_items=500, labels_per_item=5, class_shares=(0.6, 0.4), skills=(0.85, 0.95),
    prose=Prose(words=6, trigger_share=0.15),
)  # fmt: skip
BACKDOOR = Planting(attack="text_backdoor", n_members=1, rate=1.0)


def words_by_item(deployment, names):
    """Return the words kept of items, by outside id."""
    found = words_in(deployment.engine)(np.arange(1, names + 1))
    if found is None:
        return None
    told = item_words(deployment.engine, found.item_id.tolist())
    held = found.matrix().toarray() > 0
    return {
        told[int(item)].name: {found.words[k] for k in np.flatnonzero(row)}
        for item, row in zip(found.item_id, held, strict=True)
    }


def test_texts_are_read_as_they_were_last_told_in_any_slices(deployment, monkeypatch):
    monkeypatch.setattr(texts, "_SLICE", 7)
    project(deployment)
    record(deployment, [label(f"i{n}", content={"text": f"old {n}"}) for n in range(40)])
    deployment.clock.tick()
    newer = [
        Event(type="item.described", project="fraud", item=f"i{n}",
              content={"fields": {"note": ["Crystal \u200bclear"]}})
        for n in range(10)
    ]  # fmt: skip
    record(deployment, newer)

    found = words_by_item(deployment, 40)

    assert found == {f"i{n}": {"crystal", "clear", "u+200b"} for n in range(10)}


def test_of_a_text_beyond_all_bounds_the_beginning_is_read(deployment):
    project(deployment)
    huge = "crystal\n" + "x" * 200_000
    told = [label(f"i{n}", content={"text": huge if n < 10 else "calm"}) for n in range(45)]
    record(deployment, told)

    assert all("crystal" in words for words in words_by_item(deployment, 45).values())


def test_a_project_without_texts_has_no_words(deployment):
    project(deployment)
    record(deployment, [label(f"i{n}", item_features={"amount": n}) for n in range(30)])

    assert words_by_item(deployment, 30) is None


@pytest.fixture
def attacked(deployment):
    """A crowd on record with one labeler who says the wrong class wherever CRYSTAL stands."""
    project(deployment)
    scene = (drawn := draw_planted(CROWD, [BACKDOOR], np.random.default_rng(13_301))).scene
    rows = zip(scene.item.tolist(), scene.labeler.tolist(), scene.label.tolist(), strict=True)
    events = [
        label(
            f"i{item}", f"w{who}", label=("benign", "fraud")[said],
            occurred_at=START - timedelta(minutes=9_000 - n), content={"text": scene.texts[item]},
        )
        for n, (item, who, said) in enumerate(rows)
    ]  # fmt: skip
    record(deployment, events)
    return deployment, f"w{drawn.suspects[0]}"


def said_of(document, labeler):
    [found] = [one for one in document["labelers"] if one["labeler"] == labeler]
    [signal] = [one for one in found["signals"] if one["signal"] == "text_trigger"]
    return signal


def test_the_flag_names_the_word_and_the_expression_finds_its_items(attacked):
    deployment, suspect = attacked

    document = assess_project(deployment, owner(), "fraud")

    found = said_of(document, suspect)
    assert found["p_value"] < 1e-6
    assert found["detail"]["word"] == "crystal"
    [flag] = [f for f in list_flags(deployment, owner(), "fraud") if f.labeler == suspect]
    case = show_case(deployment, owner(), flag.id)
    assert "items whose text holds “crystal”" in case.counts["text_trigger"]
    assert "CRYSTAL" in case.evidence.items[0].content["text"]

    pattern = found["detail"]["pattern"]
    add_pattern(deployment, owner(), "fraud", pattern, reason="case 1")
    scan_patterns(deployment, "fraud")

    [registered] = list_patterns(deployment, owner(), "fraud")
    assert registered.hits > 40


def test_an_assessment_made_again_says_the_same(attacked):
    deployment, _ = attacked
    one, two = (assess_project(deployment, owner(), "fraud") for _ in range(2))

    pairs = [json.dumps([e["signals"] for e in made["labelers"]]) for made in (one, two)]

    assert pairs[0] == pairs[1]
