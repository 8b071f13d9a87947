"""A training set: consensus labels and judgments without what is held out, with a manifest."""

import hashlib
import json
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from labeltrust.domain.errors import Busy, InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.domain.training_sets import NOTHING_LEFT_OUT, Without, checked_without
from labeltrust.ledger.signatures import key_id
from labeltrust.services import _snapshot_facts
from labeltrust.services._acts import Act, begin_act, note_snapshot
from labeltrust.services._heavy import heavily
from labeltrust.services._held import held_by
from labeltrust.services._manifest import manifest_of
from labeltrust.services._share_index import keep_shares
from labeltrust.services._snapshot_facts import SnapshotFacts, SnapshotOrder
from labeltrust.services._snapshot_files import (
    LABELS,
    MANIFEST,
    SIGNATURE,
    Tables,
    move_into_place,
    tables_of,
    write_tables,
    write_whole,
)
from labeltrust.services.deployment import Deployment
from labeltrust.store import jobs, snapshots
from labeltrust.store.judgments import read_judgments
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.snapshots import SnapshotRow, item_names

MOST_HOLD_BACK_HOURS = 24.0 * 365
_TRIES = 3


def create_snapshot(
    deployment: Deployment,
    principal: Principal,
    project: str,
    *,
    hold_back_hours: float = 0.0,
    without: Without = NOTHING_LEFT_OUT,
    parent: int | None = None,
) -> dict[str, Any]:
    """Write a snapshot and return its manifest.

    The gate is not asked: a snapshot of a closed project is evidence, and says that it was closed.

    Args:
        deployment: The installation.
        principal: Who makes it.
        project: Name of the project.
        hold_back_hours: Leave out labels received within so many hours.
        without: Labelers, sources, imports and windows to be left out of this one.
        parent: The snapshot that it is made from; the manifest says so.

    Raises:
        NotAllowed: The role may not make snapshots.
        NotFound: There is no such project in scope, or no such labeler, source, import or parent.
        InvalidInput: No such time can be held back, or no such thing be left out.
        Busy: Freezes kept changing while the files were written.
    """
    principal.require("snapshot", project)
    order = SnapshotOrder(
        project=project,
        hold_back_hours=checked_hold_back(hold_back_hours),
        without=checked_without(without),
        parent=parent,
    )
    return heavily(deployment, carry_out, principal.name, order)


def checked_hold_back(hours: float) -> float:
    """Return a time to hold fresh labels back, or refuse one that is none.

    >>> checked_hold_back(48)
    48
    """
    if not 0.0 <= hours <= MOST_HOLD_BACK_HOURS:
        detail = f"hold-back is {hours!r} hours, must be 0 to {MOST_HOLD_BACK_HOURS:g}"
        raise InvalidInput(detail, place="hold_back_hours", code="bad_hold_back")
    return hours


def carry_out(deployment: Deployment, actor: str, order: SnapshotOrder) -> dict[str, Any]:
    """Write a snapshot for an actor whose right was asked for, and return its manifest.

    Raises:
        Busy: Freezes kept changing while the files were written.
        Conflict: The job that ordered it was lost to another worker.
    """
    for _ in range(_TRIES):
        manifest = _attempt(deployment, actor, order)
        if manifest is not None:
            return manifest
    raise Busy("freezes kept changing while the snapshot was written", retry_after_seconds=5)


def _attempt(deployment: Deployment, actor: str, order: SnapshotOrder) -> dict[str, Any] | None:
    at = deployment.clock()
    with reading(deployment.engine) as session:
        facts = _snapshot_facts.read_facts(deployment, session, order, at)
    home = deployment.settings.home / "snapshots"
    home.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=home))
    try:
        manifest = _written(deployment, order, facts, draft)
        manifest |= {"created_at": at.isoformat(), "created_by": actor}
        manifest["signed_by"] = key_id(deployment.vault.signature_key)
        return _commit(deployment, _Done(order, facts, manifest, draft))
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _written(
    deployment: Deployment, order: SnapshotOrder, facts: SnapshotFacts, draft: Path
) -> dict[str, Any]:
    tables: list[Tables] = []
    held_out = facts.held
    excluded = np.zeros(len(held_out), dtype=np.int64)
    for question in facts.questions:
        through = facts.end.position
        loaded = read_judgments(deployment.engine, order.project, question, through=through)
        held = held_by(loaded, held_out)
        excluded += np.bincount(held[held >= 0], minlength=excluded.size)
        ids = np.unique(loaded.item)
        names = item_names(deployment.engine, ids.tolist())
        voices = facts.voices.get(question)
        tables.append(tables_of(question, loaded, held < 0, names, facts.sources, voices))
    manifest = manifest_of(order, facts, tables, excluded.tolist())
    return manifest | {"files": write_tables(draft, tables)}


class _Done(NamedTuple):
    """Files that are written, and what they were written from."""

    order: SnapshotOrder
    facts: SnapshotFacts
    manifest: dict[str, Any]
    draft: Path


def _commit(deployment: Deployment, done: _Done) -> dict[str, Any] | None:
    """Number, name, sign and record the files, unless what is held out changed meanwhile."""
    order, facts, manifest, draft = done
    at = datetime.fromisoformat(manifest["created_at"])
    with unit_of_work(deployment.engine) as session:
        if order.lease is not None:
            jobs.require_lease(session, order.lease)
        row = project_row(session, order.project)
        act = begin_act(session, row, manifest["created_by"], at)
        standing = _snapshot_facts.standing_holds(session, act.project_id, at)
        if tuple(standing) != facts.standing:
            return None
        whole = {"snapshot": snapshots.reserve(session, act.project_id, act.actor, at), **manifest}
        text = json.dumps(whole, indent=2, sort_keys=True, allow_nan=False)
        signature = deployment.vault.sign(text.encode())
        stored = _stored(act, facts, whole, text, signature)
        write_whole(draft / MANIFEST, text.encode())
        write_whole(draft / SIGNATURE, signature)
        snapshots.complete(session, stored)
        note_snapshot(act, _told(stored, manifest["signed_by"]))
        move_into_place(draft, snapshot_folder(deployment, stored.id))
    methods = {question: said["method"] for question, said in whole["consensus"].items()}
    keep_shares(snapshot_folder(deployment, stored.id), methods, stored.digest.hex())
    return whole


def _stored(
    act: Act, facts: SnapshotFacts, manifest: dict[str, Any], text: str, signature: bytes
) -> SnapshotRow:
    return SnapshotRow(
        id=manifest["snapshot"],
        project_id=act.project_id,
        project=manifest["project"],
        created_at=act.at,
        created_by=act.actor,
        events_through=facts.end.position,
        rows=manifest["files"][LABELS]["rows"],
        digest=hashlib.sha256(text.encode()).digest(),
        manifest=text,
        signature=signature,
        parent=manifest["parent"],
    )


def _told(stored: SnapshotRow, signed_by: str) -> dict[str, object]:
    return {
        "snapshot": stored.id,
        "sha256": stored.digest.hex(),
        "rows": stored.rows,
        "signed_by": signed_by,
        "parent": stored.parent,
    }


def snapshot_folder(deployment: Deployment, number: int) -> Path:
    """Return where the files of a snapshot lie."""
    return deployment.settings.home / "snapshots" / str(number)
