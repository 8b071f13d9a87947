"""Two models on the same trusted items: shares, and changes that are paired by item."""

import numpy as np
import pytest

from labeltrust.domain.estimates import Undefined
from labeltrust.metrics.model_change import (
    Answers,
    precision,
    precision_change,
    recall,
    recall_change,
)


def answers(both, gained, lost, neither, *, wrong=(0, 0)):
    """Items of the class by what the models say, and items of another class that each names."""
    before = [1] * both + [0] * gained + [1] * lost + [0] * neither
    after = [1] * both + [1] * gained + [0] * lost + [0] * neither
    n = len(before)
    before += [1] * wrong[0] + [0] * wrong[1]
    after += [0] * wrong[0] + [1] * wrong[1]
    truth = [1] * n + [0] * sum(wrong)
    columns = (np.array(x, dtype=bool) for x in (truth, before, after))
    return Answers(**dict(zip(("truth", "before", "after"), columns, strict=True)))


def test_the_change_of_recall_is_that_of_its_source():
    # By hand from equation 4 of Bonett and Price (2012) with the cells 60, 12, 4, 24.
    found = recall_change(answers(60, 12, 4, 24))

    up, down = 13 / 102, 5 / 102
    half = 1.959964 * np.sqrt((up + down - (up - down) ** 2) / 102)
    assert found.value == pytest.approx(0.08)
    assert found.low == pytest.approx(up - down - half, abs=1e-6)
    assert found.high == pytest.approx(up - down + half, abs=1e-6)
    assert found.n == 100


def test_the_change_of_recall_is_the_difference_of_both_recalls():
    said = answers(50, 9, 3, 38)

    before, after = recall(said.truth, said.before), recall(said.truth, said.after)

    assert recall_change(said).value == pytest.approx(after.value - before.value)


def test_pairing_narrows_the_interval_where_models_mostly_agree():
    same, other = recall_change(answers(50, 3, 0, 47)), recall_change(answers(20, 33, 30, 17))

    assert same.value == other.value
    assert same.high - same.low < (other.high - other.low) / 3


def test_the_interval_of_the_change_of_recall_covers_as_often_as_it_says():
    rng = np.random.default_rng(7)
    cells = rng.multinomial(90, [0.55, 0.12, 0.03, 0.30], size=400)

    found = [recall_change(answers(*row.tolist())) for row in cells]

    covered = np.mean([one.low <= 0.09 <= one.high for one in found])
    assert 0.92 <= covered <= 0.99


def test_the_change_of_precision_is_that_of_both_and_the_same_every_time():
    said = answers(50, 10, 0, 30, wrong=(5, 20))

    found = precision_change(said, np.random.default_rng(3))

    before, after = precision(said.truth, said.before), precision(said.truth, said.after)
    assert found.value == pytest.approx(after.value - before.value)
    assert found.low < found.value < found.high < 0
    assert found == precision_change(said, np.random.default_rng(3))
    assert found.n == 85


def test_nothing_to_divide_by_is_no_number():
    nothing = answers(0, 0, 0, 5)

    assert isinstance(precision(nothing.truth, nothing.after), Undefined)
    assert isinstance(precision_change(nothing, np.random.default_rng(1)), Undefined)
    assert isinstance(recall_change(answers(0, 0, 0, 0, wrong=(2, 2))), Undefined)
    assert isinstance(recall(~nothing.truth, nothing.after), Undefined)
