"""The newest assessment by labeler: rows that tables read, parts that pages read one at a time."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete
from sqlmodel import Session, col, select

from labeltrust.store.statements import Statements
from labeltrust.store.tables import AssessedFigures, AssessedLabeler, AssessedPart

MEASURED = ("trust", "gold_accuracy", "cohen_kappa", "label_shift")
_LINE = (
    "project_id", "question", "labeler_id", "place", "name", "folded", "kind", "labels", "items",
    *MEASURED,
)  # fmt: skip
_PART = ("project_id", "question", "labeler_id", "part", "portrait")
_KEY = ("project_id", "question", "labeler_id")
_SLICE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelerLine:
    """One labeler of an assessment.

    Attributes:
        labeler_id: Opaque id.
        name: As people are shown it.
        kind: `human`, `model`, `heuristic` or `import`.
        labels: Judgments.
        items: Items judged.
        measured: Values of `MEASURED`, None where undefined.
        part: The labeler's part of the document as JSON, without the name.
        portrait: What the labeler's page draws, see `services/portraits.py`; may be empty.
    """

    labeler_id: int
    name: str
    kind: str
    labels: int
    items: int
    measured: tuple[float | None, ...]
    part: str
    portrait: bytes = b""


def write_labelers(
    session: Session, project_id: int, question: str, lines: Sequence[LabelerLine]
) -> None:
    """Store the labelers of a question in place of those before; what is equal is left alone."""
    statements = Statements(session.connection())
    rows = [
        (project_id, question, one.labeler_id, place, one.name, one.name.casefold(), one.kind,
         one.labels, one.items, *one.measured)
        for place, one in enumerate(lines)
    ]  # fmt: skip
    statements.executemany(_upsert("assessment_labeler", _LINE), rows)
    parts = [(project_id, question, one.labeler_id, one.part, one.portrait) for one in lines]
    statements.executemany(_upsert("assessment_part", _PART), parts)
    known = select(AssessedLabeler.labeler_id).where(
        col(AssessedLabeler.project_id) == project_id, col(AssessedLabeler.question) == question
    )
    gone = set(session.exec(known)) - {one.labeler_id for one in lines}
    _forget(statements, project_id, question, gone)


def forget_questions(session: Session, project_id: int, kept: Collection[str]) -> None:
    """Delete what is stored of questions that the project has no more."""
    for table in (AssessedLabeler, AssessedPart, AssessedFigures):
        session.execute(
            delete(table).where(
                col(table.project_id) == project_id, col(table.question).not_in(kept)
            )
        )


def _upsert(table: str, columns: Sequence[str]) -> str:
    values = [name for name in columns if name not in _KEY]
    changed = ", ".join(f"{name} = excluded.{name}" for name in values)
    differs = " OR ".join(f"{table}.{name} <> excluded.{name}" for name in values)
    unknown = " OR ".join(
        f"({table}.{name} IS NULL) <> (excluded.{name} IS NULL)"
        for name in values
        if name in MEASURED
    )
    marks = ", ".join("?" * len(columns))
    return (
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks}) "  # noqa: S608 - constants
        f"ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET {changed} "
        f"WHERE {differs}{' OR ' + unknown if unknown else ''}"
    )


def _forget(statements: Statements, project_id: int, question: str, gone: set[int]) -> None:
    rows = [(project_id, question, number) for number in sorted(gone)]
    for table in ("assessment_labeler", "assessment_part"):
        sql = f"DELETE FROM {table} WHERE project_id = ? AND question = ? AND labeler_id = ?"  # noqa: S608
        statements.executemany(sql, rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPart:
    """A labeler's part of the newest assessment, and the name it is shown by."""

    labeler_id: int
    name: str
    part: str


def all_parts(session: Session, project_id: int, question: str) -> Iterator[StoredPart]:
    """Yield the parts of a question in the order of the document."""
    wanted = _parts(project_id, question).order_by(col(AssessedLabeler.place))
    for number, name, part in session.exec(wanted):
        yield StoredPart(labeler_id=number, name=name, part=part)


def some_parts(
    session: Session, project_id: int, question: str, labeler_ids: Sequence[int]
) -> dict[int, StoredPart]:
    """Return the parts of some labelers by id; those that were not assessed are left out."""
    found = {}
    for start in range(0, len(labeler_ids), _SLICE):
        some = labeler_ids[start : start + _SLICE]
        wanted = _parts(project_id, question).where(col(AssessedLabeler.labeler_id).in_(some))
        for number, name, part in session.exec(wanted):
            found[number] = StoredPart(labeler_id=number, name=name, part=part)
    return found


def _parts(project_id: int, question: str) -> Any:  # noqa: ANN401 - a query of three columns
    return (
        select(AssessedLabeler.labeler_id, AssessedLabeler.name, AssessedPart.part)
        .join(
            AssessedPart,
            (col(AssessedPart.project_id) == col(AssessedLabeler.project_id))
            & (col(AssessedPart.question) == col(AssessedLabeler.question))
            & (col(AssessedPart.labeler_id) == col(AssessedLabeler.labeler_id)),
        )
        .where(
            col(AssessedLabeler.project_id) == project_id, col(AssessedLabeler.question) == question
        )
    )


def labelers_shown_as(session: Session, project_id: int, question: str, name: str) -> list[int]:
    """Return the labelers whom an assessment shows by exactly this name."""
    wanted = select(AssessedLabeler.labeler_id).where(
        col(AssessedLabeler.project_id) == project_id,
        col(AssessedLabeler.question) == question,
        col(AssessedLabeler.name) == name,
    )
    return list(session.exec(wanted))


def portrait_of(session: Session, project_id: int, question: str, labeler_id: int) -> bytes:
    """Return what the page of a labeler draws, empty where nothing was drawn yet."""
    wanted = select(AssessedPart.portrait).where(
        col(AssessedPart.project_id) == project_id,
        col(AssessedPart.question) == question,
        col(AssessedPart.labeler_id) == labeler_id,
    )
    return session.exec(wanted).first() or b""


def trust_of(session: Session, project_id: int) -> dict[str, dict[int, float]]:
    """Return the trust in every labeler that the newest assessment knows, by question and id."""
    wanted = select(
        AssessedLabeler.question, AssessedLabeler.labeler_id, AssessedLabeler.trust
    ).where(col(AssessedLabeler.project_id) == project_id)
    found: dict[str, dict[int, float]] = {}
    for question, number, trust in session.exec(wanted):
        of_question = found.setdefault(question, {})
        if trust is not None:
            of_question[number] = trust
    return found


def write_figures(session: Session, project_id: int, question: str, figures: str) -> None:
    """Store what pages draw of a question."""
    row = session.get(AssessedFigures, (project_id, question))
    row = row or AssessedFigures(project_id=project_id, question=question, figures="")
    row.figures = figures
    session.add(row)
    session.flush()


def figures_of(session: Session, project_id: int, question: str) -> str:
    """Return what pages draw of a question as JSON, `{}` where nothing was drawn yet."""
    row = session.get(AssessedFigures, (project_id, question))
    return "{}" if row is None else row.figures


def rename_labelers(session: Session, labeler_ids: Sequence[int]) -> None:
    """Show erased labelers by their number."""
    wanted = select(AssessedLabeler).where(col(AssessedLabeler.labeler_id).in_(labeler_ids))
    for row in session.exec(wanted):
        row.name = f"labeler #{row.labeler_id}"
        row.folded = row.name.casefold()
        session.add(row)
    session.flush()
