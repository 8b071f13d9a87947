"""A log of predictions: seconds, memory and disk beside an import of every row.

A project with 20,000 items that people labeled, 2,000 of them gold. A model answers a million items
and those. First its log is loaded with `--sample 0.01`, then, in a fresh installation, whole.
Seconds are of the wall; memory is the peak of the process that loads.

    python benchmarks/predictions.py [ROWS ...]
"""

import resource
import sys
import tempfile
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import pandas as pd

from labeltrust.app import build_deployment
from labeltrust.domain.prediction_logs import Sampling
from labeltrust.domain.principals import shell_owner
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.settings import Settings
from labeltrust.store.migrate import migrate

OWNER = shell_owner("benchmark")
PEOPLE, LABELED, GOLD = 40, 20_000, 2_000


def files(folder: Path, rows: int) -> dict[str, Path]:
    """Write what people said, gold, and the model's log."""
    rng = np.random.default_rng(1)
    classes = np.array(["benign", "fraud"])
    item = np.repeat(np.arange(LABELED), 3)
    who = (item + np.tile([0, 11, 23], LABELED)) % PEOPLE
    made = {
        "people": {"item": item, "labeler": [f"p{n}" for n in who], "label": classes[item % 2]},
        "gold": {"item": np.arange(GOLD), "label": classes[np.arange(GOLD) % 2]},
        "log": {
            "item": np.arange(rows),
            "labeler": "net-1",
            "label": classes[rng.integers(0, 2, rows)],
        },
    }
    paths = {}
    for name, columns in made.items():
        frame = pd.DataFrame(columns)
        paths[name] = folder / f"{name}.csv"
        frame.assign(item="txn-" + frame["item"].astype(str)).to_csv(paths[name], index=False)
    return paths


def load(line: Connection, home: Path, paths: dict[str, Path], share: float | None) -> None:
    """Load everything in a process of its own and say what it took."""
    deployment = build_deployment(Settings(home=home))
    migrate(deployment.engine)
    people = ImportRequest(path=paths["people"], project="fraud", gold=paths["gold"])
    import_file(deployment, OWNER, people, lambda _: None)
    before, began = _size(home), time.perf_counter()
    log = ImportRequest(
        path=paths["log"],
        project="fraud",
        labeler_kind="model",
        sampling=None if share is None else Sampling(share=share),
    )
    report = import_file(deployment, OWNER, log, lambda _: None)
    seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    line.send((seconds, peak, _size(home) - before, report.accepted, report.kept))
    deployment.engine.dispose()


def _size(home: Path) -> int:
    return sum(path.stat().st_size for path in home.rglob("*") if path.is_file())


def main(rows: int) -> None:
    """Measure both ways at one size."""
    for share in (0.01, None):
        with tempfile.TemporaryDirectory() as folder:
            paths = files(Path(folder), rows)
            ours, theirs = get_context("spawn").Pipe()
            work = (theirs, Path(folder) / "var", paths, share)
            process = get_context("spawn").Process(target=load, args=work)
            process.start()
            seconds, peak, size, accepted, kept = ours.recv()
            process.join()
        way = "every row" if share is None else f"sample {share}"
        sys.stdout.write(
            f"{rows} rows, {way}: {seconds:.1f} s, {rows / seconds:.0f} rows/s, peak {peak} MB, "
            f"{size / 1e6:.0f} MB more on disk, {accepted} events, {kept}\n"
        )


if __name__ == "__main__":
    for wanted in map(int, sys.argv[1:] or ["1000000"]):
        main(wanted)
