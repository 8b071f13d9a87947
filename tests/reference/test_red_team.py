"""The red team in short: fresh seeds, and every claim fails only where it is all but impossible.

Seeds are drawn when the test runs and printed, so that a failure can be drawn again with
`labeltrust redteam run --seed`. All claims of the file share one chance in a million.
"""

from dataclasses import replace

import pytest
from scipy import stats

from labeltrust.redteam.cells import framing_cells, honest_cells, standard_cells
from labeltrust.redteam.claims import EVER_FLAGGED, FALSE_FREEZES, FRAMED, LEVEL_OF_ALL, NOMINAL
from labeltrust.redteam.plan import fresh_seed
from labeltrust.redteam.run_cell import Bench, run_cell, run_framing

CLAIMS = 20
"""More than the tests below make."""
HONEST_SEEDS, ATTACK_SEEDS, FRAMING_RUNS = 2, 2, 12
POWERS = {
    "flip 50 % from half-time": 0.8,
    "targeted 60 %": 0.8,
    "constant 40 %": 0.8,
    "gold-aware flip 30 %": 0.5,
}
FRAMED_CELLS = [cell for cell in framing_cells() if cell.plantings[0].rate == 0.4]


@pytest.fixture(scope="module")
def seed() -> int:
    drawn = fresh_seed()
    print(f"first seed drawn: {drawn}")  # noqa: T201 - a failure must be repeatable
    return drawn


def too_many(k: int, n: int, at_most: float) -> bool:
    """Whether at least k of n would be seen less than once in a million claims like this."""
    print(f"{k} of {n}, at most {at_most:.1%} claimed")  # noqa: T201 - the figure
    return bool(stats.binom.sf(k - 1, n, at_most) < LEVEL_OF_ALL / CLAIMS)


def too_few(k: int, n: int, at_least: float) -> bool:
    print(f"{k} of {n}, at least {at_least:.1%} claimed")  # noqa: T201 - the figure
    return bool(stats.binom.cdf(k, n, at_least) < LEVEL_OF_ALL / CLAIMS)


def ours(cell, seed, n_seeds):
    found = [run_cell(cell, seed + k, Bench(), index=k)["runs"][0] for k in range(n_seeds)]
    return {name: sum(row[name] for row in found) for name in found[0] if name.startswith(SUMMED)}


SUMMED = ("honest", "attackers", "flagged")


@pytest.mark.slow
def test_honest_labelers_are_left_alone_while_their_labels_come_in(seed):
    rows = [ours(replace(cell, looks=4), seed, HONEST_SEEDS) for cell in honest_cells()]

    n = sum(row["honest"] for row in rows)
    assert not too_many(sum(row["honest_ever_flagged"] for row in rows), n, EVER_FLAGGED)
    assert not too_many(sum(row["honest_ever_held"] for row in rows), n, FALSE_FREEZES)


@pytest.mark.slow
@pytest.mark.parametrize("name", POWERS)
def test_attackers_are_found_at_the_stated_false_discovery_rate(seed, name):
    cell = next(cell for cell in standard_cells() if cell.name == name)

    row = ours(replace(cell, looks=0), seed, ATTACK_SEEDS)

    assert not too_few(row["attackers_ever_flagged"], row["attackers"], POWERS[name])
    assert not too_many(row["honest_flagged"], row["flagged"], NOMINAL)
    assert not too_many(row["honest_held"], row["honest"], FALSE_FREEZES)


@pytest.mark.slow
def test_the_victim_of_a_framing_ring_keeps_his_labels(seed):
    rows = [
        row
        for cell in FRAMED_CELLS
        for row in run_framing(cell, range(seed, seed + FRAMING_RUNS))["framing"]
    ]

    others = sum(row["others_held"] for row in rows)
    assert len(rows) == FRAMING_RUNS * len(FRAMED_CELLS)
    assert not too_many(sum(row["victim_held"] for row in rows), len(rows), FRAMED)
    assert not too_many(others, 29 * len(rows), FALSE_FREEZES)
