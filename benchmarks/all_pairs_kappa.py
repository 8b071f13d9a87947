"""Cohen's kappa of all pairs of labelers, beside scikit-learn over pandas; ratios of one run.

100,000 labels: 20,000 items with 5 labels each, 200 labelers (19,900 pairs), 4 classes. The peer is
called in two ways: as one would first write it (a pivot table, two columns of it without gaps,
cohen_kappa_score), and at its best (one merge of the frame with itself on the item, then
cohen_kappa_score of every group). It answers with one number; ours comes with intervals and starts
from unsorted columns.

Every pair costs the peer about the same, so a sample of pairs is timed in each round and scaled to
all of them; the merge and the pivot are timed whole. The answers are compared.

    python benchmarks/all_pairs_kappa.py [LABELS]
"""

import sys
import warnings
from time import perf_counter

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score

from labeltrust.counts import block, pairs
from labeltrust.metrics.cohen_kappa import PairKappas, pairwise_kappa

PER_ITEM, LABELERS, CLASSES, SEED = 5, 200, 4, 20_260_103
ROUNDS, SAMPLE = 5, 100
TARGET = 100


def crowd(n_labels: int) -> pd.DataFrame:
    """Return item, labeler and label of honest labelers, in random order."""
    rng = np.random.default_rng(SEED)
    n_items = n_labels // PER_ITEM
    item = np.repeat(np.arange(n_items), PER_ITEM)
    labeler = rng.random((n_items, LABELERS)).argpartition(PER_ITEM, axis=1)[:, :PER_ITEM].ravel()
    truth = rng.integers(0, CLASSES, n_items)
    right = rng.random(item.size) < rng.uniform(0.7, 0.92, LABELERS)[labeler]
    label = np.where(right, truth[item], rng.integers(0, CLASSES, item.size))
    frame = pd.DataFrame({"item": item, "labeler": labeler, "label": label})
    return frame.sample(frac=1, random_state=SEED)


def ours(frame: pd.DataFrame) -> tuple[float, PairKappas]:
    """Return the time for all pairs, and the kappas."""
    began = perf_counter()
    b = block(
        frame["item"],
        frame["labeler"],
        frame["label"],
        n_labelers=LABELERS,
        values=np.arange(CLASSES),
    )
    found = pairwise_kappa(pairs.count(b))
    return perf_counter() - began, found


def by_pivot(frame: pd.DataFrame, sample: np.ndarray, n_pairs: int) -> tuple[float, list[float]]:
    """Return the time for all pairs, scaled from a sample, and the sample's kappas."""
    began = perf_counter()
    grid = frame.pivot_table(index="item", columns="labeler", values="label")
    whole = perf_counter()
    answers = []
    for one, two in sample:
        both = grid[[one, two]].dropna()
        answers.append(cohen_kappa_score(both[one], both[two], labels=range(CLASSES)))
    each = (perf_counter() - whole) / len(sample)
    return whole - began + each * n_pairs, answers


def by_merge(frame: pd.DataFrame, sample: np.ndarray, n_pairs: int) -> tuple[float, list[float]]:
    """Return the time for all pairs, scaled from a sample, and the sample's kappas."""
    began = perf_counter()
    both = frame.merge(frame, on="item")
    both = both[both["labeler_x"] < both["labeler_y"]]
    groups = dict(iter(both.groupby(["labeler_x", "labeler_y"])[["label_x", "label_y"]]))
    whole = perf_counter()
    answers = []
    for pair in sample:
        group = groups[tuple(pair)]
        answers.append(cohen_kappa_score(group["label_x"], group["label_y"], labels=range(CLASSES)))
    each = (perf_counter() - whole) / len(sample)
    return whole - began + each * n_pairs, answers


def main() -> int:
    """Print the ratios; 1 if a claim does not hold."""
    frame = crowd(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    print(f"{len(frame)} labels, {frame['item'].nunique()} items, {LABELERS} labelers")
    rng = np.random.default_rng(SEED)
    ratios: dict[str, list[float]] = {"pivot": [], "merge": []}
    for _ in range(ROUNDS):
        mine, found = ours(frame)
        n_pairs = len(found.one)
        place = rng.choice(n_pairs, SAMPLE, replace=False)
        sample = np.column_stack([found.one[place], found.two[place]])
        for name, peer in (("pivot", by_pivot), ("merge", by_merge)):
            spent, wanted = peer(frame, sample, n_pairs)
            np.testing.assert_allclose(found.kappa.value[place], wanted, atol=1e-9)
            ratios[name].append(spent / mine)
        print(
            f"ours {mine:.3f} s for {n_pairs} pairs; peer, scaled from {SAMPLE} pairs: "
            + ", ".join(f"{name} {r[-1] * mine:.0f} s" for name, r in ratios.items())
        )
    return report(ratios)


def report(ratios: dict[str, list[float]]) -> int:
    """Print median, least and greatest ratio; 1 if the least is below the target."""
    for name, r in ratios.items():
        print(
            f"scikit-learn by {name}: {np.median(r):.0f} times slower "
            f"({min(r):.0f} to {max(r):.0f} in {len(r)} rounds; target {TARGET})"
        )
    return int(min(min(r) for r in ratios.values()) < TARGET)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # scikit-learn warns of pairs with a single label
        sys.exit(main())
