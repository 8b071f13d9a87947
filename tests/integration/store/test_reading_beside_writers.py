"""Long reads and writers on one live file: locks hold, and commits pass in between."""

import sqlite3
import subprocess
import sys
import threading
import time

import pytest
from records import Record

from labeltrust.store.judgments import Fetching
from labeltrust.store.session import unit_of_work
from labeltrust.store.slices import slices
from labeltrust.store.verification import stored_chains, verify_chain

TAKE = (
    "import sqlite3, sys\n"
    "c = sqlite3.connect(sys.argv[1], timeout=0.2, isolation_level=None)\n"
    "try:\n    c.execute('BEGIN IMMEDIATE')\n    print('taken')\n"
    "except sqlite3.OperationalError as error:\n    print(error)\n"
)


def taken_by_another_process(path):
    command = [sys.executable, "-c", TAKE, str(path)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603


@pytest.fixture
def record(deployment):
    made = Record(deployment)
    for n in range(4):
        made.send(*(made.label(f"i{n}-{k}", f"l{k % 7}") for k in range(200)))
    return made


def test_a_write_lock_survives_a_whole_reading_in_the_same_process(record, deployment):
    """One SQLite library a process: a second one would drop the locks of the first."""
    if deployment.engine.dialect.name != "sqlite":
        pytest.skip("a lock of SQLite")
    path = deployment.settings.home / "labeltrust.db"

    with unit_of_work(deployment.engine) as session:
        session.connection().exec_driver_sql("SELECT 1")
        assert "locked" in taken_by_another_process(path)
        assert len(record.judgments(fetching=Fetching(slice_rows=100)).label) == 800
        chains = [verify_chain(deployment.engine, c) for c in stored_chains(deployment.engine)]
        assert not any(chain.broken for chain in chains)
        assert "locked" in taken_by_another_process(path)

    assert taken_by_another_process(path) == "taken"


def test_commits_pass_while_a_long_reading_goes_on(record, deployment):
    stop = threading.Event()

    def read():
        while not stop.is_set():
            record.judgments(fetching=Fetching(slice_rows=50))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    waits = []
    for n in range(20):
        began = time.monotonic()
        record.send(record.label(f"new{n}", "l1"))
        waits.append(time.monotonic() - began)
    stop.set()
    for reader in readers:
        reader.join()

    assert max(waits) < 5.0, "a commit had to wait for a reader to end"


def test_a_slice_is_made_shorter_where_it_takes_too_long(deployment, record):
    chain_id = 2
    sql = (
        "SELECT sequence, (WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c "
        "WHERE n < 2000) SELECT max(n) FROM c) FROM event "
        "WHERE chain_id = ? AND sequence > ? AND sequence <= ?"
    )

    sizes = [len(rows) for rows in slices(deployment.engine, sql, (chain_id, 700), rows=600)]

    assert sum(sizes) == 700
    assert min(sizes[1:] or [0]) < 600


def test_an_older_reader_in_wal_or_journal_mode_blocks_nobody_for_long(deployment, record):
    """A reader that was abandoned in the middle holds no lock: every slice ends its own."""
    if deployment.engine.dialect.name != "sqlite":
        pytest.skip("a lock of SQLite")
    sql = "SELECT sequence FROM event WHERE chain_id = ? AND sequence > ? AND sequence <= ?"
    reader = slices(deployment.engine, sql, (2, 800), rows=100)
    next(reader)

    other = sqlite3.connect(deployment.settings.home / "labeltrust.db", timeout=0.5)
    other.execute("CREATE TABLE passed (a)")
    other.commit()
    other.close()
    reader.close()
