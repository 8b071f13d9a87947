"""Durable ingest in batches of 1,000 over HTTP, beside a floor of raw statements.

The floor takes the very rows that the server wrote, and writes them again into an empty database
of the same schema: in one process, by `sqlite3.executemany`, one transaction a batch, in the same
journal mode, the hashes computed anew. No HTTP, no JSON, no checks. Runs alternate, medians count.
Aim: half of the floor.

    python benchmarks/ingest_batches.py [EVENTS]
"""

import hashlib
import hmac
import sqlite3
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from _ingest import installation, loading, requests, serving

from labeltrust.ledger.canonical import canonical_bytes
from labeltrust.settings import Settings
from labeltrust.store.migrate import migrate
from labeltrust.store.session import open_engine
from labeltrust.store.slices import slices
from labeltrust.store.verification import ENTRIES, entry

BATCH, CLIENTS, ROUNDS, AIM = 1_000, 4, 5, 0.5
TABLES = ("delivery", "labeler_alias", "item_alias", "item_content", "event")


@dataclass(frozen=True)
class Batch:
    """What one delivery left: its body's size, canonical bytes, and rows by table."""

    body: bytes
    canonical: list[bytes]
    rows: dict[str, list[tuple[object, ...]]]


def main() -> None:
    """Run and print rates and their ratio."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    rates: list[float] = []
    floors: list[float] = []
    with installation() as place, serving(place) as port, loading(port, CLIENTS) as load:
        load.send(requests(place.key, 10**7, 3, BATCH))  # warm
        for number in range(ROUNDS):
            before = newest(place.settings)
            seconds, _ = load.send(requests(place.key, number * n, n // BATCH, BATCH))
            rates.append(n / seconds)
            floors.append(n / floor(written(place.settings, before)))
    ratios = [rate / floor for rate, floor in zip(rates, floors, strict=True)]
    print(f"over HTTP {statistics.median(rates):8.0f} events/s")
    print(f"floor     {statistics.median(floors):8.0f} events/s")
    print(f"ratio     {statistics.median(ratios):8.2f} (aim {AIM})")


def newest(settings: Settings) -> dict[str, int]:
    """Return the newest row of each table."""
    with sqlite3.connect(settings.home / "labeltrust.db") as connection:
        return {
            table: connection.execute(f"SELECT max({_key(table)}) FROM {table}").fetchone()[0] or 0
            for table in TABLES
        }


def _key(table: str) -> str:
    return {"event": "sequence", "item_content": "item_id"}.get(table, "id")


def written(settings: Settings, before: dict[str, int]) -> list[Batch]:
    """Return what a run wrote, delivery by delivery."""
    with sqlite3.connect(settings.home / "labeltrust.db") as connection:
        new = {
            table: connection.execute(
                f"SELECT * FROM {table} WHERE {_key(table)} > ?"
                + (" AND chain_id = 2" if table == "event" else "")
                + f" ORDER BY {_key(table)}",
                (before[table],),
            ).fetchall()
            for table in TABLES
        }
    canonical = canonical_of(settings, before["event"])
    batches = []
    for place, delivery in enumerate(new["delivery"]):
        events = [row for row in new["event"] if row[6] == delivery[0]]
        rows = {"delivery": [delivery], "event": events}
        for table, column in (("labeler_alias", 11), ("item_alias", 10), ("item_content", 10)):
            used = {row[column] for row in events}
            fresh = [row for row in new[table] if row[0] in used]
            new[table] = [row for row in new[table] if row[0] not in used]
            rows[table] = fresh
        texts = [canonical[row[1]] for row in events]
        batches.append(Batch(body=bytes(delivery[5]), canonical=texts, rows=rows))
        del place
    return batches


def canonical_of(settings: Settings, after: int) -> dict[int, bytes]:
    """Return the canonical bytes of each record behind a place."""
    engine = open_engine(settings)
    with engine.connect() as connection:
        end = connection.exec_driver_sql("SELECT max(sequence) FROM event WHERE chain_id = 2")
        through = end.scalar_one()
    found = {}
    for rows in slices(engine, ENTRIES, (2, through)):
        for row in rows:
            record = entry("fraud", row).record
            if record.sequence > after:
                found[record.sequence] = canonical_bytes(record)
    engine.dispose()
    return found


def floor(batches: list[Batch]) -> float:
    """Write the batches by raw statements and return the seconds."""
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as folder:
        settings = Settings(home=Path(folder))
        engine = open_engine(settings)
        migrate(engine)
        with engine.connect() as connection:
            journal = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
        engine.dispose()
        connection = sqlite3.connect(settings.home / "labeltrust.db", isolation_level=None)
        connection.execute(f"PRAGMA journal_mode={journal}")
        connection.execute("PRAGMA synchronous=FULL")
        began = time.perf_counter()
        for batch in batches:
            write(connection, batch)
        seconds = time.perf_counter() - began
        connection.close()
    return seconds


def write(connection: sqlite3.Connection, batch: Batch) -> None:
    """Write one batch: the hashes of its body, content, leaves and links, and its rows."""
    hashlib.sha256(batch.body).digest()
    head = bytes(32)
    for text in batch.canonical:
        hashlib.blake2b(text, key=head, digest_size=32).digest()
        head = hashlib.sha256(head + hashlib.sha256(b"\x00" + text).digest()).digest()
    for row in (*batch.rows["labeler_alias"], *batch.rows["item_alias"]):
        name = str(row).encode()[:32]
        hmac.digest(head, name, "sha256")  # by which it is looked up
        hmac.digest(head, name, "sha256")  # its pseudonym
    connection.execute("BEGIN IMMEDIATE")
    for table, rows in batch.rows.items():
        if rows:
            marks = ",".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)
    connection.execute("UPDATE chain SET next_sequence = next_sequence + 1, head = ?", (head,))
    connection.execute("COMMIT")


if __name__ == "__main__":
    main()
