"""Policies of sources and acts at their platforms as rows."""

import json
from collections.abc import Collection
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Engine
from sqlmodel import Session, col, or_, select

from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import NotFound
from labeltrust.domain.freezes import HOLD_ENDS_AFTER, FreezeState
from labeltrust.domain.platform_acts import PlatformAct, Policy, Step, changed
from labeltrust.store import tables
from labeltrust.store.chains import FRESH
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import labeler_names
from labeltrust.store.slices import slices
from labeltrust.store.statements import Statements
from labeltrust.store.tables import Freeze, LabelerAlias, PlatformPolicy, Project, Source
from labeltrust.store.tables import PlatformAct as Row

OPEN = ("waiting", "undoing")
_HELD = (
    "SELECT annotation_id FROM event WHERE chain_id = ? AND sequence > ? AND sequence <= ? "
    "AND type = 'label.submitted' AND annotation_id IS NOT NULL AND source_id = ?"
)
_steps = msgspec.json.Decoder(tuple[Step, ...])


def policies(session: Session) -> dict[int, Policy]:
    """Return the policies there are, by the source's row id."""
    return {row.source_id: _policy(row) for row in session.exec(select(PlatformPolicy))}


def policies_of_project(session: Session, project_id: int) -> dict[int, Policy]:
    """Return the policies of the sources that may speak for a project, by their row id."""
    mine = col(tables.SourceProject.source_id) == col(PlatformPolicy.source_id)
    wanted = select(PlatformPolicy).join(tables.SourceProject, mine)
    wanted = wanted.where(col(tables.SourceProject.project_id) == project_id)
    wanted = wanted.order_by(col(PlatformPolicy.source_id))
    return {row.source_id: _policy(row) for row in session.exec(wanted)}


def get_policy(session: Session, source_id: int) -> Policy:
    """Return the policy of a source; one without acts where nobody set any."""
    row = session.get(PlatformPolicy, source_id)
    return Policy() if row is None else _policy(row)


def set_policy(session: Session, source_id: int, policy: Policy, at: datetime, by: str) -> None:
    """Keep the policy of a source; one without acts is no row."""
    row = session.get(PlatformPolicy, source_id)
    if not policy.acts:
        if row is not None:
            session.delete(row)
            session.flush()
        return
    row = row or PlatformPolicy(source_id=source_id, kinds="[]", most_items=0, set_at=at, set_by=by)
    row.kinds, row.most_items = json.dumps(policy.acts), policy.most_items
    row.set_at, row.set_by = at, by
    session.add(row)
    session.flush()


def _policy(row: PlatformPolicy) -> Policy:
    return Policy(
        acts=tuple(json.loads(row.kinds)), most_items=row.most_items, set_at=row.set_at,
        set_by=row.set_by,
    )  # fmt: skip


def add_act(session: Session, row: Row) -> int:
    """Store an act that a freeze asks for, and return its number."""
    session.add(row)
    session.flush()
    return known_id(row.id)


def act_row(session: Session, number: int, *, lock: bool = False) -> Row:
    """Return the row of an act as it is now.

    Raises:
        NotFound: There is none of that number.
    """
    wanted = select(Row).where(col(Row.id) == number).execution_options(**FRESH)
    row = session.exec(wanted.with_for_update() if lock else wanted).first()
    if row is None:
        detail = f"no act {number} at a platform"
        raise NotFound(detail)
    return row


def rows_of_freeze(session: Session, freeze_id: int) -> list[Row]:
    """Return the acts that follow a freeze, oldest first, locked."""
    wanted = select(Row).where(col(Row.freeze_id) == freeze_id).order_by(col(Row.id))
    return list(session.exec(wanted.execution_options(**FRESH).with_for_update()))


def next_due(session: Session, source_id: int, now: datetime) -> Row | None:
    """Return the act of a source that is due, the oldest first, locked."""
    wanted = (
        select(Row)
        .where(col(Row.source_id) == source_id, col(Row.state).in_(OPEN), col(Row.due_at) <= now)
        .order_by(col(Row.id))
        .limit(1)
    )
    return session.exec(wanted.execution_options(**FRESH).with_for_update()).first()


def sources_due(session: Session, now: datetime) -> list[int]:
    """Return the sources at whose platforms something is due, by row id."""
    wanted = select(Row.source_id).where(col(Row.state).in_(OPEN), col(Row.due_at) <= now)
    return sorted(set(session.exec(wanted.distinct())))


def with_steps(session: Session, source_id: int, kind: str, but: int) -> list[tuple[Row, int]]:
    """Return the other acts of a kind at a source that stand and changed something.

    Beside each is who its freeze holds now: names may have been merged since.
    """
    wanted = (
        select(Row, Freeze.labeler_id)
        .join(Freeze, col(Freeze.id) == col(Row.freeze_id))
        .where(
            col(Row.source_id) == source_id,
            col(Row.kind) == kind,
            col(Row.id) != but,
            col(Row.steps).is_not(None),
            col(Row.state).in_(["waiting", "done", "failed", "stuck"]),
        )
        .order_by(col(Row.id))
    )
    found = session.exec(wanted.execution_options(**FRESH)).all()
    return [(row, row.labeler_id if who is None else who) for row, who in found]


def ended_holds(session: Session, now: datetime) -> list[int]:
    """Return standing acts whose machine-made hold on a person ran out, which no event tells."""
    wanted = (
        select(Row.id)
        .join(Freeze, col(Freeze.id) == col(Row.freeze_id))
        .where(col(Row.state).in_(["waiting", "done", "failed"]))
        .where(col(Freeze.kind) == "person-hold", col(Freeze.automatic).is_(True))
        .where(col(Freeze.placed_at) <= now - HOLD_ENDS_AFTER)
    )
    return [known_id(number) for number in session.exec(wanted)]


def steps_of(row: Row) -> tuple[Step, ...]:
    """Return what an act changes, empty where nobody looked yet."""
    return _steps.decode(row.steps) if row.steps else ()


def keep_steps(session: Session, row: Row, steps: Collection[Step]) -> None:
    """Store what an act changes, or what came of it."""
    row.steps = msgspec.json.encode(tuple(steps)).decode()
    session.add(row)
    session.flush()


def acts_of_source(session: Session, source_id: int, limit: int) -> list[PlatformAct]:
    """Return the newest acts at a source's platform, newest first."""
    return _shown(session, col(Row.source_id) == source_id, limit)


def acts_of_freeze(session: Session, freeze_id: int) -> list[PlatformAct]:
    """Return what a freeze asked of platforms, newest first."""
    return _shown(session, col(Row.freeze_id) == freeze_id, 100)


def get_act(session: Session, number: int) -> PlatformAct:
    """Return one act.

    Raises:
        NotFound: There is none of that number.
    """
    act_row(session, number)
    return _shown(session, col(Row.id) == number, 1)[0]


def _shown(session: Session, which: ColumnElement[bool], limit: int) -> list[PlatformAct]:
    wanted = (
        select(Row, Source.name, Project.name)
        .join(Source, col(Source.id) == col(Row.source_id))
        .join(Project, col(Project.id) == col(Row.project_id))
        .where(which)
        .order_by(col(Row.id).desc())
        .limit(limit)
    )
    found = session.exec(wanted.execution_options(**FRESH)).all()
    names = labeler_names(session, (row.labeler_id for row, _, _ in found))
    return [_act(row, source, project, names[row.labeler_id]) for row, source, project in found]


def _act(row: Row, source: str, project: str, labeler: str) -> PlatformAct:
    steps = steps_of(row)
    return PlatformAct(
        id=known_id(row.id),
        source=source,
        project=project,
        kind=row.kind,
        freeze=row.freeze_id,
        labeler=labeler,
        state=row.state,
        reason=row.reason,
        asked_at=row.asked_at,
        asked_by=row.asked_by,
        tries=row.tries,
        tried_at=row.tried_at,
        trouble=row.trouble,
        changed=changed(steps),
        steps=steps,
        done_at=row.done_at,
        undo_at=row.undo_at,
        undo_by=row.undo_by,
        undo_reason=row.undo_reason,
        undone_at=row.undone_at,
    )


def accounts(session: Session, source_id: int, labeler_id: int) -> dict[int, str]:
    """Return the outside ids of a labeler at a source by alias; erased ones are left out."""
    source = session.get_one(Source, source_id)
    mine = or_(col(LabelerAlias.id) == labeler_id, col(LabelerAlias.labeler_id) == labeler_id)
    wanted = select(LabelerAlias.id, LabelerAlias.outside_id).where(
        mine,
        col(LabelerAlias.id_space) == source.id_space,
        col(LabelerAlias.outside_id).is_not(None),
    )
    return {known_id(i): name for i, name in session.exec(wanted) if name is not None}


def held_annotations(
    engine: Engine, source_id: int, aliases: Collection[int], freeze: FreezeState, most: int
) -> list[str]:
    """Return the platform's ids of annotations that a freeze of a labeler holds, in order.

    Args:
        engine: The database.
        source_id: Where they came from.
        aliases: Of the labeler at that source.
        freeze: Whose start counts.
        most: Reading stops behind so many.
    """
    sql, given = _held(source_id, sorted(aliases), freeze)
    found: dict[str, None] = {}
    with engine.connect() as connection:
        ends = (
            'SELECT c.id, c.next_sequence - 1 FROM "freeze" AS f '
            "JOIN project p ON p.id = f.project_id JOIN chain c ON c.id = p.chain_id WHERE f.id = ?"
        )
        ((chain_id, through),) = Statements(connection).rows(ends, (freeze.id,))
    for rows in slices(engine, sql, (int(chain_id), int(through), *given)):
        found |= dict.fromkeys(row[0] for row in rows)
        if len(found) > most:
            break
    return list(found)


def _held(source_id: int, aliases: list[int], freeze: FreezeState) -> tuple[str, list[object]]:
    marks = ", ".join("?" * len(aliases))
    given: list[object] = [source_id, *aliases]
    sql = f"{_HELD} AND labeler_alias_id IN ({marks})"
    if freeze.since is not None:
        time = "received_us" if freeze.clock == "received" else "COALESCE(occurred_us, received_us)"
        sql += f" AND {time} >= ?"
        given.append(microseconds(freeze.since))
    return f"{sql} ORDER BY sequence", given
