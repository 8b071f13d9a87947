"""Import and assess real crowd data through the command line, and count who is flagged.

The data sets are not part of the project: LABELTRUST_TEST_DATA names their folder (default: the
folder `shared/data` beside the checkout). A constant answerer has at least 100 labels, at least
97 % of one class.

    python benchmarks/real_sets.py [SET ...]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("LABELTRUST_TEST_DATA", ROOT.parent / "shared" / "data"))
SCALES = {
    "bluebirds": "nominal",
    "snow-rte": "nominal",
    "product-match": "nominal",
    "adult-content2": "nominal",
    "hitspam-mturk": "nominal",
    "popquorn-offensive": "ordinal",
    "snow-valence": "interval",
    "hs-brexit": "nominal",
    "md-agreement": "nominal",
}


def labeltrust(home: Path, *arguments: str) -> dict[str, object]:
    """Run one command and return its JSON document."""
    command = [sys.executable, "-m", "labeltrust", *arguments, "--json"]
    done = subprocess.run(
        command,
        env={**os.environ, "LABELTRUST_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def constants(labels: pd.DataFrame) -> set[str]:
    """Return the labelers with at least 100 labels of which at least 97 % are one class."""
    by = labels.groupby("labeler")["label"]
    share = by.agg(lambda s: s.value_counts(normalize=True).iloc[0])
    return set(by.size()[(by.size() >= 100) & (share >= 0.97)].index)


def row(name: str) -> str:
    """Import, assess and count one set."""
    folder = DATA / name
    labels = pd.read_csv(folder / "labels.csv.gz", dtype=str, usecols=["item", "labeler", "label"])
    with tempfile.TemporaryDirectory(prefix="labeltrust-real-") as home:
        gold = folder / "gold.csv"
        more = ["--gold", str(gold)] if gold.exists() else []
        plain = Path(home) / "labels.csv.gz"
        labels.to_csv(plain, index=False)
        began = time.perf_counter()
        labeltrust(
            Path(home), "import", str(plain), "--project", "p", "--scale", SCALES[name], *more
        )
        document = labeltrust(Path(home), "assess", "--project", "p")
        seconds = time.perf_counter() - began
    who = document["labelers"]
    flagged = {w["labeler"] for w in who if w["flag"]}
    frozen = {w["labeler"] for w in who if w["frozen"]}
    planted = constants(labels)
    others, wrongly = len(who) - len(planted), len(flagged - planted)
    return (
        f"{name:20} {document['alpha']['value']:7.4f} {len(who):5} {len(planted):4}"
        f" {len(flagged & planted):4} {wrongly:5} {wrongly / others:6.1%}"
        f" {len(frozen):6} {seconds:6.1f}"
    )


def main() -> None:
    """Print one row a set."""
    if not DATA.is_dir():
        print(f"skipped: no data folder at {DATA}; set LABELTRUST_TEST_DATA")
        return
    print(
        f"{'set':20} {'alpha':>7} {'n':>5} {'cons':>4} {'flag':>4} {'other':>5} {'share':>6}"
        f" {'frozen':>6} {'sec':>6}"
    )
    for name in sys.argv[1:] or SCALES:
        print(row(name), flush=True)


if __name__ == "__main__":
    main()
