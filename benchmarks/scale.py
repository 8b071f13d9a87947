"""What a project of many labels costs on PostgreSQL, by archive, and counter by counter.

The crowd of `end_to_end.py` is imported into a PostgreSQL that syncs every commit; then the archive
is written and counted by the real command line, each in a process of its own. Docs: docs/scale.md.

    python benchmarks/scale.py [LABELS]
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
from _postgres import durable_postgres
from end_to_end import CHILD

from labeltrust import counts
from labeltrust.counts import Counter, Counts
from labeltrust.discovery import discover
from labeltrust.engine._bytes import to_bytes
from labeltrust.engine._parts import READ, Space, block_of
from labeltrust.services.archiving._layout import Archive, opened
from labeltrust.services.archiving.count_archive import space_of

TABLES = ("event", "delivery", "item_alias", "labeler_alias")


def main() -> None:
    """Import, write, count, and print what each took."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with (
        tempfile.TemporaryDirectory(prefix="labeltrust-bench-") as folder,
        durable_postgres() as url,
    ):
        csv = Path(folder) / "labels.csv"
        _crowd(csv, n)
        env = {
            **os.environ,
            "LABELTRUST_HOME": str(Path(folder) / "home"),
            "LABELTRUST_DATABASE_URL": url,
        }
        took({"migrate": ["migrate"]}, env, n)
        took({"import": ["import", str(csv), "--project", "bench", "--json"]}, env, n)
        sizes(url, n)
        for name in ("write", "count", "verify"):
            took({f"archive {name}": ["archive", name, "--project", "bench", "--json"]}, env, n)
        (place,) = (Path(folder) / "home" / "archive").glob("*/[0-9]*")
        by_counter(opened(place), n)


def _crowd(csv: Path, n: int) -> None:
    """Draw it in a process of its own: a child's peak counts what its parent held."""
    draw = "import sys; from pathlib import Path; from end_to_end import crowd; "
    draw += "crowd(Path(sys.argv[1]), int(sys.argv[2]))"
    here = Path(__file__).parent
    subprocess.run([sys.executable, "-c", draw, str(csv), str(n)], check=True, cwd=here)


def took(commands: dict[str, list[str]], env: dict[str, str], n: int) -> None:
    """Run a command in a fresh process and print seconds and peak memory."""
    child = subprocess.run(
        [sys.executable, "-c", CHILD, json.dumps(list(commands.items()))],
        env=env,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    said = json.loads(child.stdout.splitlines()[-1])
    for name, seconds in said["seconds"].items():
        print(f"{name:16} {seconds:8.1f} s {n / seconds:12,.0f} labels/s {said['peak_mb']:7.0f} MB")


def sizes(url: str, n: int) -> None:
    """Print the bytes that a label takes in each table, with its indexes."""
    with psycopg.connect(url) as connection:
        for table in TABLES:
            sql = "SELECT pg_table_size(%s), pg_indexes_size(%s)"
            for rows, indexes in connection.execute(sql, (table, table)):
                print(f"{table:16} {rows / n:8.0f} bytes/label, indexes {indexes / n:6.0f}")


def by_counter(archive: Archive, n: int) -> None:
    """Print rows a second of each counter, and the bytes of its counts."""
    space = space_of(archive)
    files = archive.judgment_files
    size = sum(facts.bytes for facts in archive.manifest.files.values())
    print(f"archive          {size / n:8.1f} bytes/label in {len(archive.manifest.files)} files")
    began = time.perf_counter()
    part = block_of(pq.read_table(files[0], columns=READ.names), space)
    read = time.perf_counter() - began
    print(f"{'reading a part':16} {part.n / read:12,.0f} rows/s, {part.n} rows")
    whole = _whole(files, space)
    for name, counter in discover(counts, "COUNTER", Counter).items():
        began = time.perf_counter()
        found = counter.count(part)
        rate = part.n / (time.perf_counter() - began)
        one, several = (len(to_bytes(c)) / 1e3 for c in (found, _sum(counter, whole)))
        print(f"{name:16} {rate:12,.0f} rows/s {one:9,.0f} kB a part {several:9,.0f} kB of 8")


def _whole(files: list[Path], space: Space) -> list[object]:
    return [block_of(pq.read_table(path, columns=READ.names), space) for path in files[:8]]


def _sum(counter: Counter[Counts], blocks: list[object]) -> Counts:
    total = counter.count(blocks[0])  # type: ignore[arg-type]
    for one in blocks[1:]:
        total = total + counter.count(one)  # type: ignore[arg-type]
    return total


if __name__ == "__main__":
    main()
