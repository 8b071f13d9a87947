"""One piece of work at one size in a process of its own: seconds and peak memory as JSON.

    python benchmarks/_sizes.py WORK LABELS

The crowd: items with 5 labels each, 1,000 labelers, 4 classes, 2 % gold, in random order. Ten of
the labelers call most items of class 1 class 0: so there is somebody to suspect at every size, and
the signals are read once more without them, as in a project that needs labeltrust.
"""

import json
import resource
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter, process_time

import numpy as np

PER_ITEM, LABELERS, CLASSES, SEED = 5, 1_000, 4, 20_260_105
GOLD_SHARE, SECONDS_BETWEEN = 0.02, 3
BRIBED, FLIPPED = 10, 0.8
Columns = dict[str, np.ndarray]


def crowd(n_labels: int) -> Columns:
    """Return item, labeler, label, times and gold of a crowd with some bribed labelers."""
    rng = np.random.default_rng(SEED)
    n_items = n_labels // PER_ITEM
    item = np.repeat(np.arange(n_items, dtype=np.int64), PER_ITEM)
    seat = np.tile(np.arange(PER_ITEM), n_items)
    step = rng.integers(1, LABELERS // PER_ITEM, n_items)
    labeler = (rng.integers(0, LABELERS, n_items)[item] + seat * step[item]) % LABELERS
    truth = rng.integers(0, CLASSES, n_items)
    right = rng.random(item.size) < rng.uniform(0.7, 0.92, LABELERS)[labeler]
    label = np.where(right, truth[item], rng.integers(0, CLASSES, item.size))
    bribed = (labeler < BRIBED) & (truth[item] == 1) & (rng.random(item.size) < FLIPPED)
    label[bribed] = 0
    order = rng.permutation(item.size)
    gold = np.arange(0, n_items, int(1 / GOLD_SHARE))
    at = 1_750_000_000_000_000 + np.arange(item.size) * SECONDS_BETWEEN * 1_000_000
    return {
        "item": item[order], "labeler": labeler[order], "label": label[order],
        "at": at, "seconds": rng.gamma(4.0, 2.0, item.size),
        "gold_item": gold, "gold_label": truth[gold],
    }  # fmt: skip


def floor(columns: Columns) -> Callable[[], object]:
    """Count all pairs of labels of one item by one product of sparse matrices, nothing else."""
    from scipy import sparse  # noqa: PLC0415 - what is not measured is not imported

    def work() -> object:
        one = sparse.csr_array(
            (
                np.ones(columns["item"].size, dtype=np.int32),
                (columns["item"], columns["labeler"] * CLASSES + columns["label"]),
            )
        )
        return one.T @ one

    return work


def pair_counts(columns: Columns) -> Callable[[], object]:
    """Count pairs as labeltrust does, from unsorted columns."""
    from labeltrust.counts import pairs  # noqa: PLC0415

    return lambda: pairs.count(_bare_block(columns))


def alphas(columns: Columns) -> Callable[[], object]:
    """Compute alpha of the project and without each labeler, with intervals."""
    from labeltrust.counts import coincidences  # noqa: PLC0415
    from labeltrust.metrics.krippendorff_alpha import krippendorff_alpha  # noqa: PLC0415

    return lambda: krippendorff_alpha(coincidences.count(_bare_block(columns)))


def assessment(columns: Columns) -> Callable[[], object]:
    """Appraise the project: every statistic, every signal, the document."""
    from labeltrust.policy.names import Names  # noqa: PLC0415
    from labeltrust.policy.settings import PolicySettings  # noqa: PLC0415
    from labeltrust.services.appraise import History, appraise  # noqa: PLC0415

    names = Names(
        labelers=tuple(f"labeler-{n}" for n in range(LABELERS)),
        labeler_ids=np.arange(1, LABELERS + 1),
        kinds=("human",) * LABELERS,
        labels=("benign", "fraud", "mule", "spam"),
    )
    now = datetime(2026, 11, 1, tzinfo=UTC)
    return lambda: appraise(
        _block(columns), names, policy=PolicySettings(), history=History(), now=now
    )


def _bare_block(columns: Columns) -> object:
    from labeltrust.counts import block  # noqa: PLC0415

    three = (columns[name] for name in ("item", "labeler", "label"))
    return block(*three, n_labelers=LABELERS, values=np.arange(CLASSES))


def _block(columns: Columns) -> object:
    from labeltrust.counts import block  # noqa: PLC0415

    return block(
        columns["item"], columns["labeler"], columns["label"],
        n_labelers=LABELERS, values=np.arange(CLASSES), occurred_us=columns["at"],
        received_us=columns["at"], duration_seconds=columns["seconds"],
        gold=(columns["gold_item"], columns["gold_label"]),
    )  # fmt: skip


WORK = {"floor": floor, "pair counts": pair_counts, "alphas": alphas, "assessment": assessment}


def main(name: str, n_labels: int) -> None:
    """Do it twice, so that imports and first use are not in the figure; print the second."""
    WORK[name](crowd(10_000))()
    work = WORK[name](crowd(n_labels))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    wall, cpu = perf_counter(), process_time()
    work()
    spent = {"seconds": perf_counter() - wall, "cpu_seconds": process_time() - cpu}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    memory = {"peak_mb": peak / 1024, "over_columns_mb": (peak - before) / 1024}
    print(json.dumps(spent | memory))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
