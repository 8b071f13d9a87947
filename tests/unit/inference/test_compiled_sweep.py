"""The compiled loop of the extra and the sparse products of the plain install agree."""

import numpy as np
import pytest

from labeltrust.inference._label_matrix import label_matrix, sweep, swept_by_products


@pytest.mark.parametrize("n_classes", [2, 5])
@pytest.mark.parametrize("weighted", [False, True])
def test_compiled_and_plain_agree(n_classes, weighted):
    pytest.importorskip("numba", reason="the extra labeltrust[compiled] is not installed")
    rng = np.random.default_rng(n_classes)
    n, n_items, n_labelers = 3_000, 500, 12
    item, cell = np.arange(n) % n_items, rng.integers(0, n_labelers * n_classes, n)
    weight = rng.random(n) if weighted else np.ones(n)
    gold = np.where(rng.random(n_items) < 0.2, rng.integers(0, n_classes, n_items), -1)
    matrix = label_matrix(item, cell, weight, gold, (n_labelers, n_classes))
    confusion = rng.dirichlet(np.ones(n_classes), n_labelers * n_classes)
    prior = rng.dirichlet(np.ones(n_classes))
    one, two = np.zeros((2, n_items, n_classes))

    found = sweep(matrix, np.log(confusion), np.log(prior), one)
    plain = swept_by_products(matrix, np.log(confusion), np.log(prior), two)

    np.testing.assert_allclose(one, two, atol=1e-13)
    np.testing.assert_allclose(found.table, plain.table, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(found.items, plain.items, rtol=1e-12)
    assert found.entropy == pytest.approx(plain.entropy, rel=1e-12)
    assert found.log_likelihood == pytest.approx(plain.log_likelihood, rel=1e-12)
