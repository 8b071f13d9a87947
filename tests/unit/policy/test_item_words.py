"""Texts of strangers cut into words: what counts as one, what is kept, and within which bounds."""

import re
from collections import Counter

import numpy as np
import pytest

from labeltrust.policy import item_words
from labeltrust.policy.item_words import ItemWords, words_held

FILLER = ["nothing here"] * 30


def words_of(text):
    """Return the words kept of a text that a quarter of the items have."""
    found = words_held(np.arange(40), [text] * 10 + FILLER)
    return set(found.words)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Wire me, NOW: now!", {"wire", "me", "now"}),
        ("\uff26\uff35\uff2c\uff2c width", {"full", "width"}),
        ("CRY\u200bSTAL", {"crystal", "u+200b"}),
        ("cafe\u0301 café", {"café"}),
        ("good ★ 😀", {"good", "★", "😀"}),
        ("日本", {"日", "本"}),
        ("ไทย", {"ไ", "ท", "ย"}),
        ("a_b c-d", {"a_b", "c", "d"}),
        ("\x00\x1b[31m red", {"31m", "red"}),
        ("\u202etxet", {"txet", "u+202e"}),
        ("<script>", {"<", "script", ">"}),
        ("x" * 10_000 + " late", {"x" * 40}),
        ("٣٤ naïve", {"٣٤", "naïve"}),
    ],
)
def test_a_text_is_cut_into_what_a_reader_would_call_words(text, words):
    assert words_of(text) == words


@pytest.mark.parametrize("text", ["", "   ", "... --- !!!", "\u200b"])
def test_a_text_without_words_is_no_error(text):
    assert words_of(text) <= {"u+200b"}


def test_words_of_too_few_or_too_many_items_are_left_out():
    texts = [f"all {'some' if k % 5 == 0 else ''} {'few' if k < 9 else ''}" for k in range(100)]

    assert words_held(np.arange(100), texts).words == ("some",)


def drawn_texts(seed, n=300):
    rng = np.random.default_rng(seed)
    words = np.array([f"W{k}" for k in range(60)])
    return [" ".join(rng.choice(words, rng.integers(0, 9))) for _ in range(n)]


def test_it_holds_what_a_plain_count_would_hold_whatever_the_slices():
    texts = drawn_texts(1)
    sets = [set(re.findall(r"\w+", text.lower())) for text in texts]
    frequency = Counter(word for some in sets for word in some)
    kept = sorted(w for w, n in frequency.items() if 10 <= n <= 75)
    book = ItemWords()
    for start in range(0, 300, 70):
        book.add(np.arange(start, min(start + 70, 300)) * 3 + 5, texts[start : start + 70])

    found = book.tokens()

    assert list(found.words) == kept
    dense = found.at(np.arange(300) * 3 + 5).matrix().toarray()
    assert dense.tolist() == [[float(word in some) for word in kept] for some in sets]


def test_two_descriptions_of_one_item_are_held_together():
    ids = np.repeat(np.arange(20), 2)

    found = words_held(ids, ["left", "right"] * 5 + ["left", "left"] + ["other"] * 28)

    assert found.words == ()
    assert found.item_id.size == 0


def test_of_more_words_than_are_kept_those_of_most_items_stay(monkeypatch):
    monkeypatch.setattr(item_words, "MOST_WORDS", 3)
    texts = [" ".join(f"w{k}" for k in range(8) if i % (k + 5) == 0) for i in range(400)]

    assert words_held(np.arange(400), texts).words == ("w0", "w1", "w2")


def test_random_words_without_end_take_no_more_room_than_allowed(monkeypatch):
    monkeypatch.setattr(item_words, "MOST_HELD", 20_000)
    rng = np.random.default_rng(4)
    book = ItemWords()
    for start in range(0, 2_000, 200):
        noise = rng.integers(0, 10**12, (200, 100))
        book.add(
            np.arange(start, start + 200),
            [
                f"{' '.join(map(str, row))} {'mark' if k % 8 == 0 else ''}"
                for k, row in enumerate(noise)
            ],
        )

    found = book.tokens()

    assert book._n_held <= 20_000 + 200 * 101  # noqa: SLF001 - what is held is the point
    assert "mark" in found.words


def test_words_that_many_items_hold_are_looked_through_seldom_however_many_there_are(monkeypatch):
    monkeypatch.setattr(item_words, "MOST_HELD", 1_000)
    pruned = []
    prune = ItemWords._prune  # noqa: SLF001 - how often it works is the point
    monkeypatch.setattr(ItemWords, "_prune", lambda book: pruned.append(1) or prune(book))
    book = ItemWords()
    for start in range(0, 4_000, 20):
        book.add(np.arange(start, start + 20), ["one two three four five six"] * 20)

    assert book.tokens().words == ()
    assert 1 <= len(pruned) <= 8


def test_of_an_item_with_words_without_end_some_are_read():
    endless = " ".join(f"{k:x}" for k in range(4_000))

    assert len(words_of(endless)) == item_words.MOST_OF_ITEM


def test_without_any_text_there_is_nothing():
    assert ItemWords().tokens() is None
