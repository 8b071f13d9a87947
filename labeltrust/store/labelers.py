"""Labelers by name: the only table that knows them, read both ways."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlmodel import Session, col, select

from labeltrust.store.inserting import known_id
from labeltrust.store.tables import LabelerAlias, Source, SourceProject

_SLICE = 500  # both databases take so many parameters in one statement


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownLabeler:
    """A labeler id with one of its outside names and the id space of that name."""

    labeler_id: int
    name: str
    id_space: str


def labeler_names(session: Session, labeler_ids: Iterable[int]) -> dict[int, str]:
    """Return the outside id of each labeler; an erased one is shown by its number."""
    wanted = sorted(set(labeler_ids))
    names: dict[int, str] = {}
    for start in range(0, len(wanted), _SLICE):
        part = wanted[start : start + _SLICE]
        found = select(LabelerAlias.id, LabelerAlias.outside_id).where(
            col(LabelerAlias.id).in_(part)
        )
        names |= {int(i): n for i, n in session.exec(found) if i is not None and n is not None}
    return {i: names.get(i, f"labeler #{i}") for i in wanted}


def project_spaces(session: Session, project_id: int) -> dict[str, str]:
    """Return the id space of every source that may speak for a project, by the source's name."""
    wanted = (
        select(Source.name, Source.id_space)
        .join(SourceProject, col(SourceProject.source_id) == col(Source.id))
        .where(col(SourceProject.project_id) == project_id)
        .order_by(col(Source.name))
    )
    return dict(session.exec(wanted).all())


def spaces_among(session: Session, project_ids: Collection[int]) -> set[str]:
    """Return the id spaces of all sources that may speak for one of some projects."""
    wanted = select(Source.id_space).join(
        SourceProject, col(SourceProject.source_id) == col(Source.id)
    )
    wanted = wanted.where(col(SourceProject.project_id).in_(sorted(set(project_ids))))
    return set(session.exec(wanted))


def numbers_of_labeler(session: Session, labeler_id: int) -> frozenset[int]:
    """Return every number that stands for a labeler: its own, and those of merged names."""
    wanted = select(LabelerAlias.id).where(col(LabelerAlias.labeler_id) == labeler_id)
    return frozenset({labeler_id, *(number for number in session.exec(wanted) if number)})


def by_lookup(session: Session, lookups: Iterable[bytes]) -> list[KnownLabeler]:
    """Return the labelers behind keyed digests of names, those of merged names included."""
    wanted = select(LabelerAlias).where(col(LabelerAlias.lookup).in_(list(lookups)))
    return [
        KnownLabeler(
            labeler_id=row.labeler_id or known_id(row.id),
            name=row.outside_id or "",
            id_space=row.id_space,
        )
        for row in session.exec(wanted.order_by(col(LabelerAlias.id)))
    ]
