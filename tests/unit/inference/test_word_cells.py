"""Counting by labeler and word, beside a plain count in loops; and what is fitted to it."""

from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import judgments_of, planted
from scipy.special import expit, logit

from labeltrust.inference import word_cells as module
from labeltrust.inference.crowd import fit_crowd
from labeltrust.inference.crowd_rows import crowd_rows
from labeltrust.inference.peer_view import peer_view
from labeltrust.inference.word_cells import (
    EVERY,
    MIN_INSIDE,
    MIN_OUTSIDE,
    SURE,
    rows_of,
    word_cells,
)
from labeltrust.inference.word_population import word_null
from labeltrust.simulate import Crowd, Planting, Prose

CROWD = Crowd(
    n_labelers=12, n_items=240, labels_per_item=5, class_shares=(0.5, 0.3, 0.2),
    prose=Prose(words=6, vocabulary=60),
)  # fmt: skip


@pytest.fixture(scope="module")
def seen():
    judgments = judgments_of(planted(crowd=CROWD, seed=13_101))
    everybody = np.ones(12, dtype=bool)
    return judgments, fit_crowd(crowd_rows(judgments), everybody), everybody


def counted_plainly(judgments, crowd, said):
    """Return n, hits, expected, labels and hits elsewhere of each labeler and word, row by row."""
    view = peer_view(crowd, SURE)
    confusion = np.exp(crowd.model.log_confusion)
    held = judgments.tokens.matrix().toarray() > 0
    rows = {}
    for k in range(view.row.size):
        labeler, label, true = view.labeler[k], view.label[k], view.believed[k]
        if true == said:
            continue
        item = crowd.rows.item[view.row[k]]
        if said == EVERY:
            hit, chance = label != true, 1 - view.own_chance[k]
        else:
            belief = crowd.belief[view.row[k]]
            hit = label == said
            chance = sum(belief[t] * confusion[labeler, t, said] for t in range(belief.size))
        rows.setdefault(int(labeler), []).append((item, true, float(hit), float(chance)))
    found = {}
    for labeler, mine in rows.items():
        for word in range(held.shape[1]):
            inside = [row for row in mine if held[row[0], word]]
            outside = [row for row in mine if not held[row[0], word]]
            if len(inside) < MIN_INSIDE or len(outside) < MIN_OUTSIDE:
                continue
            expected = sum(expected_plainly(true, inside, outside) for true in range(3))
            found[labeler, word] = (
                len(inside), sum(r[2] for r in inside), expected,
                len(outside), sum(r[2] for r in outside),
            )  # fmt: skip
    return found


def expected_plainly(true, inside, outside):
    here, there = ([r for r in rows if r[1] == true] for rows in (inside, outside))
    if not here:
        return 0.0
    n, hits, expected = len(there), sum(r[2] for r in there), sum(r[3] for r in there)
    p = expected / n if n else 0.0
    noise = np.sqrt(n * p * (1 - p) + 0.25)
    error = (1 / (expected + 0.5) + 1 / (n - expected + 0.5)) * noise
    level = np.log((hits + 0.5) / (n - hits + 0.5) * (n - expected + 0.5) / (expected + 0.5))
    chance = np.clip(sum(r[3] for r in here) / len(here), 1e-4, 1 - 1e-4)
    return len(here) * expit(logit(chance) + level / (1 + error**2))


@pytest.mark.parametrize("at_a_time", [400_000, 100])
def test_cells_are_what_a_plain_count_finds_however_many_are_counted_at_a_time(
    seen, at_a_time, monkeypatch
):
    monkeypatch.setattr(module, "_AT_A_TIME", at_a_time)
    judgments, crowd, everybody = seen

    for cells in word_cells(rows_of(crowd), judgments.tokens, everybody):
        plain = counted_plainly(judgments, crowd, cells.said)
        keys = list(zip(cells.labeler.tolist(), cells.word.tolist(), strict=True))
        columns = (
            cells.share.n, cells.share.hits, cells.share.expected, cells.rest.n, cells.rest.hits
        )  # fmt: skip

        assert set(keys) == set(plain)
        assert len(keys) > 100
        assert np.stack(columns, axis=1) == pytest.approx(
            np.array([plain[key] for key in keys]), rel=1e-4, abs=1e-4
        )


def test_a_word_that_is_hard_for_everybody_is_a_surprise_of_nobody(seen):
    judgments, _, everybody = seen
    word = int(np.bincount(judgments.tokens.word).argmax())
    held = judgments.tokens.holding(np.arange(judgments.n_items), word)
    rng = np.random.default_rng(5)
    wrong = held[judgments.item] & (rng.random(judgments.n) < 0.4)
    label = np.where(wrong, (judgments.label + 1) % 3, judgments.label)
    crowd = fit_crowd(crowd_rows(replace(judgments, label=label)), everybody)

    every = next(iter(word_cells(rows_of(crowd), judgments.tokens, everybody)))
    null = word_null(every, everybody)

    mine = every.word == word
    usual = expit(null.centre[mine]) @ every.share.n[mine]
    assert usual == pytest.approx(every.share.hits[mine].sum(), rel=0.15)
    assert (null.deviation[mine] < 3).all()


def test_labelers_with_a_trigger_in_common_do_not_hide_behind_each_other():
    backdoor = Planting(attack="text_backdoor", n_members=3, rate=1.0)
    crowd = Crowd(n_labelers=20, n_items=3000, labels_per_item=5, prose=Prose(words=10))
    found = planted(backdoor, crowd=crowd, seed=13_102)
    judgments, everybody = judgments_of(found), np.ones(20, dtype=bool)
    fitted = fit_crowd(crowd_rows(judgments), everybody)

    every = next(iter(word_cells(rows_of(fitted), judgments.tokens, everybody)))
    null = word_null(every, everybody)

    word = judgments.tokens.words.index("crystal")
    mine = (every.word == word) & np.isin(every.labeler, found.suspects)
    others = (every.word == word) & ~mine
    assert null.deviation[mine].min() > 3
    assert null.deviation[others].max() < 3
    assert null.spread[mine].max() < 1
