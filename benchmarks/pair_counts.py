"""All pair counts of a project, beside a sparse product, pandas and two databases; seconds, ratios.

1,000,000 labels: 200,000 items with 5 labels each, 1,000 labelers, 4 classes, in random order. What
is counted: how often two labelers gave which labels on one item, 2,000,000 pairs. Ours starts from
unsorted columns; the product of scipy.sparse is the floor and knows nothing of repeated answers;
pandas merges the frame with itself; SQLite (a file in memory) and PostgreSQL (on this machine) run
the portable query over a table with an index on the item. Seconds are of the clock, since a server
counts elsewhere; runs take turns, medians count. Sums are compared.

    python benchmarks/pair_counts.py [LABELS] [PEER ...]
"""

import io
import sqlite3
import statistics
import sys
from collections.abc import Callable
from contextlib import ExitStack
from time import perf_counter

import numpy as np
import pandas as pd
import psycopg
from _postgres import durable_postgres
from _sizes import LABELERS, PER_ITEM, Columns, crowd, floor, pair_counts

ROUNDS, TARGET = 3, 1.0
_TABLE = "CREATE TABLE labels (item INTEGER, labeler INTEGER, label INTEGER)"
_INDEX = "CREATE INDEX by_item ON labels (item)"
_QUERY = (
    "SELECT count(*), sum(n) FROM (SELECT a.labeler AS la, b.labeler AS lb, a.label AS va, "
    "b.label AS vb, count(*) AS n FROM labels a JOIN labels b ON a.item = b.item "
    "AND a.labeler < b.labeler GROUP BY a.labeler, b.labeler, a.label, b.label) AS pairs"
)
Work = Callable[[], float]


def ours(columns: Columns) -> Work:
    """Count as assessments do."""
    work = pair_counts(columns)
    return lambda: float(work().table.sums[0].sum())  # type: ignore[attr-defined]


def sparse(columns: Columns) -> Work:
    """Multiply; each pair is there twice, and each judgment with itself."""
    work = floor(columns)
    n = columns["item"].size
    return lambda: (float(work().sum()) - n) / 2  # type: ignore[attr-defined]


def pandas(columns: Columns) -> Work:
    """Merge the frame with itself on the item, and count groups."""
    frame = pd.DataFrame({name: columns[name] for name in ("item", "labeler", "label")})

    def work() -> float:
        both = frame.merge(frame, on="item")
        both = both[both["labeler_x"] < both["labeler_y"]]
        keys = ["labeler_x", "labeler_y", "label_x", "label_y"]
        return float(both.groupby(keys, sort=False).size().sum())

    return work


def sqlite(columns: Columns) -> Work:
    """Ask SQLite."""
    connection = sqlite3.connect(":memory:")
    connection.execute(_TABLE)
    rows = np.column_stack([columns["item"], columns["labeler"], columns["label"]]).tolist()
    connection.executemany("INSERT INTO labels VALUES (?, ?, ?)", rows)
    connection.execute(_INDEX)
    return lambda: float(connection.execute(_QUERY).fetchone()[1])


def postgresql(columns: Columns, stack: ExitStack) -> Work:
    """Ask PostgreSQL."""
    url = stack.enter_context(durable_postgres())
    connection = stack.enter_context(psycopg.connect(url, autocommit=True))
    connection.execute(_TABLE)
    text = io.StringIO()
    pd.DataFrame({name: columns[name] for name in ("item", "labeler", "label")}).to_csv(
        text, header=False, index=False
    )
    with connection.cursor().copy("COPY labels FROM STDIN (FORMAT csv)") as copy:
        copy.write(text.getvalue())
    connection.execute(_INDEX)
    connection.execute("ANALYZE labels")
    return lambda: float(connection.execute(_QUERY).fetchone()[1])  # type: ignore[index]


def main() -> int:
    """Print seconds and ratios; 1 where a sum differs or the floor is missed."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    columns = crowd(n)
    with ExitStack() as stack:
        peers: dict[str, Work] = {"scipy.sparse": sparse(columns)}
        more = {
            "pandas": lambda: pandas(columns),
            "sqlite": lambda: sqlite(columns),
            "postgresql": lambda: postgresql(columns, stack),
        }
        peers |= {name: more[name]() for name in sys.argv[2:] or more}
        return report(_timed({"ours": ours(columns)} | peers), n)


def _timed(works: dict[str, Work]) -> dict[str, list[tuple[float, float]]]:
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(ROUNDS):
        for name, work in works.items():
            began = perf_counter()
            answer = work()
            found[name].append((perf_counter() - began, answer))
    return found


def report(found: dict[str, list[tuple[float, float]]], n: int) -> int:
    """Print what each took and its ratio to ours."""
    pairs = n * (PER_ITEM - 1) / 2
    print(f"{n:,} labels, {LABELERS:,} labelers, {pairs:,.0f} pairs")
    for name, runs in found.items():
        if {answer for _, answer in runs} != {pairs}:
            raise ValueError(f"{name} counted otherwise: {runs}")
        ratios = [run[0] / mine[0] for run, mine in zip(runs, found["ours"], strict=True)]
        print(
            f"{name:12} {statistics.median(s for s, _ in runs):8.2f} s   {np.median(ratios):6.2f} "
            f"of ours ({min(ratios):.2f} to {max(ratios):.2f} in {ROUNDS} rounds)"
        )
    over = [
        mine[0] / run[0] for run, mine in zip(found["scipy.sparse"], found["ours"], strict=True)
    ]
    print(f"ours over the floor: {np.median(over):.2f} (aim {TARGET})")
    return int(np.median(over) > TARGET)


if __name__ == "__main__":
    sys.exit(main())
