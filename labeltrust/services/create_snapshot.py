"""A training set: consensus labels and judgments without what is held out, with a manifest."""

import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from sqlmodel import Session

from labeltrust.domain.errors import Busy
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
from labeltrust.store import snapshots
from labeltrust.store.assessed import trust_of
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.chains import chain_end
from labeltrust.store.flags import brief_flags
from labeltrust.store.freezes import list_freezes
from labeltrust.store.inserting import known_id
from labeltrust.store.judgments import read_judgments
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_row, questions_of
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.snapshots import SnapshotRow, item_names, probation_sources, source_names

_TRIES = 3
FORMAT = 1


def create_snapshot(deployment: Deployment, principal: Principal, project: str) -> dict[str, Any]:
    """Write a snapshot and return its manifest.

    The gate is not asked: a snapshot of a closed project is evidence, and says that it was closed.

    Raises:
        NotAllowed: The role may not make snapshots.
        NotFound: There is no such project in scope.
        Busy: Freezes kept changing while the files were written.
    """
    principal.require("snapshot", project)
    return heavily(deployment, _create, principal.name, project)


def _create(deployment: Deployment, actor: str, project: str) -> dict[str, Any]:
    for _ in range(_TRIES):
        manifest = _attempt(deployment, actor, project)
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


def _attempt(deployment: Deployment, actor: str, project: str) -> dict[str, Any] | None:
    at = deployment.clock()
    with reading(deployment.engine) as session:
        read = _facts(session, project, at)
    home = deployment.settings.home / "snapshots"
    home.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=home))
    try:
        manifest = _written(deployment, read, project, draft)
        manifest |= {"project": project, "created_at": at.isoformat(), "created_by": actor}
        return _commit(deployment, read, manifest, draft)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _facts(session: Session, project: str, at: datetime) -> _Read:
    row = project_row(session, project)
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
    )


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
    excluded = np.zeros(len(read.reasons), dtype=np.int64)
    for question in read.questions:
        loaded = read_judgments(deployment.engine, project, question, through=read.position)
        held = held_by(loaded, read.reasons)
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
        for hold, n in zip(read.reasons, labels, strict=True)
    ]


def _commit(
    deployment: Deployment, read: _Read, manifest: dict[str, Any], draft: Path
) -> dict[str, Any] | None:
    """Number, name and record the files, unless what is held out changed meanwhile."""
    at = datetime.fromisoformat(manifest["created_at"])
    with unit_of_work(deployment.engine) as session:
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
