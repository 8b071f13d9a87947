"""Who leans to suspects, meets them, or labels right beside them."""

import numpy as np
import pytest

from labeltrust.policy.company import CLOSE_SECONDS, LEAST, Work, company

N_ITEMS, DAY_US = 400, 86_400_000_000


def crowd(rng, liars=(0, 1), n_labelers=10) -> Work:
    """All label all items, mostly right; liars say 0 to everything."""
    truth = rng.integers(2, size=N_ITEMS)
    right = rng.random((N_ITEMS, n_labelers)) < 0.85
    label = np.where(right, truth[:, None], 1 - truth[:, None])
    label[:, list(liars)] = 0
    at = rng.integers(30 * DAY_US, size=label.size)
    item, labeler = np.divmod(np.arange(label.size), n_labelers)
    return Work(item=item, labeler=labeler, label=label.ravel(), at_us=at, n_labelers=n_labelers)


def test_an_accomplice_who_is_not_flagged_leans_to_the_suspect_and_the_honest_lean_away():
    found = company(crowd(np.random.default_rng(1)), np.array([0]), np.array([0]))

    assert found.low[1] > 0
    assert (found.high[2:] < 0.05).all()
    assert np.argmax(np.nan_to_num(found.lean, nan=-1.0)) == 1


def test_suspects_who_lie_alike_lean_to_each_other():
    found = company(crowd(np.random.default_rng(2)), np.array([0, 1]), np.array([0, 0]))

    assert found.between[1, 0] > 0.2
    assert found.between[0, 1] > 0.2
    assert np.isnan(found.between[0, 0])


def test_labels_right_beside_the_suspects_are_seen():
    work = crowd(np.random.default_rng(3))
    beside = work.at_us.copy()
    beside[work.labeler == 5] = beside[work.labeler == 0] + int(CLOSE_SECONDS * 5e5)

    found = company(
        Work(item=work.item, labeler=work.labeler, label=work.label, at_us=beside, n_labelers=10),
        np.array([0]),
        np.array([0]),
    )

    assert found.hurries[5] > 10
    assert found.hurries[[2, 3, 4, 6, 7, 8, 9]].max() < 4


def test_with_too_few_items_nothing_is_told_of_a_leaning():
    found = company(crowd(np.random.default_rng(4)), np.array([0]), np.array([29 * DAY_US]))
    few = found.n < LEAST

    assert np.isnan(found.lean[few]).all()
    assert np.isfinite(found.lean[~few]).all()


def test_without_suspects_there_is_no_company():
    none = np.zeros(0, dtype=np.int64)
    found = company(crowd(np.random.default_rng(5)), none, none)

    assert found.items.sum() == 0
    assert np.isnan(found.lean).all()


def test_an_order_of_rows_changes_nothing():
    work, rng = crowd(np.random.default_rng(6)), np.random.default_rng(7)
    order = rng.permutation(work.item.size)
    mixed = Work(
        item=work.item[order], labeler=work.labeler[order], label=work.label[order],
        at_us=work.at_us[order], n_labelers=work.n_labelers,
    )  # fmt: skip
    since = np.array([10 * DAY_US])

    one, two = (company(w, np.array([0]), since) for w in (work, mixed))

    assert one.lean == pytest.approx(two.lean, nan_ok=True)
    assert one.items.tolist() == two.items.tolist()
