"""Gwet's AC1 with its interval, beside irrCAC; processor seconds of one run, as a ratio.

100,000 labels: 20,000 items with 5 seats, 4 classes. irrCAC takes a matrix of items by seats and
runs in an environment of its own, since it wants older pandas and scipy (`make bench` makes it).
Its interval is by Gwet's variance, ours by leaving out groups of items; the values must agree to
the rounding of irrCAC to five digits, the half widths to a fifth.

    python benchmarks/gwet_ac1.py [LABELS]
"""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time

import numpy as np

from labeltrust.counts import agreement, block
from labeltrust.domain.estimates import Measured
from labeltrust.metrics.agreement import gwet_ac

SEATS, CLASSES, SEED, ROUNDS = 5, 4, 20_260_106, 3
PEER = Path(".venv-bench/bin/python")


def matrix(n_labels: int) -> np.ndarray:
    """Return labels of honest labelers, items by seats."""
    rng = np.random.default_rng(SEED)
    truth = rng.integers(0, CLASSES, n_labels // SEATS)[:, None]
    right = rng.random((truth.size, SEATS)) < 0.8
    return np.where(right, truth, rng.integers(0, CLASSES, (truth.size, SEATS))).astype(float)


def ours(labels: np.ndarray) -> tuple[float, Measured]:
    """Return processor seconds from unsorted columns, and AC1."""
    item, seat = np.divmod(np.arange(labels.size), SEATS)
    label = labels.ravel().astype(np.int64)
    began = process_time()
    b = block(item, seat, label, n_labelers=SEATS, values=np.arange(CLASSES))
    found = gwet_ac(agreement.count(b))
    return process_time() - began, found


def main() -> int:
    """Print the ratio."""
    if not PEER.exists():
        print(f"SKIPPED: there is no {PEER}; `make bench` makes it")
        return 0
    labels = matrix(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    ours(labels[:100])
    with tempfile.NamedTemporaryFile(suffix=".npy") as file:
        np.save(file, labels)
        file.flush()
        ratios = [_round(labels, file.name) for _ in range(ROUNDS)]
    print(
        f"irrCAC: {statistics.median(ratios):.0f} times slower "
        f"({min(ratios):.0f} to {max(ratios):.0f} in {ROUNDS} rounds)"
    )
    return 0


def _round(labels: np.ndarray, path: str) -> float:
    mine, found = ours(labels)
    command = [str(PEER), str(Path(__file__).with_name("_irrcac.py")), path]
    peer = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    np.testing.assert_allclose(found.value, peer["value"], atol=1e-5)
    np.testing.assert_allclose(found.high - found.low, peer["high"] - peer["low"], rtol=0.2)
    print(f"ours {mine:.3f} s, irrCAC {peer['cpu_seconds']:.2f} s")
    return float(peer["cpu_seconds"]) / mine


if __name__ == "__main__":
    sys.exit(main())
