"""Measure a question from its archive alone: part by part, here or on a cluster."""

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pyarrow.parquet as pq

from labeltrust import counts as counts_folder
from labeltrust.counts import Counter, Counts
from labeltrust.counts._base import STRUCTURED
from labeltrust.counts.activity import Activity
from labeltrust.discovery import discover
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.engine._parts import Space
from labeltrust.engine.choice import Engine, engine_of
from labeltrust.policy.numbers import numbers
from labeltrust.policy.scorecard import Document, labeler_part, project_part
from labeltrust.services._appraisal import rules_of, told_apart
from labeltrust.services._heavy import heavily
from labeltrust.services.archiving import _layout
from labeltrust.services.archiving._layout import Archive, require_whole
from labeltrust.services.archiving.read_archive import chosen, words_of
from labeltrust.services.deployment import Deployment
from labeltrust.store.inserting import known_id
from labeltrust.store.names import labelers
from labeltrust.store.projects import project_of, project_row
from labeltrust.store.session import reading
from labeltrust.store.snapshots import probation_sources


def count_archive(
    deployment: Deployment,
    principal: Principal,
    project: str,
    question: str = "label",
    *,
    position: int | None = None,
) -> Document:
    """Return the numbers of a project and its labelers, counted from an archive.

    It is the part of an assessment that sums over items give: agreement, gold accuracy, kappas,
    label shift. Signals, trust and flags need the rows at one place and come from `assess`. The
    memory it takes is that of some parts, not of the project.

    Args:
        deployment: The installation; its engine counts.
        principal: Who asks.
        project: Name of the project.
        question: Name of the question.
        position: Of the archive; None for the newest.

    Raises:
        NotAllowed: The role may not assess.
        NotFound: There is no such project in scope, or no such archive.
        Tampered: A file is not what the manifest says.
        InvalidInput: Its labels have parts, which are alike in degrees that no part knows alone.
    """
    principal.require("assess", project)
    archive = chosen(deployment, principal, project, question, position)
    if archive.manifest.scale in STRUCTURED:
        detail = f"labels of scale {archive.manifest.scale!r} are compared in one place: use assess"
        raise InvalidInput(detail, place="question", code="scale_with_parts")
    return heavily(deployment, _counted, archive)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facts:
    """What counting an archive needs of the database."""

    without_sources: tuple[int, ...]
    window_days: int


def _counted(deployment: Deployment, archive: Archive) -> Document:
    require_whole(archive)
    said = archive.manifest
    with reading(deployment.engine) as session:
        row = project_row(session, said.project)
        facts = _Facts(
            without_sources=tuple(probation_sources(session, known_id(row.id))),
            window_days=rules_of(deployment.settings, project_of(session, row)).window_days,
        )
    space = space_of(archive, facts.without_sources)
    found = archive_counts(archive, space, engine_of(deployment.settings))
    return {
        "project": said.project,
        "question": said.question,
        "position": said.position,
        "engine": deployment.settings.engine,
        **_numbers(deployment, space, found, facts.window_days),
    }


def archive_counts(archive: Archive, space: Space, engine: Engine) -> dict[str, Counts]:
    """Return the counts of every counter over an archive."""
    counters = discover(counts_folder, "COUNTER", Counter)
    return engine.count_files(archive.judgment_files, space, counters, archive.manifest.judgments)


def space_of(archive: Archive, without_sources: tuple[int, ...] = ()) -> Space:
    """Return what the numbers in an archive's files mean."""
    _, values, codes = words_of(archive)
    ids = pq.read_table(archive.folder / _layout.LABELERS).column("labeler").to_numpy()
    return Space(
        parts=archive.manifest.parts,
        values=values,
        level=archive.manifest.scale,
        labeler_ids=ids,
        label_codes=codes[:-1],
        without_sources=without_sources,
    )


def _numbers(
    deployment: Deployment, space: Space, found: dict[str, Counts], window_days: int
) -> Document:
    did = cast("Activity", found["activity"])
    project, each = numbers(
        found, space.level, labels=did.labels, items=did.items, window_days=window_days
    )
    known = labelers(deployment.engine, space.labeler_ids)
    names = told_apart(known)
    entries = [
        {
            "labeler": names[code],
            "kind": known[code].kind,
            **_entry(labeler_part(each, code, {}, [])),
        }
        for code in np.flatnonzero(did.labels).tolist()
    ]
    majority = cast("Any", found["majority"])
    return {
        "items": majority.items,
        "labels": int(did.labels.sum()),
        "labelers_n": len(entries),
        **project_part(project, space.level),
        "labelers": entries,
    }


def _entry(part: Document) -> Document:
    """Leave out what is not counted here."""
    return {key: value for key, value in part.items() if key not in {"trust", "signals"}}
