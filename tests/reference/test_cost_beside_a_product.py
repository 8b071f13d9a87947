"""A guard against work that became dear: processor time as multiples of one sparse product.

The product (`benchmarks/_sizes.py`) runs in the same test, in turns; of each the best of some
rounds counts, so that a neighbour on the machine raises neither alone. The bounds are twice what
was measured (9.1 and 5.0): they catch a change of order, not of a tenth. `make bench` states the
figures themselves.
"""

from time import process_time

import pytest
from _sizes import alphas, crowd, floor, pair_counts

N_LABELS, ROUNDS = 200_000, 7


@pytest.fixture(scope="module")
def columns():
    return crowd(N_LABELS)


def best(*works):
    found = [float("inf")] * len(works)
    for _ in range(ROUNDS):
        for k, work in enumerate(works):
            began = process_time()
            work()
            found[k] = min(found[k], process_time() - began)
    return found


@pytest.mark.parametrize(("work", "most"), [(pair_counts, 18.0), (alphas, 10.0)])
def test_counting_costs_so_many_products_at_most(columns, work, most):
    product, ours = best(floor(columns), work(columns))

    assert ours / product < most
