"""A training set: consensus labels and judgments without what is held out, with a manifest."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from sqlmodel import Session

from labeltrust.domain.errors import Busy, InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act, note_snapshot
from labeltrust.services._heavy import heavily
from labeltrust.services._held import Hold, held_by, holds
from labeltrust.services._snapshot_files import (
    MANIFEST,
    Tables,
    move_into_place,
    tables_of,
    write_tables,
    write_whole,
)
from labeltrust.services._voices import Voices
from labeltrust.services.deployment import Deployment
from labeltrust.store import jobs, snapshots
from labeltrust.store.assessed import trust_of
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.chains import chain_end
from labeltrust.store.flags import brief_flags
from labeltrust.store.freezes import list_freezes
from labeltrust.store.inserting import known_id
from labeltrust.store.jobs import Lease
from labeltrust.store.judgments import read_judgments
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_row, questions_of
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.snapshots import SnapshotRow, item_names, probation_sources, source_names

MOST_HOLD_BACK_HOURS = 24.0 * 365
_TRIES = 3
FORMAT = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotOrder:
    """A snapshot to be made.

    Attributes:
        project: Whose labels.
        hold_back_hours: Leave out labels received within so many hours: nobody has had the time to
            suspect them. As long as the usual time to detect is a good choice; 0 takes all.
        lease: The job that makes it, if one does; nothing is stored once it is lost.
    """

    project: str
    hold_back_hours: float = 0.0
    lease: Lease | None = None


def create_snapshot(
    deployment: Deployment, principal: Principal, project: str, *, hold_back_hours: float = 0.0
) -> dict[str, Any]:
    """Write a snapshot and return its manifest.

    The gate is not asked: a snapshot of a closed project is evidence, and says that it was closed.

    Args:
        deployment: The installation.
        principal: Who makes it.
        project: Name of the project.
        hold_back_hours: Leave out labels received within so many hours.

    Raises:
        NotAllowed: The role may not make snapshots.
        NotFound: There is no such project in scope.
        InvalidInput: No such time can be held back.
        Busy: Freezes kept changing while the files were written.
    """
    principal.require("snapshot", project)
    hours = checked_hold_back(hold_back_hours)
    order = SnapshotOrder(project=project, hold_back_hours=hours)
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """What a snapshot is made of, read before the files are written."""

    position: int
    questions: tuple[str, ...]
    reasons: tuple[Hold, ...]
    names: dict[int, str]
    sources: dict[int, str]
    policy_version: str
    voices: Voices
    assessed_through: int | None
    hold_back: dict[str, Any] | None
    lease: Lease | None

    @property
    def all_reasons(self) -> tuple[Hold, ...]:
        """What stays out: what stands against labels, then what is merely fresh."""
        return (*self.reasons, *fresh_hold(self.hold_back))


def fresh_hold(hold_back: dict[str, Any] | None) -> tuple[Hold, ...]:
    """Return what a manifest's hold-back keeps out: nothing, or all labels since its moment."""
    if hold_back is None:
        return ()
    return (Hold(code="fresh", since=datetime.fromisoformat(hold_back["since"])),)


def _attempt(deployment: Deployment, actor: str, order: SnapshotOrder) -> dict[str, Any] | None:
    at, project = deployment.clock(), order.project
    with reading(deployment.engine) as session:
        read = _facts(session, order, at)
    home = deployment.settings.home / "snapshots"
    home.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=home))
    try:
        manifest = _written(deployment, read, project, draft)
        manifest |= {"project": project, "created_at": at.isoformat(), "created_by": actor}
        return _commit(deployment, read, manifest, draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _facts(session: Session, order: SnapshotOrder, at: datetime) -> _Read:
    row = project_row(session, order.project)
    reasons = standing_holds(session, known_id(row.id), at)
    assessment = latest_assessment(session, known_id(row.id))
    labelers = [hold.labeler_id for hold in reasons if hold.labeler_id is not None]
    return _Read(
        position=chain_end(session, row).position,
        questions=tuple(question.name for question in questions_of(session, row)),
        reasons=tuple(reasons),
        names=labeler_names(session, labelers),
        sources=source_names(session),
        policy_version="" if assessment is None else assessment.policy_version,
        voices=trust_of(session, known_id(row.id)),
        assessed_through=None if assessment is None else assessment.events_through,
        hold_back=_hold_back(order, at),
        lease=order.lease,
    )


def _hold_back(order: SnapshotOrder, at: datetime) -> dict[str, Any] | None:
    hours = order.hold_back_hours
    if not hours:
        return None
    return {"hours": hours, "since": (at - timedelta(hours=hours)).isoformat()}


def standing_holds(session: Session, project_id: int, at: datetime) -> list[Hold]:
    """Return everything that keeps labels of a project out of training sets at a moment."""
    return holds(
        [row.state for row in list_freezes(session, project_id)],
        brief_flags(session, project_id),
        probation_sources(session, project_id),
        at,
    )


def _written(deployment: Deployment, read: _Read, project: str, draft: Path) -> dict[str, Any]:
    tables: list[Tables] = []
    excluded = np.zeros(len(read.all_reasons), dtype=np.int64)
    for question in read.questions:
        loaded = read_judgments(deployment.engine, project, question, through=read.position)
        held = held_by(loaded, read.all_reasons)
        excluded += np.bincount(held[held >= 0], minlength=excluded.size)
        ids = np.unique(loaded.item)
        names = item_names(deployment.engine, ids.tolist())
        voices = read.voices.get(question)
        tables.append(tables_of(question, loaded, held < 0, names, read.sources, voices))
    return {
        "format": FORMAT,
        "position": read.position,
        "policy_version": read.policy_version,
        "assessed_through": read.assessed_through,
        "query": {"questions": list(read.questions), "through": read.position},
        "consensus": {
            q: {"method": t.method, "ties": t.ties}
            for q, t in zip(read.questions, tables, strict=True)
        },
        "hold_back": read.hold_back,
        "excluded": _excluded(read, excluded.tolist()),
        "files": write_tables(draft, tables),
    }


def _excluded(read: _Read, labels: Sequence[int]) -> list[dict[str, Any]]:
    return [
        {
            "code": hold.code,
            "labels": n,
            "labeler": None if hold.labeler_id is None else read.names[hold.labeler_id],
            "source": None if hold.source_id is None else read.sources[hold.source_id],
            "import": hold.import_id,
            "since": None if hold.since is None else hold.since.isoformat(),
            "clock": hold.clock,
            "freeze": hold.freeze,
            "flag": hold.flag,
        }
        for hold, n in zip(read.all_reasons, labels, strict=True)
    ]


def _commit(
    deployment: Deployment, read: _Read, manifest: dict[str, Any], draft: Path
) -> dict[str, Any] | None:
    """Number, name and record the files, unless what is held out changed meanwhile."""
    at = datetime.fromisoformat(manifest["created_at"])
    with unit_of_work(deployment.engine) as session:
        if read.lease is not None:
            jobs.require_lease(session, read.lease)
        row = project_row(session, manifest["project"])
        act = begin_act(session, row, manifest["created_by"], at)
        if tuple(standing_holds(session, act.project_id, at)) != read.reasons:
            return None
        number = snapshots.reserve(session, act.project_id, act.actor, at)
        whole = {"snapshot": number, **manifest}
        text = json.dumps(whole, indent=2, sort_keys=True, allow_nan=False)
        digest = write_whole(draft / MANIFEST, text)
        done = SnapshotRow(
            id=number,
            project_id=act.project_id,
            project=row.name,
            created_at=at,
            created_by=act.actor,
            events_through=read.position,
            rows=manifest["files"]["labels.parquet"]["rows"],
            digest=digest,
            manifest=text,
        )
        snapshots.complete(session, done)
        note_snapshot(act, done.id, digest.hex(), done.rows)
        move_into_place(draft, snapshot_folder(deployment, number))
    return whole


def snapshot_folder(deployment: Deployment, number: int) -> Path:
    """Return where the files of a snapshot lie."""
    return deployment.settings.home / "snapshots" / str(number)
