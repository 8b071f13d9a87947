"""Take checkpoints to the places outside: in order, tried again until each is taken."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import structlog

from labeltrust.domain.errors import Conflict, LabeltrustError, NotFound
from labeltrust.ledger.copies import notes_in
from labeltrust.ledger.notes import origin_of, verifier_key
from labeltrust.outgoing import checkpoint_folder
from labeltrust.outgoing.shapes._base import Taken, Telling, moment_text
from labeltrust.policy.alerting import pause
from labeltrust.services.alerting.send import tell
from labeltrust.services.checkpoints.compare import compare
from labeltrust.services.deployment import Deployment
from labeltrust.store import checkpoint_places
from labeltrust.store.alert_channels import get_channel
from labeltrust.store.checkpoints import StoredCheckpoint, checkpoints_after
from labeltrust.store.jobs import Lease, require_lease
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import CheckpointPlace

DELIVER: Final = "checkpoint-deliver"
WORD: Final = "ledger.checkpoints"
_AT_ONCE: Final = 200
_LOG = structlog.get_logger("labeltrust.ledger")


def deliver_for_job(deployment: Deployment, lease: Lease) -> None:
    """Take to a place what it has not taken yet; a failure is kept in its row."""
    try:
        while deliver(deployment, int(lease.key), lease):
            pass
    except NotFound:
        return  # removed meanwhile


def deliver(deployment: Deployment, number: int, lease: Lease | None = None) -> bool:
    """Take the next checkpoints to a place; say whether it took some and more are waiting.

    Raises:
        NotFound: There is no such place.
    """
    with reading(deployment.engine) as session:
        row = checkpoint_places.place_row(session, number)
        found = checkpoints_after(session, row.through, _AT_ONCE)
    if not found:
        return False
    taken = _taken(deployment, row, found)
    now = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        if lease is not None:
            require_lease(session, lease)
        row = checkpoint_places.place_row(session, number, lock=True)
        if taken.outcome == "taken":
            row.through, row.taken_at = max(row.through, found[-1].id), now
            row.failures, row.retry_at, row.trouble = 0, None, None
        else:
            row.failures, row.trouble = row.failures + 1, taken.detail
            row.retry_at = now + pause(f"place {number}", row.failures, taken.retry_after)
        session.add(row)
    if taken.outcome != "taken":
        _LOG.warning("checkpoints not taken", place=row.name, why=taken.detail)
    return taken.outcome == "taken" and len(found) == _AT_ONCE


def _taken(
    deployment: Deployment, row: CheckpointPlace, found: Sequence[StoredCheckpoint]
) -> Taken:
    if row.folder is not None:
        return _put(deployment, Path(row.folder), found)
    now = deployment.clock()
    try:
        with reading(deployment.engine) as session:
            channel = get_channel(session, row.channel_id or 0, now)
    except NotFound:
        return Taken(outcome="again", detail="its channel of alerts was removed")
    return tell(deployment, channel, telling_of(deployment, found))


def _put(deployment: Deployment, folder: Path, found: Sequence[StoredCheckpoint]) -> Taken:
    """Write one file; before it, hold what the folder knows best against the record."""
    try:
        mine = deployment.vault.fingerprint  # installations may share a folder
        kept = checkpoint_folder.newest(folder, mine)
        wrong = compare(deployment, notes_in(kept))
        if wrong:
            return Taken(outcome="again", detail="; ".join(wrong.values())[:2_000])
        name = f"{mine}-{found[0].id:012d}-{found[-1].id:012d}"
        checkpoint_folder.put(folder, name, "\n".join(one.note for one in found))
    except Conflict as error:
        return Taken(outcome="again", detail=f"{error}: was the database rolled back?")
    except OSError as error:
        return Taken(outcome="again", detail=f"{error.strerror or type(error).__name__}: {folder}")
    except LabeltrustError as error:
        return Taken(outcome="again", detail=str(error)[:2_000])
    return Taken(outcome="taken")


def telling_of(deployment: Deployment, found: Sequence[StoredCheckpoint]) -> Telling:
    """Return what a channel is told: machines all notes, people the newest of each chain."""
    newest = {one.chain: one for one in found}
    digest = hashlib.sha256("\n".join(one.note for one in found).encode()).hexdigest()
    uid = f"ckpt_{found[-1].id}_{digest[:16]}"
    vault, address = deployment.vault, f"{deployment.settings.address}/ledger"
    lines = [line for one in newest.values() for line in (*one.note.splitlines(), "")]
    return Telling(
        uid=uid,
        key=f"labeltrust:checkpoints:{vault.fingerprint}",
        effect="event",
        code="checkpoints",
        word=WORD,
        loudness="news",
        title=f"Checkpoints of {len(newest)} chains; keep this message",
        lines=tuple(lines),
        n=len(lines),
        project="",
        link=address,
        runbook=address,
        began_at=found[0].made_at,
        at=found[-1].made_at,
        now=deployment.clock(),
        facts={
            "installation": vault.fingerprint,
            "keys": [
                verifier_key(origin_of(vault.fingerprint, one.chain), vault.signature_key)
                for one in newest.values()
            ],
            "checkpoints": [
                {
                    "id": one.id,
                    "chain": one.chain,
                    "size": one.size,
                    "root": one.root,
                    "made_at": moment_text(one.made_at),
                    "note": one.note,
                }
                for one in found
            ],
        },
    )
