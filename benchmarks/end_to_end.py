"""Import and assess a million labels in one process; print seconds and peak memory.

The crowd: 200,000 items with 5 labels each, 1,000 labelers, 4 classes. The two commands of the
real command line run one after the other in a fresh process on an empty data folder.

    python benchmarks/end_to_end.py [LABELS]
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

LABELS_PER_ITEM, LABELERS, CLASSES, SEED = 5, 1_000, 4, 20_260_101
LIMIT_MB = 2_000

CHILD = """
import contextlib, io, json, resource, sys, time
from labeltrust.cli import run
times = {}
for name, command in json.loads(sys.argv[1]):
    began = time.perf_counter()
    with contextlib.redirect_stdout(io.StringIO()):
        code = run(command)
    times[name] = time.perf_counter() - began
    assert code == 0, (name, code)
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
kids = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps({"seconds": times, "peak_mb": peak, "children_mb": kids}))
"""


def crowd(path: Path, n_labels: int) -> None:
    """Write a crowd of honest labelers with right answers in 7 to 9 of 10 cases."""
    rng = np.random.default_rng(SEED)
    n_items = n_labels // LABELS_PER_ITEM
    item = np.repeat(np.arange(n_items), LABELS_PER_ITEM)
    first = rng.integers(0, LABELERS, n_items)
    step = rng.integers(1, LABELERS // LABELS_PER_ITEM, n_items)
    seat = np.tile(np.arange(LABELS_PER_ITEM), n_items)
    labeler = (first[item] + seat * step[item]) % LABELERS
    skill = rng.uniform(0.7, 0.92, LABELERS)
    truth = rng.integers(0, CLASSES, n_items)
    wrong = rng.random(item.size) >= skill[labeler]
    label = (truth[item] + wrong * rng.integers(1, CLASSES, item.size)) % CLASSES
    frame = pd.DataFrame({"item": item, "labeler": labeler, "label": label})
    frame["item"] = "item-" + frame["item"].astype(str)
    frame["labeler"] = "labeler-" + frame["labeler"].astype(str)
    frame["label"] = np.array(["benign", "fraud", "mule", "spam"])[label]
    frame.to_csv(path, index=False)


def main() -> None:
    """Run both commands and print what they took."""
    n_labels = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="labeltrust-bench-") as folder:
        path = Path(folder) / "labels.csv"
        crowd(path, n_labels)
        commands = [
            ("import", ["import", str(path), "--project", "bench", "--json"]),
            ("assess", ["assess", "--project", "bench", "--json"]),
        ]
        child = subprocess.run(
            [sys.executable, "-c", CHILD, json.dumps(commands)],
            env={**os.environ, "LABELTRUST_HOME": str(Path(folder) / "home")},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        size = (Path(folder) / "home" / "labeltrust.db").stat().st_size
    result = json.loads(child.stdout.splitlines()[-1])
    for name, seconds in result["seconds"].items():
        print(f"{name:8} {seconds:7.1f} s  {n_labels / seconds:10,.0f} labels/s")
    print(f"database {size / 1e6:7.0f} MB  {size / n_labels:10.0f} bytes/label")
    print(f"peak     {result['peak_mb']:7.0f} MB  (children {result['children_mb']:.0f} MB)")
    verdict = "holds" if result["peak_mb"] + result["children_mb"] < LIMIT_MB else "BROKEN"
    print(f"under {LIMIT_MB} MB: {verdict}")


if __name__ == "__main__":
    main()
