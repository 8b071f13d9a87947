"""Dawid-Skene and one-coin beside crowd-kit, at equal iterations; ratios of one run.

Items with 5 labels each by 1,000 labelers, 2, 4 and 10 classes, at 10,000, 100,000 and 1,000,000
labels. Both start from unsorted columns of codes and run the same number of iterations; the answers
are compared. The peer's one-coin model walks over its matrices row by row and is slower still; it
is timed where that does not take all day.

    python benchmarks/dawid_skene.py [LABELS ...]
"""

import sys
import warnings
from collections.abc import Callable
from time import perf_counter

import numpy as np
import pandas as pd
from crowdkit.aggregation import DawidSkene, OneCoinDawidSkene

from labeltrust.inference.crowd_labels import CrowdLabels
from labeltrust.inference.dawid_skene import dawid_skene
from labeltrust.inference.one_coin import one_coin
from labeltrust.inference.truth_model import Fitting, TruthModel

PER_ITEM, LABELERS, SEED = 5, 1_000, 20_260_104
ITERATIONS, ROUNDS = 10, 5
TARGET, AT = 15, 1_000_000
MODELS = {"Dawid-Skene": (dawid_skene, DawidSkene), "one-coin": (one_coin, OneCoinDawidSkene)}


def crowd(n_labels: int, n_classes: int) -> CrowdLabels:
    """Return labels of honest labelers, in random order."""
    rng = np.random.default_rng(SEED)
    n_items = n_labels // PER_ITEM
    item = np.repeat(np.arange(n_items), PER_ITEM)
    seat = np.tile(np.arange(PER_ITEM), n_items)
    step = rng.integers(1, LABELERS // PER_ITEM, n_items)
    labeler = (rng.integers(0, LABELERS, n_items)[item] + seat * step[item]) % LABELERS
    truth = rng.integers(0, n_classes, n_items)
    right = rng.random(item.size) < rng.uniform(0.7, 0.92, LABELERS)[labeler]
    label = np.where(right, truth[item], rng.integers(0, n_classes, item.size))
    order = rng.permutation(item.size)
    return CrowdLabels(
        item=item[order],
        labeler=labeler[order],
        label=label[order],
        n_items=n_items,
        n_labelers=LABELERS,
        n_classes=n_classes,
    )


def seconds(work: Callable[[], object]) -> tuple[float, object]:
    """Return the time of one call and its answer."""
    began = perf_counter()
    answer = work()
    return perf_counter() - began, answer


def compare(name: str, labels: CrowdLabels) -> list[float]:
    """Time both in turn, check that they agree, and print; the ratios of all rounds."""
    ours, peer = MODELS[name]
    fitting = Fitting(max_iterations=ITERATIONS, tolerance=-np.inf)
    frame = pd.DataFrame({"task": labels.item, "worker": labels.labeler, "label": labels.label})
    ratios, mine, theirs = [], [], []
    for _ in range(ROUNDS):
        spent, found = seconds(lambda: ours(labels, fitting))
        other, wanted = seconds(lambda: peer(n_iter=ITERATIONS, tol=-np.inf).fit(frame))
        check(found, wanted)
        ratios.append(other / spent)
        mine.append(spent)
        theirs.append(other)
    print(
        f"{name:11} {labels.item.size:9,} labels {labels.n_classes:2} classes: "
        f"ours {np.median(mine):6.3f} s, crowd-kit {np.median(theirs):7.2f} s, "
        f"{np.median(ratios):4.0f} times slower "
        f"({min(ratios):.0f} to {max(ratios):.0f} in {ROUNDS} rounds)",
        flush=True,
    )
    return ratios


def check(found: TruthModel, wanted: DawidSkene) -> None:
    """Fail unless posteriors and bounds are the same to 1e-6."""
    theirs = wanted.probas_
    place = np.ix_(theirs.index, theirs.columns)
    np.testing.assert_allclose(found.posterior[place], theirs, atol=1e-6)
    np.testing.assert_allclose(found.lower_bound, wanted.loss_history_, atol=1e-6)


def main() -> int:
    """Print the ratios; 1 if the median of a Dawid-Skene run at a million misses the target."""
    sizes = [int(x) for x in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    print(f"{PER_ITEM} labels an item, {LABELERS} labelers, {ITERATIONS} iterations")
    medians = []
    for n_labels in sizes:
        for n_classes in (2, 4, 10):
            ratios = compare("Dawid-Skene", crowd(n_labels, n_classes))
            medians += [float(np.median(ratios))] if n_labels >= AT else []
        if n_labels < AT:
            compare("one-coin", crowd(n_labels, 4))
    print(f"target: a median of {TARGET} times at {AT:,} labels")
    return int(min(medians, default=np.inf) < TARGET)


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # crowd-kit uses arguments that pandas is about to drop
        sys.exit(main())
