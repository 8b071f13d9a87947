"""Leave-one-out alpha of all labelers, beside a loop over krippendorff.alpha; ratios of one run.

100,000 labels: 20,000 items with 5 labels each, 1,000 labelers, 4 classes. The peer is called in
two ways: as its manual shows (a matrix of labelers by items with one row taken out), and at its
best (a table of items by labels, from which only the labeler's own labels are taken). It answers
with one number; ours comes with intervals and starts from unsorted columns.

Every call of the peer does the same work whoever is left out, so a sample of labelers is timed in
each round and scaled to all of them. The answers are compared.

    python benchmarks/loo_alpha.py [LABELS]
"""

import sys
from collections.abc import Callable
from time import perf_counter

import krippendorff
import numpy as np

from labeltrust.counts import block, coincidences
from labeltrust.metrics.krippendorff_alpha import krippendorff_alpha

PER_ITEM, LABELERS, CLASSES, SEED = 5, 1_000, 4, 20_260_102
ROUNDS, SAMPLE = 5, 4
TARGET = 450

Columns = tuple[np.ndarray, np.ndarray, np.ndarray]


def crowd(n_labels: int) -> Columns:
    """Return item, labeler and label of honest labelers, in random order."""
    rng = np.random.default_rng(SEED)
    n_items = n_labels // PER_ITEM
    item = np.repeat(np.arange(n_items), PER_ITEM)
    seat = np.tile(np.arange(PER_ITEM), n_items)
    step = rng.integers(1, LABELERS // PER_ITEM, n_items)
    labeler = (rng.integers(0, LABELERS, n_items)[item] + seat * step[item]) % LABELERS
    truth = rng.integers(0, CLASSES, n_items)
    right = rng.random(item.size) < rng.uniform(0.7, 0.92, LABELERS)[labeler]
    label = np.where(right, truth[item], rng.integers(0, CLASSES, item.size))
    order = rng.permutation(item.size)
    return item[order], labeler[order], label[order]


def ours(columns: Columns) -> np.ndarray:
    """Return alpha without each labeler."""
    b = block(*columns, n_labelers=LABELERS, values=np.arange(CLASSES))
    return krippendorff_alpha(coincidences.count(b)).without.value


def by_matrix(columns: Columns, who: np.ndarray) -> np.ndarray:
    """Return alpha without some labelers, from a matrix of labelers by items."""
    item, labeler, label = columns
    grid = np.full((LABELERS, item.max() + 1), np.nan)
    grid[labeler, item] = label
    return np.array(
        [
            krippendorff.alpha(np.delete(grid, a, axis=0), level_of_measurement="nominal")
            for a in who
        ]
    )


def by_counts(columns: Columns, who: np.ndarray) -> np.ndarray:
    """Return alpha without some labelers, from a table of items by labels."""
    item, labeler, label = columns
    table = np.zeros((item.max() + 1, CLASSES))
    np.add.at(table, (item, label), 1)
    answers = []
    for a in who:
        rest, own = table.copy(), labeler == a
        np.subtract.at(rest, (item[own], label[own]), 1)
        answers.append(krippendorff.alpha(value_counts=rest, level_of_measurement="nominal"))
    return np.array(answers)


def seconds(work: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """Return the time of one call and its answer."""
    began = perf_counter()
    answer = work()
    return perf_counter() - began, answer


def main() -> int:
    """Print the ratios; 1 if the claim does not hold."""
    columns = crowd(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    n_items = columns[0].size // PER_ITEM
    print(f"{columns[0].size} labels, {n_items} items, {LABELERS} labelers, {CLASSES} classes")
    rng = np.random.default_rng(SEED)
    ratios: dict[str, list[float]] = {"matrix": [], "counts": []}
    for _ in range(ROUNDS):
        who = rng.choice(LABELERS, SAMPLE, replace=False)
        mine, alpha = seconds(lambda: ours(columns))
        for name, peer in (("matrix", by_matrix), ("counts", by_counts)):
            spent, wanted = seconds(lambda peer=peer, who=who: peer(columns, who))
            np.testing.assert_allclose(alpha[who], wanted, atol=1e-9)
            ratios[name].append(spent / SAMPLE * LABELERS / mine)
        print(
            f"ours {mine:.3f} s for all; peer, scaled from {SAMPLE} of {LABELERS} labelers: "
            + ", ".join(f"{name} {r[-1] * mine:.0f} s" for name, r in ratios.items())
        )
    return report(ratios)


def report(ratios: dict[str, list[float]]) -> int:
    """Print median, least and greatest ratio; 1 if the loop of the manual is not beaten enough."""
    for name, r in ratios.items():
        print(
            f"krippendorff by {name}: {np.median(r):.0f} times slower "
            f"({min(r):.0f} to {max(r):.0f} in {len(r)} rounds)"
        )
    print(f"target: {TARGET} times the loop by matrix; by counts is the best a loop can do")
    return int(min(ratios["matrix"]) < TARGET)


if __name__ == "__main__":
    sys.exit(main())
