"""Count a project on Spark and here: seconds to start, cold and warm, and whether bits are equal.

Run by the environment of `make spark`; elsewhere it says that there is no Spark.

    .venv-spark/bin/python benchmarks/count_on_spark.py [LABELS] [MASTER]
"""

import importlib.util
import resource
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from labeltrust import counts
from labeltrust.counts import Counter, Judgments, block
from labeltrust.counts._split import parts_for
from labeltrust.discovery import discover
from labeltrust.engine import local, spark
from labeltrust.engine._bytes import to_bytes

LABELS_PER_ITEM, LABELERS, CLASSES, DAY_US = 5, 1_000, 4, 86_400_000_000


def crowd(n: int) -> Judgments:
    """Draw labels of 1,000 labelers, five an item, four classes, some gold, 30 days."""
    rng = np.random.default_rng(6)
    n_items = n // LABELS_PER_ITEM
    item = np.repeat(np.arange(n_items), LABELS_PER_ITEM)
    first = rng.integers(0, LABELERS, n_items)
    labeler = (first[item] + np.tile([0, 1, 3, 9, 27], n_items)) % LABELERS
    truth = rng.integers(0, CLASSES, n_items)
    drawn = rng.integers(0, CLASSES, item.size)
    return block(
        item,
        labeler,
        np.where(rng.random(item.size) < 0.8, truth[item], drawn),
        n_labelers=LABELERS,
        values=range(CLASSES),
        occurred_us=rng.integers(0, 30 * DAY_US, item.size),
        gold=(np.arange(0, n_items, 20), truth[::20]),
    )


def main() -> None:
    """Count three times and print what each took."""
    if importlib.util.find_spec("pyspark") is None:
        print("no Spark in this environment: `make spark` makes one, then see the page above")
        return
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    master = sys.argv[2] if len(sys.argv) > 2 else "local[2]"
    judgments, parts = crowd(n), parts_for(n)
    counters = discover(counts, "COUNTER", Counter)
    began = time.perf_counter()
    here = local.count(judgments, counters, partitions=parts)
    say("local, one core", began)
    began = time.perf_counter()
    session = spark.open_session(master)
    say(f"start of {master}", began)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("cold", "warm", "warm again"):
            began = time.perf_counter()
            found = spark.count(judgments, counters, session=session, folder=Path(folder))
            say(name, began)
    same = all(to_bytes(found[name]) == to_bytes(here[name]) for name in counters)
    print(f"{n:,} labels in {parts} parts; the same bits: {'yes' if same else 'NO'}")
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB here")
    session.stop()


def say(what: str, began: float) -> None:
    """Print how long something took."""
    print(f"{what:24} {time.perf_counter() - began:8.1f} s", flush=True)


if __name__ == "__main__":
    main()
