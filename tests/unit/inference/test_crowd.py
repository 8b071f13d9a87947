"""The fitted crowd: what peers believe, and what is left without some of them."""

import numpy as np
import pytest
from planted_crowds import SMALL, judgments_of, planted

from labeltrust.counts import block
from labeltrust.counts.exchange import count as exchange_of
from labeltrust.inference.against_reference import exchange_with
from labeltrust.inference.blocks import block_starts, received_order, summed_blocks
from labeltrust.inference.crowd import fit_crowd
from labeltrust.inference.crowd_model import belief, fit_crowd_model, peer_belief
from labeltrust.inference.crowd_rows import N_BINS, class_of_label, crowd_rows
from labeltrust.inference.families import favourites, habits
from labeltrust.inference.without import rows_of_items, without
from labeltrust.simulate import Planting


@pytest.fixture(scope="module")
def found():
    return planted(Planting(attack="targeted_flip", n_members=3, from_class=1, to_class=0))


@pytest.fixture(scope="module")
def rows(found):
    return crowd_rows(judgments_of(found))


def everybody(rows):
    return np.ones(rows.n_labelers, dtype=bool)


def test_the_crowd_believes_the_truth_of_most_items(found, rows):
    believed = belief(fit_crowd_model(rows, everybody(rows)), rows).argmax(axis=1)

    assert (believed == found.scene.truth).mean() > 0.93


def test_gold_is_known_and_not_inferred(found, rows):
    certain = belief(fit_crowd_model(rows, everybody(rows)), rows)[found.scene.gold]

    assert np.allclose(certain.max(axis=1), 1)
    assert (certain.argmax(axis=1) == found.scene.truth[found.scene.gold]).all()


def test_error_rates_of_a_liar_are_his_and_not_the_crowds(found, rows):
    model = fit_crowd_model(rows, everybody(rows))
    liars = found.suspects

    says_benign_of_fraud = np.exp(model.log_confusion[:, 0, 1])

    assert says_benign_of_fraud[liars].min() > 0.8
    assert model.typical[1, 0] < 0.4


def test_peers_believe_without_the_labelers_own_label(rows):
    model = fit_crowd_model(rows, everybody(rows))
    row = int(np.flatnonzero(rows.gold[rows.item] < 0)[0])
    others = np.flatnonzero((rows.item == rows.item[row]) & (np.arange(rows.n) != row))

    log_odds = np.log(model.prior) + sum(
        model.log_confusion[rows.labeler[k], rows.label[k]] for k in others
    )

    expected = np.exp(log_odds) / np.exp(log_odds).sum()
    assert peer_belief(model, rows)[row] == pytest.approx(expected)


def test_labelers_outside_the_reference_have_no_voice(rows):
    few = everybody(rows)
    few[:12] = False
    kept = judgments_of(
        planted(Planting(attack="targeted_flip", n_members=3, from_class=1, to_class=0))
    )
    silent = np.flatnonzero(few[kept.labeler])
    alone = crowd_rows(
        block(
            kept.item[silent],
            kept.labeler[silent],
            kept.label[silent],
            n_labelers=24,
            values=[0, 1],
            gold=(np.flatnonzero(kept.gold >= 0), kept.gold[kept.gold >= 0]),
        )
    )

    with_all = fit_crowd_model(rows, few)
    without_them = fit_crowd_model(alone, few)

    assert with_all.typical == pytest.approx(without_them.typical, abs=1e-4)


def test_nobody_counts_for_more_than_the_median_labeler():
    rng = np.random.default_rng(1)
    n_items = 800
    giant = np.zeros(n_items, dtype=np.int64)
    truth = rng.integers(0, 2, n_items)
    item = [np.arange(n_items)]
    labeler, label = [giant], [np.zeros(n_items, dtype=np.int64)]
    for who in range(1, 31):
        mine = rng.choice(n_items, 60, replace=False)
        right = rng.random(60) < 0.9
        item.append(mine)
        labeler.append(np.full(60, who))
        label.append(np.where(right, truth[mine], 1 - truth[mine]))
    b = block(
        np.concatenate(item),
        np.concatenate(labeler),
        np.concatenate(label),
        n_labelers=31,
        values=[0, 1],
    )

    model = fit_crowd_model(crowd_rows(b), np.ones(31, dtype=bool))

    assert np.diag(model.typical).min() > 0.75


def test_leaving_accusers_out_is_believing_as_if_they_had_not_labeled(rows):
    crowd = fit_crowd(rows, everybody(rows))
    labeler, accusers = 4, np.array([1, 7, 9])

    alone = without(crowd, labeler, accusers)

    mine = crowd.rows_of(labeler)
    for k in range(0, mine.size, 17):
        row = mine[k]
        if rows.gold[rows.item[row]] >= 0:
            assert np.array_equal(alone.belief[k], crowd.belief[row])
            continue
        peers = np.flatnonzero(
            (rows.item == rows.item[row])
            & (rows.labeler != labeler)
            & ~np.isin(rows.labeler, accusers)
        )
        log_odds = np.log(crowd.model.prior) + sum(
            (crowd.model.log_confusion[rows.labeler[p], rows.label[p]] for p in peers),
            start=np.zeros(2),
        )
        assert alone.belief[k] == pytest.approx(np.exp(log_odds) / np.exp(log_odds).sum())
        assert alone.others[k].sum() == peers.size


def test_leaving_nobody_out_changes_nothing(rows):
    crowd = fit_crowd(rows, everybody(rows))

    alone = without(crowd, 4, np.zeros(0, dtype=np.int64))

    assert alone.belief == pytest.approx(crowd.belief[crowd.rows_of(4)], abs=1e-9)


def test_only_the_last_answer_to_an_item_counts():
    b = block(
        [1, 1, 1, 2],
        [0, 0, 1, 0],
        [0, 1, 0, 1],
        n_labelers=2,
        values=[0, 1],
        received_us=[7, 5, 5, 5],
    )

    found = crowd_rows(b)

    assert sorted(zip(found.item, found.labeler, found.label, strict=True)) == [
        (0, 0, 0),
        (0, 1, 0),
        (1, 0, 1),
    ]


def test_numbers_become_fifths_and_rare_words_share_a_class():
    rng = np.random.default_rng(2)
    label = rng.integers(0, 100, 2000)
    numbers = block(
        range(2000), [0] * 2000, label, n_labelers=1, values=range(100), level="interval"
    )
    words = block(range(2000), [0] * 2000, np.minimum(label, 19), n_labelers=1, values=range(20))

    fifths, classes = class_of_label(numbers), class_of_label(words)

    assert np.bincount(fifths[label]).tolist() == pytest.approx([400] * N_BINS, abs=60)
    assert (np.diff(fifths) >= 0).all()
    assert classes.max() == 11
    assert classes[19] == 0


def test_blocks_have_fixed_borders_so_that_new_rows_move_none():
    assert block_starts(np.array([0] * 5 + [2] * 3), 2).tolist() == [0, 2, 4, 5, 7]
    assert block_starts(np.array([0] * 6 + [2] * 3), 2).tolist() == [0, 2, 4, 6, 8]
    assert block_starts(np.zeros(0, dtype=np.int64), 2).size == 0


def test_sums_over_blocks_are_the_sums_of_their_rows(rows):
    order = received_order(rows)
    values = np.random.default_rng(3).random((rows.n, 3))

    sums, first = summed_blocks(rows.labeler, order, 16, lambda r: np.exp(values[r]))

    assert sums.sum(axis=0) == pytest.approx(values.sum(axis=0))
    assert sums[0] == pytest.approx(values[order[:16]].sum(axis=0))
    assert first[0] == order[0]


def test_habits_look_back_only(rows):
    order = received_order(rows)
    chance = habits(rows, order)

    mine = order[rows.labeler[order] == 3]
    for k in (0, 1, 10):
        earlier = rows.label[mine[:k]]
        expected = ((earlier == rows.label[mine[k]]).sum() + 0.5) / (k + 1)
        assert chance[mine[k]] == pytest.approx(expected)


def test_favourites_are_the_most_frequent_classes(rows):
    most = favourites(rows)

    assert all(most[a] == np.bincount(rows.label[rows.labeler == a]).argmax() for a in range(24))


def test_rows_of_items_are_all_their_rows(rows):
    at, place = rows_of_items(rows, np.array([5, 2]))

    assert rows.item[at].tolist() == [5] * 5 + [2] * 5
    assert place.tolist() == [0] * 5 + [1] * 5


def test_agreement_with_reference_peers_is_that_of_a_block_without_the_others(found):
    judgments = judgments_of(found)
    reference = np.ones(SMALL.n_labelers, dtype=bool)
    reference[[3, 8]] = False

    counted = exchange_with(judgments, reference)

    keep = np.flatnonzero(judgments.labeler != 8)
    beside = exchange_of(
        block(
            judgments.item[keep],
            judgments.labeler[keep],
            judgments.label[keep],
            n_labelers=24,
            values=[0, 1],
        )
    )
    keep = np.flatnonzero(reference[judgments.labeler])
    honest = exchange_of(
        block(
            judgments.item[keep],
            judgments.labeler[keep],
            judgments.label[keep],
            n_labelers=24,
            values=[0, 1],
        )
    )
    assert counted.score[3] == pytest.approx(beside.score[3])
    assert counted.score[0] == pytest.approx(honest.score[0])
