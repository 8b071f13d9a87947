"""Verification of a million records with their checkpoints, beside a floor of plain hashlib.

The floor hashes the same canonical bytes with hashlib alone: leaf, link, and the Merkle tree that
checkpoints are compared with. What is not in it is what verification needs besides: rows out of the
database, and canonical bytes out of rows. Both run in the same process, in turns; seconds are those
of the processor, so that neighbours on the machine do not count; the peak of the resident memory is
that of the verification, over what the process had before it.

    python benchmarks/verify_ledger.py [RECORDS]
"""

import hashlib
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from labeltrust.app import build_deployment
from labeltrust.domain.access import SourceDraft
from labeltrust.domain.events import Event, Parsed
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.ledger.canonical import canonical_bytes
from labeltrust.services.add_source import add_source
from labeltrust.services.checkpoints.sign import checkpoint_now
from labeltrust.services.create_project import create_project
from labeltrust.services.deployment import Deployment
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.settings import Settings
from labeltrust.store.drafts import Submission
from labeltrust.store.migrate import migrate
from labeltrust.store.recording import Recorder
from labeltrust.store.slices import slices
from labeltrust.store.verification import ENTRIES, entry, stored_chains

BATCH, ROUNDS = 2_000, 2
OWNER = Principal(name="os:bench", role="owner", projects=None)
AT = datetime(2026, 11, 29, tzinfo=UTC)


def main() -> None:
    """Run and print rates, their ratio, and memory."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as home:
        deployment = _filled(Path(home), n)
        signed = time.process_time()
        made = checkpoint_now(deployment, OWNER)
        signed = time.process_time() - signed
        times, floors = [], []
        before = _peak_mb(anew=True)
        for turn in range(ROUNDS):
            began = time.process_time()
            report = verify_ledger(deployment, OWNER)
            times.append(time.process_time() - began)
            if turn == 0:
                grown = _peak_mb() - before
            floors.append(_floor(deployment))
        deployment.engine.dispose()
    records = sum(chain.records for chain in report.chains)
    held = sum(chain.checkpoints for chain in report.chains)
    print(f"{records} records, {held} checkpoints, holds: {report.ok}, chains: {len(made)}")
    print(f"signing   {n / signed:9.0f} records/s, {signed:6.1f} s")
    print(f"verifying {n / min(times):9.0f} records/s, {min(times):6.1f} s")
    print(f"hashlib   {n / min(floors):9.0f} records/s, {min(floors):6.1f} s")
    print(f"ratio     {min(floors) / min(times):9.3f}")
    print(f"memory    {grown:9.1f} MB over {before:.0f} MB before")


def _filled(home: Path, n: int) -> Deployment:
    settings = Settings(home=home)
    deployment = build_deployment(settings, clock=lambda: AT)
    migrate(deployment.engine)
    classes = ("benign", "fraud")
    create_project(
        deployment, OWNER, ProjectDraft(name="p", questions=(Question(classes=classes),))
    )
    add_source(deployment, OWNER, SourceDraft(name="s", platform="generic", projects=("p",)))
    recorder = Recorder(deployment.engine, deployment.vault)
    for start in range(0, n, BATCH):
        recorder.record([_submission(start, min(BATCH, n - start))])
    return deployment


def _submission(start: int, n: int) -> Submission:
    events = tuple(
        Event(
            type="label.submitted",
            project="p",
            event_id=f"e{number}",
            item=f"i{number % 50_000}",
            labeler=f"l{number % 97}",
            label="fraud" if number % 7 == 0 else "benign",
            duration_seconds=2.5,
        )
        for number in range(start, start + n)
    )
    parsed = Parsed(events=events, positions=tuple(range(n)))
    body = str(start).encode()
    return Submission(source="s", body=body, parsed=parsed, received_at=AT, parser="bench/1")


def _floor(deployment: Deployment) -> float:
    """Return the seconds that hashlib alone needs for leaves, links and the tree."""
    seconds, head, right, size = 0.0, bytes(32), [], 0
    sha256 = hashlib.sha256
    for texts in _canonical(deployment):
        began = time.process_time()
        for text in texts:
            leaf = sha256(b"\x00" + text).digest()
            head = sha256(head + leaf).digest()
            place = size
            while place & 1:
                leaf, place = sha256(b"\x01" + right.pop() + leaf).digest(), place >> 1
            right.append(leaf)
            size += 1
        seconds += time.process_time() - began
    return seconds


def _canonical(deployment: Deployment) -> Iterator[list[bytes]]:
    for chain in stored_chains(deployment.engine):
        through = chain.head.next_sequence - 1
        for rows in slices(deployment.engine, ENTRIES, (chain.id, through), rows=BATCH):
            yield [canonical_bytes(entry(chain.name, row).record) for row in rows]


def _peak_mb(*, anew: bool = False) -> float:
    """Return the largest resident memory since the last time that it was counted anew (Linux)."""
    if anew:
        Path("/proc/self/clear_refs").write_text("5", "ascii")
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1_024


if __name__ == "__main__":
    main()
