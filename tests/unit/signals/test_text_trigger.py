"""Backdoors nobody registered: labels that are wrong only where the text holds a word."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import appraised, evidence_of, flagged, judgments_of, planted
from scipy import stats

from labeltrust.policy.item_words import words_held
from labeltrust.policy.wording import facts_in_words
from labeltrust.signals.text_trigger import SIGNAL
from labeltrust.simulate import Crowd, Planting, Prose

CROWD = Crowd(
    n_labelers=60, n_items=4000, labels_per_item=5, class_shares=(0.4, 0.3, 0.2, 0.1), prose=Prose()
)
BACKDOOR = Planting(attack="text_backdoor", n_members=3, rate=0.8, to_class=0)


def read(found):
    return SIGNAL.read(evidence_of(judgments_of(found)))


def test_four_of_five_flips_to_one_class_where_one_text_in_twenty_holds_the_word_are_found():
    caught = 0
    for seed in range(13_201, 13_205):
        found = planted(BACKDOOR, crowd=CROWD, seed=seed)
        caught += int((read(found).p_value[found.suspects] < 0.01).sum())

    # 12 suspects with about 20 such labels each; fails only if 0.8 is rejected at 1e-6
    assert stats.binom.cdf(caught, 12, 0.8) > 1e-6


@pytest.fixture(scope="module")
def whole():
    """A whole backdoor, and what is said of it."""
    found = planted(replace(BACKDOOR, rate=1.0), crowd=CROWD, seed=13_210)
    return found, read(found)


def test_the_word_is_named_with_counts_items_and_an_expression_to_register(whole):
    found, said = whole

    worst = int(found.suspects[np.argmin(said.p_value[found.suspects])])
    detail = said.detail[worst]
    assert (detail["word"], detail["said"]) == ("crystal", 0)
    assert detail["pattern"] == r"(?i)\bcrystal\b"
    assert detail["disagreed"] > 0.8 * detail["of"]
    assert detail["elsewhere"] < 0.2 * detail["of_others"]
    assert all("CRYSTAL" in found.scene.texts[item] for item in detail["items"])
    assert said.effect[worst] > 0.5
    words = facts_in_words({**detail, "said": "benign"})
    assert "items whose text holds “crystal”" in words


def test_who_errs_everywhere_has_no_word():
    flips = Planting(attack="uniform_flip", n_members=3, rate=0.6)
    found = planted(flips, crowd=CROWD, seed=13_211)

    assert (read(found).p_value[found.suspects] > 0.001).all()


def test_a_flag_rests_on_the_word_and_shows_the_items_that_hold_it_first():
    smaller = replace(CROWD, n_labelers=30, n_items=1600)
    found = planted(replace(BACKDOOR, rate=1.0), crowd=smaller, seed=13_212)

    said = appraised(judgments_of(found))

    mine = [flag for flag in said.flags if "text_trigger" in flag.state.signals]
    assert set(found.suspects.tolist()) & flagged(said)
    assert mine
    shown = [item["item"] for item in mine[0].state.evidence["items"]]
    named = mine[0].state.evidence["signals"]["text_trigger"]["detail"]["items"]
    assert set(named) <= set(shown[: len(named)])


def told(judgments, texts):
    tokens = words_held(judgments.item_id, texts)
    return SIGNAL.read(evidence_of(replace(judgments, tokens=tokens.at(judgments.item_id))))


@pytest.fixture(scope="module")
def flipped():
    """The busiest labeler flips every 15th item, which nothing but its text tells apart."""
    crowd = replace(CROWD, class_shares=(0.6, 0.4), prose=None)
    judgments = judgments_of(planted(crowd=crowd, seed=13_213))
    marked = np.arange(judgments.n_items) % 15 == 0
    suspect = int(np.bincount(judgments.labeler).argmax())
    hit = marked[judgments.item] & (judgments.labeler == suspect)
    label = np.where(hit, 1 - judgments.label, judgments.label)
    return replace(judgments, label=label), marked, suspect


@pytest.mark.parametrize(
    ("mark", "word"),
    [
        ("Crystal", "crystal"),
        ("\u200b", "u+200b"),
        ("★", "★"),
        ("<script>alert(1)</script>", "script"),
        ("水", "水"),
        ("x" * 5_000, "x" * 40),
    ],
)
def test_whatever_the_mark_is_made_of_it_is_found(mark, word, flipped):
    judgments, marked, suspect = flipped

    said = told(judgments, [f"item{mark if m else ''} no {k % 7}" for k, m in enumerate(marked)])

    alone = told(judgments, [f"item {mark if m else ''} no {k % 7}" for k, m in enumerate(marked)])
    assert alone.p_value[suspect] == np.nanmin(alone.p_value)
    assert alone.p_value[suspect] < 0.001
    assert alone.detail[suspect]["word"] in {word, "<", "alert", "1", "script"}
    assert said.p_value[suspect] < 0.001  # glued to another word it makes a word of its own


def test_items_without_a_text_are_those_without_the_word(flipped):
    judgments, marked, suspect = flipped
    texts = ["crystal" if m else f"no {k}" for k, m in enumerate(marked)]
    tokens = words_held(judgments.item_id[::2], texts[::2]).at(judgments.item_id)

    found = SIGNAL.read(evidence_of(replace(judgments, tokens=tokens))).detail[suspect]

    triggered = int(marked[judgments.item[judgments.labeler == suspect]].sum())
    assert found["word"] == "crystal"
    assert found["disagreed"] <= found["of"] < triggered


def test_a_text_that_parts_nothing_says_so(flipped):
    judgments, *_ = flipped

    alike = told(judgments, ["the same"] * judgments.n_items)
    unlike = told(judgments, [f"item{k}" for k in range(judgments.n_items)])

    assert "no word parts the items" in alike.reason[0]
    assert "no word parts the items" in unlike.reason[0]


def test_without_texts_it_is_silent(flipped):
    judgments, *_ = flipped

    assert set(SIGNAL.read(evidence_of(judgments)).reason) == {"no item texts on record"}
    assert SIGNAL.needs == {"texts"}


def test_few_labelers_are_no_population():
    crowd = Crowd(n_labelers=9, n_items=300, labels_per_item=4, prose=Prose())

    assert "10 labelers" in read(planted(crowd=crowd, seed=13_214)).reason[0]
