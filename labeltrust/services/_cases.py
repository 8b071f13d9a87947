"""Rows of flags and freezes into what is shown, and the labeler behind a name."""

from collections.abc import Collection, Mapping, Sequence

from sqlmodel import Session

from labeltrust.domain.cases import FlagCase, FreezeCase
from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.domain.naming import is_storable
from labeltrust.domain.reviews import Tally, track_records
from labeltrust.services.deployment import Deployment
from labeltrust.store.flags import FlagRow
from labeltrust.store.freezes import FreezeRow, source_names
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import by_lookup, labeler_names, project_spaces
from labeltrust.store.review_queue import ended, resting_on
from labeltrust.store.tables import Project


def flag_cases(session: Session, rows: Sequence[FlagRow]) -> list[FlagCase]:
    """Return flags as they are shown, by as many queries however many there are."""
    if not rows:
        return []
    names = labeler_names(session, (row.state.labeler_id for row in rows))
    resting = resting_on(session, (row.state.id for row in rows))
    records = _records(session, rows)
    return [
        _flag_case(
            row,
            names[row.state.labeler_id],
            resting.get(row.state.id, ()),
            records[row.project_id],
        )
        for row in rows
    ]


def _records(session: Session, rows: Sequence[FlagRow]) -> dict[int, Mapping[str, Tally]]:
    """Return how the flags of each signal ended, by project."""
    flags: dict[int, list[tuple[tuple[str, ...], str, int]]] = {}
    for project_id, signals, status, n in ended(session, {row.project_id for row in rows}):
        flags.setdefault(project_id, []).append((signals, status, n))
    return {
        project_id: track_records(found, {name for signals, _, _ in found for name in signals})
        for project_id, found in flags.items()
    }


def _flag_case(
    row: FlagRow, labeler: str, freezes: tuple[int, ...], records: Mapping[str, Tally]
) -> FlagCase:
    state = row.state
    return FlagCase(
        id=state.id,
        project=row.project,
        labeler=labeler,
        status=state.status,
        severity=state.severity,
        signals=state.signals,
        contested=state.contested,
        since=state.since,
        opened_at=state.opened_at,
        updated_at=state.updated_at,
        decided_at=state.decided_at,
        decided_by=row.decided_by,
        note=row.note,
        freezes=freezes,
        evidence=state.evidence,
        assigned_to=row.assigned_to,
        assigned_at=row.assigned_at,
        track_record={name: records.get(name, Tally()) for name in state.signals},
    )


def freeze_cases(session: Session, rows: Sequence[FreezeRow]) -> list[FreezeCase]:
    """Return freezes as they are shown."""
    labelers = [row.state.labeler_id for row in rows if row.state.labeler_id is not None]
    sources = [row.state.source_id for row in rows if row.state.source_id is not None]
    names = labeler_names(session, labelers)
    source = source_names(session, sources)
    return [_freeze_case(row, names, source) for row in rows]


def _freeze_case(row: FreezeRow, labelers: dict[int, str], sources: dict[int, str]) -> FreezeCase:
    state = row.state
    return FreezeCase(
        id=state.id,
        project=row.project,
        kind=state.kind,
        labeler=None if state.labeler_id is None else labelers[state.labeler_id],
        source=None if state.source_id is None else sources[state.source_id],
        import_id=state.delivery_id,
        flag=state.flag_id,
        since=state.since,
        clock=state.clock,
        automatic=state.automatic,
        reason=row.reason,
        placed_at=state.placed_at,
        placed_by=state.placed_by,
        lifted_at=state.lifted_at,
        lifted_by=row.lifted_by,
        lift_reason=row.lift_reason,
        undo=_undo(row),
    )


def _undo(row: FreezeRow) -> str:
    if row.state.lifted_at is not None:
        return "place a new freeze"
    return f"labeltrust lift {row.state.id} --reason …"


def labeler_named(
    deployment: Deployment,
    session: Session,
    project: Project,
    name: str,
    source: str | None = None,
) -> int:
    """Return the opaque id of a labeler of a project by the outside id.

    Raises:
        NotFound: No source of the project knows this labeler.
        InvalidInput: Two sources call different labelers by this name; `source` settles it.
    """
    spaces = project_spaces(session, known_id(project.id))
    if source is not None:
        spaces = {k: v for k, v in spaces.items() if k == source}
    lookups = lookups_of(deployment, spaces.values(), name)
    found = {known.labeler_id: known for known in by_lookup(session, lookups)}
    if not found:
        detail = f"no labeler {name[:200]!r} in project {project.name!r}"
        raise NotFound(detail)
    if len(found) > 1:
        named = sorted(k for k, v in spaces.items() if v in {f.id_space for f in found.values()})
        detail = f"labeler {name[:200]!r} is known to {', '.join(named)}; name one source"
        raise InvalidInput(detail, place="labeler", code="ambiguous_labeler")
    return next(iter(found))


def lookups_of(deployment: Deployment, spaces: Collection[str], name: str) -> set[bytes]:
    """Return the keyed digests of a labeler's name in some id spaces."""
    if not is_storable(name):
        return set()
    return {deployment.vault.lookup(space, name) for space in spaces}
