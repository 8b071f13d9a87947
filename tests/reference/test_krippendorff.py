"""Alpha against Krippendorff's own example and the krippendorff package."""

import krippendorff
import numpy as np
import pytest
from blocks import drawn

from labeltrust.counts import Judgments, block, coincidences
from labeltrust.domain.estimates import Undefined
from labeltrust.metrics.krippendorff_alpha import krippendorff_alpha

NONE = 0
OBSERVERS = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, NONE, NONE, NONE],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, NONE, 3],
        [NONE, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, NONE],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, NONE],
    ]
)
"""Krippendorff (2011), "Computing Krippendorff's Alpha-Reliability", example C: 4 observers."""

LEVELS = ("nominal", "ordinal", "interval", "ratio")


def observers(level: str) -> Judgments:
    labeler, item = np.nonzero(OBSERVERS)
    label = OBSERVERS[labeler, item] - 1
    return block(item, labeler, label, n_labelers=4, values=[1, 2, 3, 4, 5], level=level)


@pytest.mark.parametrize(
    ("level", "published"),
    [("nominal", 0.743), ("ordinal", 0.815), ("interval", 0.849), ("ratio", 0.797)],
)
def test_the_four_observer_example_has_its_published_alpha(level, published):
    alpha = krippendorff_alpha(coincidences.count(observers(level))).project

    assert round(alpha.value, 3) == published
    assert alpha.n == 11


def test_the_two_observer_binary_example_has_its_published_alpha():
    """Krippendorff (2011), example A: 10 units, alpha = 0.095."""
    meg, owen = [0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0]
    b = block(
        [*range(10), *range(10)], [0] * 10 + [1] * 10, meg + owen, n_labelers=2, values=[0, 1]
    )

    assert round(krippendorff_alpha(coincidences.count(b)).project.value, 3) == 0.095


def by_package(b: Judgments, without: int | None = None) -> float:
    """Return alpha by the krippendorff package, NaN where it has none."""
    kept = np.ones(b.n, dtype=bool) if without is None else b.labeler != without
    counts = np.zeros((b.n_items, b.n_labels))
    np.add.at(counts, (b.item[kept], b.label[kept]), 1)
    counts = counts[counts.sum(axis=1) > 0]
    order = np.argsort(b.values)
    if (counts.sum(axis=1) < 2).all() or np.count_nonzero(counts[counts.sum(1) > 1].sum(0)) < 2:
        return np.nan
    return krippendorff.alpha(
        value_counts=counts[:, order],
        value_domain=list(b.values[order]),
        level_of_measurement=b.level,
    )


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("repeats", [False, True])
@pytest.mark.parametrize("seed", range(12))
def test_alpha_and_every_leave_one_out_alpha_are_those_of_the_package(level, repeats, seed):
    rng = np.random.default_rng(seed)
    b = drawn(rng, int(rng.integers(4, 60)), level, repeats=repeats).block()

    found = krippendorff_alpha(coincidences.count(b))

    one = np.nan if isinstance(found.project, Undefined) else found.project.value
    assert one == pytest.approx(by_package(b), abs=1e-9, nan_ok=True)
    for a in range(b.n_labelers):
        wanted = by_package(b, a)
        assert found.without.value[a] == pytest.approx(wanted, abs=1e-9, nan_ok=True)
        if np.isfinite(wanted) and np.isfinite(one):
            effect = found.effect[a]
            if not isinstance(effect, Undefined):
                assert effect.value == pytest.approx(wanted - one, abs=1e-9)


@pytest.mark.parametrize("level", LEVELS)
def test_every_leave_one_out_alpha_of_the_published_example_is_that_of_the_package(level):
    b = observers(level)

    found = krippendorff_alpha(coincidences.count(b))

    assert found.without.value == pytest.approx([by_package(b, a) for a in range(4)], abs=1e-12)
