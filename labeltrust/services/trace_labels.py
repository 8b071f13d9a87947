"""Lineage: which training sets and models hold labels of somebody, and how much rests on them."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.services._cases import labeler_named
from labeltrust.services._heavy import heavily
from labeltrust.services._label_shares import LabelShare, Scope, Snapshotted, shares_in
from labeltrust.services.create_snapshot import snapshot_folder
from labeltrust.services.deployment import Deployment
from labeltrust.store.freezes import source_of_project, whole_import
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import labeler_names, numbers_of_labeler
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading
from labeltrust.store.snapshots import SnapshotRow, newest_snapshots
from labeltrust.store.tables import Project
from labeltrust.store.training import ModelVersion, models_of, uses

MOST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Whose labels to trace; one of labeler, source and import.

    Attributes:
        labeler: Outside id; with `source` beside it, that source's labeler.
        also: Further labelers, whose labels are traced together with those of `labeler`.
        source: Name of a source: all that it sent.
        import_id: Number of an import.
    """

    labeler: str | None = None
    also: tuple[str, ...] = ()
    source: str | None = None
    import_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotTrace:
    """What the labels are worth in one snapshot.

    Attributes:
        snapshot: Its number.
        created_at: When it was made.
        parent: The snapshot that it was made from, or None.
        in_use: The project trains on it now.
        share: Labels and items; None where its files are not here.
        reason: Why `share` is None, else empty.
        models: What was trained on it.
    """

    snapshot: int
    created_at: datetime
    parent: int | None
    in_use: bool
    share: LabelShare | None
    reason: str
    models: tuple[ModelVersion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """Where labels went.

    Attributes:
        project: Whose snapshots.
        labeler: Whose labels, or None; the first of several.
        source: Likewise.
        import_id: Likewise.
        looked_at: How many of the newest snapshots were looked into, at most `MOST`.
        snapshots: Those that hold such labels, or cannot be looked into; newest first.
        models: What was trained on those that hold some.
    """

    project: str
    labeler: str | None
    source: str | None
    import_id: int | None
    looked_at: int
    snapshots: tuple[SnapshotTrace, ...]
    models: tuple[ModelVersion, ...]


def trace_labels(
    deployment: Deployment, principal: Principal, project: str, whose: Whose
) -> Lineage:
    """Return which snapshots and models hold labels of a labeler, a source or an import.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or no such labeler, source or import.
        InvalidInput: None of the three is named, or two are.
    """
    principal.require("read", project)
    given = [whose.labeler, whose.source if whose.labeler is None else None, whose.import_id]
    if sum(one is not None for one in given) != 1:
        raise InvalidInput("name one of labeler, source and import", code="lineage_scope")
    return heavily(deployment, _traced, project, whose)


def _traced(deployment: Deployment, project: str, whose: Whose) -> Lineage:
    with reading(deployment.engine) as session:
        row = project_row(session, project)
        scope = _scope(deployment, session, row, whose)
        rows = newest_snapshots(session, known_id(row.id), MOST)
        models = models_of(session, [one.id for one in rows])
        used = uses(session, known_id(row.id), limit=1)
    current = used[0].snapshot if used else None
    shares = shares_in([_snapshotted(deployment, one) for one in rows], scope)
    traces = [_trace(*one, models, current) for one in zip(rows, shares, strict=True)]
    found = [one for one in traces if one.share is None or one.share.labels]
    return Lineage(
        project=project,
        labeler=scope.labelers[0][0] if scope.labelers else None,
        source=scope.source,
        import_id=scope.import_id,
        looked_at=len(rows),
        snapshots=tuple(found),
        models=tuple(m for one in reversed(found) if one.share is not None for m in one.models),
    )


def _scope(deployment: Deployment, session: Session, project: Project, whose: Whose) -> Scope:
    number = known_id(project.id)
    if whose.labeler is not None:
        first = labeler_named(deployment, session, project, whose.labeler, whose.source)
        also = [labeler_named(deployment, session, project, name) for name in whose.also]
        found = list(dict.fromkeys([first, *also]))
        names = labeler_names(session, found)
        return Scope(labelers=tuple((names[x], numbers_of_labeler(session, x)) for x in found))
    if whose.import_id is not None:
        return Scope(import_id=whole_import(session, number, whose.import_id))
    source_of_project(session, number, whose.source or "")
    return Scope(source=whose.source)


def _snapshotted(deployment: Deployment, row: SnapshotRow) -> Snapshotted:
    manifest: dict[str, Any] = json.loads(row.manifest)
    methods = {question: said["method"] for question, said in manifest["consensus"].items()}
    folder = snapshot_folder(deployment, row.id)
    return Snapshotted(folder=folder, methods=methods, digest=row.digest.hex())


def _trace(
    row: SnapshotRow,
    share: LabelShare | None,
    models: list[ModelVersion],
    current: int | None,
) -> SnapshotTrace:
    return SnapshotTrace(
        snapshot=row.id,
        created_at=row.created_at,
        parent=row.parent,
        in_use=row.id == current,
        share=share,
        reason="" if share is not None else "its judgments cannot be read here",
        models=tuple(model for model in models if model.snapshot == row.id),
    )
