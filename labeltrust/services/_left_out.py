"""What whoever orders a snapshot leaves out, as holds, and as the manifest says it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session

from labeltrust.domain.training_sets import Without
from labeltrust.services._cases import labeler_named
from labeltrust.services._held import Hold
from labeltrust.services.deployment import Deployment
from labeltrust.store.freezes import source_of_project, whole_import
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import Project

LEFT_OUT = "left_out"


def left_out(
    deployment: Deployment, session: Session, project: Project, without: Without
) -> tuple[Hold, ...]:
    """Return the holds that an order means: labelers, sources, imports, then windows.

    Raises:
        NotFound: The project has no such labeler, source or import.
        InvalidInput: Two labelers of the project have this name.
    """
    number = known_id(project.id)
    labelers = [labeler_named(deployment, session, project, name) for name in without.labelers]
    sources = [source_of_project(session, number, name) for name in without.sources]
    imports = [whole_import(session, number, one) for one in without.imports]
    found = [Hold(code=LEFT_OUT, labeler_id=one) for one in labelers]
    found += [Hold(code=LEFT_OUT, source_id=one) for one in sources]
    found += [Hold(code=LEFT_OUT, import_id=one) for one in imports]
    found += [Hold(code=LEFT_OUT, since=one.start, until=one.end) for one in without.windows]
    return tuple(dict.fromkeys(found))


def stated(held: Iterable[Hold]) -> list[dict[str, Any]]:
    """Return holds as a manifest states what was asked for, by numbers that no rename changes.

    >>> restated(stated([Hold(code=LEFT_OUT, source_id=3)]))[0].source_id
    3
    """
    return [
        {
            "labeler_id": one.labeler_id,
            "source_id": one.source_id,
            "import": one.import_id,
            "since": None if one.since is None else one.since.isoformat(),
            "until": None if one.until is None else one.until.isoformat(),
        }
        for one in held
    ]


def restated(without: Iterable[Mapping[str, Any]]) -> tuple[Hold, ...]:
    """Return the holds that a manifest states."""
    return tuple(
        Hold(
            code=LEFT_OUT,
            labeler_id=one["labeler_id"],
            source_id=one["source_id"],
            import_id=one["import"],
            since=None if one["since"] is None else datetime.fromisoformat(one["since"]),
            until=None if one["until"] is None else datetime.fromisoformat(one["until"]),
        )
        for one in without
    )
