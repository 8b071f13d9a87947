"""Who knows the true likelihoods: finds what can be found, accuses no more than it says."""

from dataclasses import replace

import numpy as np

from labeltrust.redteam._draw import draw
from labeltrust.redteam._oracle import oracle
from labeltrust.redteam.cells import Cell, planting
from labeltrust.simulate import Crowd

CROWD = Crowd(n_labelers=20, n_items=500, labels_per_item=5, class_shares=(0.5, 0.3, 0.2))


def doubts(attack: str, rate: float, seed: int, crowd: Crowd = CROWD) -> tuple:
    cell = Cell(name=attack, crowd=crowd, plantings=(planting(attack, rate, n_members=2),))
    drawn = draw(cell, seed)
    return oracle(drawn, cell, np.random.default_rng(seed)), drawn.attacks


def test_half_of_all_labels_flipped_leave_no_doubt_of_who_did_it():
    doubt, attacks = doubts("uniform_flip", 0.5, 20_011)

    assert doubt[attacks].max() < 0.01
    assert np.median(doubt[~attacks]) > 0.99


def test_its_doubts_are_frequencies():
    found = [doubts("uniform_flip", 0.1, 20_100 + k) for k in range(12)]
    doubt, attacks = (np.concatenate(x) for x in zip(*found, strict=True))

    expected = (1 - doubt).sum()

    spread = np.sqrt((doubt * (1 - doubt)).sum())
    assert abs(expected - attacks.sum()) < 5 * spread + 1


def test_it_says_nothing_where_members_decide_together():
    assert doubts("copy_ring", 0.3, 20_012)[0] is None
    assert doubts("copying", 0.8, 20_013)[0] is None


def test_it_says_nothing_of_crowds_without_one_attack():
    cell = Cell(name="none", crowd=replace(CROWD, n_items=50))

    assert oracle(draw(cell, 20_014), cell, np.random.default_rng(1)) is None
