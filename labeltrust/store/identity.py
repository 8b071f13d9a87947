"""Which names are one person: moved between numbers, with the cases that belong to them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Engine, update
from sqlmodel import Session, col, select

from labeltrust.domain.flags import STANDING
from labeltrust.domain.freezes import HOLDS_LABELS
from labeltrust.store.aliases import AliasBook, Outside
from labeltrust.store.history import SYSTEM
from labeltrust.store.inserting import known_id
from labeltrust.store.session import reading
from labeltrust.store.statements import Statements
from labeltrust.store.tables import (
    AssessedLabeler,
    Audit,
    Chain,
    Event,
    Flag,
    Freeze,
    LabelerAlias,
    LabelerProfile,
    LabelerProject,
    Project,
)
from labeltrust.store.vault import Vault

_CASES: Final[dict[str, Any]] = {"flags": Flag, "freezes": Freeze, "audits": Audit}
Cases = dict[str, list[int]]
"""Numbers of flags, freezes and audits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One outside name of a labeler.

    Attributes:
        alias_id: Its number.
        labeler_id: The number that stands for the person.
        name: Outside id, None once erased.
        id_space: Which sources know it.
        kind: `human`, `model`, `heuristic` or `import`.
    """

    alias_id: int
    labeler_id: int
    name: str | None
    id_space: str
    kind: str


def names_of(session: Session, labeler_id: int) -> list[Name]:
    """Return all names of a labeler, the one that stands for the person first."""
    wanted = select(LabelerAlias).where(
        (col(LabelerAlias.id) == labeler_id) | (col(LabelerAlias.labeler_id) == labeler_id)
    )
    found = [_name(row) for row in session.exec(wanted.order_by(col(LabelerAlias.id)))]
    mine = [one for one in found if one.labeler_id == labeler_id]
    return sorted(mine, key=lambda one: (one.alias_id != labeler_id, one.alias_id))


def names_by_lookup(session: Session, lookups: Collection[bytes]) -> list[Name]:
    """Return the names behind keyed digests."""
    wanted = select(LabelerAlias).where(col(LabelerAlias.lookup).in_(list(lookups)))
    return [_name(row) for row in session.exec(wanted.order_by(col(LabelerAlias.id)))]


def _name(row: LabelerAlias) -> Name:
    number = known_id(row.id)
    return Name(
        alias_id=number,
        labeler_id=row.labeler_id or number,
        name=row.outside_id,
        id_space=row.id_space,
        kind=row.kind,
    )


def add_name(session: Session, vault: Vault, name: str, id_space: str, kind: str) -> int:
    """Insert a name that no source has used yet, and return its number."""
    statements, book = Statements(session.connection()), AliasBook(vault, "labeler")
    key = (id_space, name)
    book.find(statements, [key])
    made = book.make(statements, [Outside(id_space, name, None, kind)])
    return int(made[key].id or 0)


def attach(session: Session, alias_ids: Collection[int], labeler_id: int) -> None:
    """Let names stand for a person."""
    moved = update(LabelerAlias).where(col(LabelerAlias.id).in_(list(alias_ids)))
    session.execute(moved.values(labeler_id=labeler_id))


def detach(session: Session, alias_id: int) -> None:
    """Let a name stand for itself."""
    attach(session, [alias_id], alias_id)


def move_cases(session: Session, from_id: int, to_id: int) -> Cases:
    """Give a labeler's flags, freezes and audits to another, and return their numbers."""
    moved: Cases = {}
    for name, table in _CASES.items():
        wanted = select(table.id).where(col(table.labeler_id) == from_id)
        numbers = sorted(int(number) for number in session.exec(wanted) if number is not None)
        moved[name] = numbers
        _give(session, name, numbers, to_id)
    return moved


def give_back(session: Session, cases: Mapping[str, Sequence[int]], to_id: int) -> None:
    """Give flags, freezes and audits back to whom they were taken from."""
    for name in _CASES:
        _give(session, name, list(cases.get(name, ())), to_id)


def _give(session: Session, name: str, numbers: list[int], to_id: int) -> None:
    table = _CASES[name]
    if numbers:
        moved = update(table).where(col(table.id).in_(numbers))
        session.execute(moved.values(labeler_id=to_id))


def projects_with(engine: Engine, alias_ids: Collection[int]) -> list[str]:
    """Return the names of the projects in which some names labeled."""
    wanted = (
        select(Project.name)
        .join(LabelerProject, col(LabelerProject.project_id) == col(Project.id))
        .where(col(LabelerProject.labeler_id).in_(list(alias_ids)))
    )
    with reading(engine) as session:
        return sorted(set(session.exec(wanted)))


def acts_on_record(session: Session, types: Collection[str]) -> list[Event]:
    """Return the acts of some types of the system's chain, in order."""
    wanted = select(Event).join(Chain, col(Chain.id) == col(Event.chain_id))
    wanted = wanted.where(col(Chain.name) == SYSTEM, col(Event.type).in_(list(types)))
    return list(session.exec(wanted.order_by(col(Event.sequence))))


def set_profile(session: Session, labeler_id: int, vendor: str, team: str) -> None:
    """Store vendor and team of a labeler."""
    row = session.get(LabelerProfile, labeler_id) or LabelerProfile(labeler_id=labeler_id)
    row.vendor, row.team, row.told_at = vendor, team, None
    session.add(row)
    session.flush()


def profiles_of(session: Session, labeler_ids: Collection[int]) -> dict[int, tuple[str, str]]:
    """Return (vendor, team) of labelers; of one with several names, that of the first that has."""
    found: dict[int, tuple[str, str]] = {}
    wanted = select(LabelerProfile, LabelerAlias.labeler_id).join(
        LabelerAlias, col(LabelerAlias.id) == col(LabelerProfile.labeler_id)
    )
    rows = session.exec(wanted.order_by(col(LabelerProfile.labeler_id))).all()
    of_person = {row.labeler_id: (row.vendor, row.team) for row, who in rows
                 if who in (None, row.labeler_id)}  # fmt: skip
    for row, who in rows:
        found.setdefault(who or row.labeler_id, (row.vendor, row.team))
    return {n: told for n, told in (found | of_person).items() if n in labeler_ids}


def all_vendors(session: Session) -> dict[int, str]:
    """Return whose people labelers are, for those of whom anybody said."""
    wanted = select(LabelerProfile.labeler_id).where(col(LabelerProfile.vendor) != "")
    stands = select(LabelerAlias.labeler_id, LabelerAlias.id).where(
        col(LabelerAlias.id).in_(wanted)
    )
    numbers = {int(who or number or 0) for who, number in session.exec(stands)}
    told = profiles_of(session, numbers)
    return {number: vendor for number, (vendor, _) in told.items() if vendor}


def labels_of_assessed(session: Session, project_id: int, question: str) -> dict[int, int]:
    """Return how many labels each labeler has in the newest assessment."""
    wanted = select(AssessedLabeler.labeler_id, AssessedLabeler.labels).where(
        col(AssessedLabeler.project_id) == project_id, col(AssessedLabeler.question) == question
    )
    return {int(number): int(labels) for number, labels in session.exec(wanted)}


def suspects_of(session: Session, project_id: int) -> set[int]:
    """Return the labelers of whom a flag stands, or whose labels are held."""
    flagged = select(Flag.labeler_id).where(
        col(Flag.project_id) == project_id, col(Flag.status).in_(STANDING)
    )
    held = select(Freeze.labeler_id).where(
        col(Freeze.project_id) == project_id,
        col(Freeze.kind).in_(HOLDS_LABELS),
        col(Freeze.lifted_at).is_(None),
        col(Freeze.labeler_id).is_not(None),
    )
    return {int(n) for wanted in (flagged, held) for n in session.exec(wanted) if n is not None}
