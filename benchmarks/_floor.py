"""The floor of ingest: the very rows that a server wrote, written again by raw statements.

In one process, one transaction a batch, into an empty database of the same schema with the same
promises (journal mode, every commit synced), the hashes computed anew. No HTTP, no JSON, no checks.
SQLite by `executemany`, PostgreSQL by COPY.
"""

import hashlib
import hmac
import sqlite3
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg
from _ingest import Place
from _postgres import durable_postgres
from sqlalchemy import Engine

from labeltrust.ledger.canonical import canonical_bytes
from labeltrust.settings import Settings
from labeltrust.store.migrate import migrate
from labeltrust.store.session import open_engine
from labeltrust.store.slices import slices
from labeltrust.store.verification import ENTRIES, entry

TABLES = ("delivery", "labeler_alias", "item_alias", "item_content", "event")
_CHAIN = 2
Row = Mapping[str, object]


@dataclass(frozen=True)
class Batch:
    """What one delivery left: its body, canonical bytes of its records, and rows by table."""

    body: bytes
    canonical: list[bytes]
    rows: dict[str, list[Row]]


def newest(engine: Engine) -> dict[str, int]:
    """Return the newest row of each table."""
    with engine.connect() as connection:
        return {
            table: connection.exec_driver_sql(f"SELECT max({_key(table)}) FROM {table}").scalar()
            or 0
            for table in TABLES
        }


def _key(table: str) -> str:
    return {"event": "sequence", "item_content": "item_id"}.get(table, "id")


def written(engine: Engine, before: Mapping[str, int]) -> list[Batch]:
    """Return what was written since, delivery by delivery."""
    new = {table: _since(engine, table, before[table]) for table in TABLES}
    canonical = _canonical(engine, before["event"])
    by_delivery: dict[object, list[Row]] = {}
    for row in new["event"]:
        by_delivery.setdefault(row["delivery_id"], []).append(row)
    named = {table: {row[_key(table)]: row for row in new[table]} for table in TABLES[1:4]}
    return [
        _batch(delivery, by_delivery[delivery["id"]], canonical, named)
        for delivery in new["delivery"]
    ]


def _since(engine: Engine, table: str, after: int) -> list[Row]:
    chain = f" AND chain_id = {_CHAIN}" if table == "event" else ""
    wanted = f"SELECT * FROM {table} WHERE {_key(table)} > {after}{chain} ORDER BY {_key(table)}"
    with engine.connect() as connection:
        return list(connection.exec_driver_sql(wanted).mappings())


def _batch(
    delivery: Row,
    events: list[Row],
    canonical: Mapping[int, bytes],
    named: Mapping[str, dict[object, Row]],
) -> Batch:
    rows = {"delivery": [delivery]}
    for table, rest in named.items():
        column = "labeler_alias_id" if table == "labeler_alias" else "item_alias_id"
        used = dict.fromkeys(event[column] for event in events)
        rows[table] = [rest.pop(number) for number in used if number in rest]
    rows["event"] = events
    texts = [canonical[int(str(event["sequence"]))] for event in events]
    return Batch(body=bytes(delivery["body"]), canonical=texts, rows=rows)  # type: ignore[call-overload]


def _canonical(engine: Engine, after: int) -> dict[int, bytes]:
    """Return the canonical bytes of each record behind a place."""
    with engine.connect() as connection:
        wanted = f"SELECT max(sequence) FROM event WHERE chain_id = {_CHAIN}"
        through = connection.exec_driver_sql(wanted).scalar_one()
    found = {}
    for rows in slices(engine, ENTRIES, (_CHAIN, through)):
        for row in rows:
            record = entry("fraud", row).record
            if record.sequence > after:
                found[record.sequence] = canonical_bytes(record)
    return found


def floor(place: Place, batches: Sequence[Batch]) -> float:
    """Write the batches by raw statements and return the seconds."""
    if place.settings.database_url:
        with durable_postgres() as url:
            return _on_postgres(url, batches)
    with tempfile.TemporaryDirectory(prefix=".bench-", dir=Path.cwd()) as folder:
        return _on_sqlite(Settings(home=Path(folder)), batches)


def _on_sqlite(settings: Settings, batches: Sequence[Batch]) -> float:
    engine = _migrated(settings)
    with engine.connect() as connection:
        asked = ("journal_mode", "synchronous")
        modes = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in asked}
    engine.dispose()
    raw = sqlite3.connect(settings.home / "labeltrust.db", isolation_level=None)
    for name, value in modes.items():
        raw.execute(f"PRAGMA {name}={value}")
    began = time.perf_counter()
    for batch in batches:
        head = _hashed(batch)
        raw.execute("BEGIN IMMEDIATE")
        for table, rows in batch.rows.items():
            if rows:
                marks = ",".join("?" * len(rows[0]))
                values = [tuple(row.values()) for row in rows]
                raw.executemany(f"INSERT INTO {table} VALUES ({marks})", values)
        raw.execute("UPDATE chain SET next_sequence = next_sequence + 1, head = ?", (head,))
        raw.execute("COMMIT")
    seconds = time.perf_counter() - began
    raw.close()
    return seconds


def _on_postgres(url: str, batches: Sequence[Batch]) -> float:
    _migrated(Settings(database_url=url)).dispose()
    with psycopg.connect(url) as raw:
        # Rows of the installation itself are not copied, so nothing can point at them.
        raw.execute("SET session_replication_role = replica")
        raw.commit()
        began = time.perf_counter()
        for batch in batches:
            head = _hashed(batch)
            for table, rows in batch.rows.items():
                if rows:
                    columns = ",".join(rows[0])
                    with raw.cursor().copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(tuple(row.values()))
            raw.execute("UPDATE chain SET next_sequence = next_sequence + 1, head = %s", (head,))
            raw.commit()
        return time.perf_counter() - began


def _migrated(settings: Settings) -> Engine:
    engine = open_engine(settings)
    migrate(engine)
    return engine


def _hashed(batch: Batch) -> bytes:
    """Compute the hashes of its body, content, leaves, links and names."""
    hashlib.sha256(batch.body).digest()
    head = bytes(32)
    for text in batch.canonical:
        hashlib.blake2b(text, key=head, digest_size=32).digest()
        head = hashlib.sha256(head + hashlib.sha256(b"\x00" + text).digest()).digest()
    for row in (*batch.rows["labeler_alias"], *batch.rows["item_alias"]):
        name = str(row).encode()[:32]
        hmac.digest(head, name, "sha256")  # by which it is looked up
        hmac.digest(head, name, "sha256")  # its pseudonym
    return head
