"""What a thousand new events cost on a project that was assessed before; ratios of one run.

A crowd of honest labelers is imported and assessed; then a thousand random labels are given anew,
and the project is assessed with the columns kept beside the database and without them, in turn.
Seconds are those of the processor; the documents must be the same.

    python benchmarks/incremental.py [LABELS]
"""

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
from end_to_end import crowd

from labeltrust.settings import read_settings
from labeltrust.store.judgments import Fetching, read_judgments
from labeltrust.store.session import open_engine

EVENTS, ROUNDS, SEED = 1_000, 3, 20_261_129
OF_THE_RUN = {"as_of", "events_through", "flags_opened"}
COMMAND = [sys.executable, "-m", "labeltrust"]


def main() -> int:
    """Print what each way takes; 1 if the documents differ."""
    n_labels = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory(prefix="labeltrust-bench-") as folder:
        home, path = Path(folder) / "home", Path(folder) / "labels.csv"
        crowd(path, n_labels)
        run(home, "import", str(path), "--project", "bench", "--json")
        run(home, "assess", "--project", "bench", "--json")
        rounds = [one_round(home, path, number) for number in range(ROUNDS)]
    for name in ("reading", "assessing"):
        kept, anew = (np.array([r[f"{name} {how}"] for r in rounds]) for how in ("kept", "anew"))
        print(
            f"{name:9} {n_labels:,} labels and {EVENTS:,} new: {np.median(kept):.2f} s with kept "
            f"columns, {np.median(anew):.2f} s anew; {np.median(kept / anew):.2f} of it "
            f"({(kept / anew).min():.2f} to {(kept / anew).max():.2f} in {ROUNDS} rounds)"
        )
    same = all(r["same"] for r in rounds)
    print(f"documents: {'the same' if same else 'DIFFER'}")
    return int(not same)


def one_round(home: Path, path: Path, number: int) -> dict[str, float]:
    """Give labels anew, then read and assess both ways."""
    news = pd.read_csv(path).sample(EVENTS, random_state=SEED + number)
    news["label"] = np.random.default_rng(number).permutation(news["label"].to_numpy())
    news["event_id"] = [f"again-{number}-{k}" for k in range(EVENTS)]
    more = path.with_name("more.csv")
    news.to_csv(more, index=False)
    run(home, "import", str(more), "--project", "bench", "--json")
    columns, aside = home / "columns", home / "aside"
    shutil.copytree(columns, aside)  # reading keeps what is new: the same start for both
    found = {"reading kept": reading(home, home), "reading anew": reading(home, None)}
    shutil.rmtree(columns)
    aside.rename(columns)
    found["assessing kept"], one = run(home, "assess", "--project", "bench", "--json")
    shutil.rmtree(columns)
    found["assessing anew"], two = run(home, "assess", "--project", "bench", "--json")
    return found | {"same": numbers(one) == numbers(two)}


def reading(home: Path, kept: Path | None) -> float:
    """Return the processor's seconds for the current judgments."""
    engine = open_engine(read_settings({"LABELTRUST_HOME": str(home)}))
    began = process_time()
    read_judgments(engine, "bench", fetching=Fetching(home=kept))
    spent = process_time() - began
    engine.dispose()
    return spent


def run(home: Path, *command: str) -> tuple[float, str]:
    """Return the processor's seconds of a command, and what it printed."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(
        [*COMMAND, *command],
        env={**os.environ, "LABELTRUST_HOME": str(home)},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, done.stdout


def numbers(document: str) -> str:
    """Return a document without when it was made, how far it read, and what that run opened."""
    told = json.loads(document)
    return json.dumps({name: part for name, part in told.items() if name not in OF_THE_RUN})


if __name__ == "__main__":
    sys.exit(main())
