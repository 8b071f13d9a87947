"""One Krippendorff's alpha, beside the package krippendorff; ratios of one run.

1,000,000 labels: 200,000 items with 5 labels each, 1,000 labelers, 4 classes, from unsorted columns
of codes. The peer is called in two ways: as its manual shows (a matrix of labelers by items, filled
first), and at its best (a table of items by labels, filled first). It answers with one number; ours
comes with its interval, and with alpha without each labeler.

    python benchmarks/alpha.py [LABELS]
"""

import sys
from time import perf_counter

import krippendorff
import numpy as np
from loo_alpha import CLASSES, LABELERS, Columns, crowd

from labeltrust.counts import block, coincidences
from labeltrust.metrics.krippendorff_alpha import krippendorff_alpha

ROUNDS, TARGET = 5, 6


def ours(columns: Columns) -> float:
    """Return alpha of the project."""
    b = block(*columns, n_labelers=LABELERS, values=np.arange(CLASSES))
    return krippendorff_alpha(coincidences.count(b)).project.value


def by_matrix(columns: Columns) -> float:
    """Return alpha of a matrix of labelers by items."""
    item, labeler, label = columns
    grid = np.full((LABELERS, item.max() + 1), np.nan)
    grid[labeler, item] = label
    return krippendorff.alpha(grid, level_of_measurement="nominal")


def by_counts(columns: Columns) -> float:
    """Return alpha of a table of items by labels."""
    item, _, label = columns
    size = item.max() + 1
    table = np.bincount(item * CLASSES + label, minlength=size * CLASSES).reshape(size, CLASSES)
    return krippendorff.alpha(value_counts=table, level_of_measurement="nominal")


def main() -> int:
    """Print the ratios; 1 if the manual's way is not beaten as claimed."""
    columns = crowd(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
    print(f"{columns[0].size} labels, {LABELERS} labelers, {CLASSES} classes")
    spent: dict[str, list[float]] = {"ours": [], "matrix": [], "counts": []}
    for _ in range(ROUNDS):
        found = {}
        for name, work in (("ours", ours), ("matrix", by_matrix), ("counts", by_counts)):
            began = perf_counter()
            found[name] = work(columns)
            spent[name].append(perf_counter() - began)
        np.testing.assert_allclose(list(found.values()), found["ours"], atol=1e-9)
    print(f"ours {np.median(spent['ours']):.3f} s with interval and alpha without each labeler")
    for name in ("matrix", "counts"):
        r = np.array(spent[name]) / np.array(spent["ours"])
        print(
            f"krippendorff by {name}: {np.median(r):.2f} times ours "
            f"({r.min():.2f} to {r.max():.2f} in {ROUNDS} rounds)"
        )
    ratio = np.median(np.array(spent["matrix"]) / np.array(spent["ours"]))
    print(f"target: {TARGET} times by matrix")
    return int(ratio < TARGET)


if __name__ == "__main__":
    sys.exit(main())
