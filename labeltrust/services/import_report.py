"""What is asked of an import, how far it is, and what became of it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from labeltrust.domain.events import LabelerKind, Outcome, Piece, Problem
from labeltrust.domain.prediction_logs import Kept, Sampling
from labeltrust.ingest.files import AUTO
from labeltrust.services.own_sources import IMPORT
from labeltrust.store.repeats import TAKES_TWO

MOST_PROBLEMS: Final = 1_000
_CONFLICT: Final = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRequest:
    """What to load, and as what.

    Attributes:
        path: The file, gzip and zip are unpacked; or a folder.
        project: Created with the questions of the file if it is missing.
        source: Whose ids these are; created if it is missing.
        format: A file format's name, or `auto`.
        question: For rows that name none.
        scale: Of the questions, where the project is new; None takes what the labels look like.
        gold: A second file of gold labels, loaded behind the first.
        labeler_kind: For rows that name none.
        labeler: Who labeled, for exports that name nobody.
        sampling: The file is a log of predictions, of which only so much becomes events.
        manifest: The supplier's signed manifest of the file; needed where the source has a key.
    """

    path: Path
    project: str
    source: str = IMPORT
    format: str = AUTO
    question: str = "label"
    scale: str | None = None
    gold: Path | None = None
    labeler_kind: LabelerKind = "human"
    labeler: str | None = None
    sampling: Sampling | None = None
    manifest: Path | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What became of a file.

    Attributes:
        project_created: The project was missing.
        import_id: The delivery that stands for the file, by which it can be frozen; None where
            the file holds nothing.
        rows: Rows of the file, unreadable ones too; `accepted` are new, `duplicates` were on record
            before.
        quarantined: Rows held for a retry.
        refused: Rows under an event id that is on record with other content.
        waiting: Rows that would change gold, left for a second person.
        approvals: Numbers of the requests that ask for it.
        doubted: Accepted events whose time lies more than 30 days back, or ahead.
        problems: The first thousand, with the row of the file in the words.
        gold: The same for the file of gold labels.
        kept: Of a log of predictions, why rows were kept, and how many were left out; they are
            rows as well.
    """

    file: str
    project: str
    source: str
    format: str
    project_created: bool = False
    import_id: int | None = None
    rows: int = 0
    accepted: int = 0
    duplicates: int = 0
    quarantined: int = 0
    refused: int = 0
    waiting: int = 0
    approvals: tuple[int, ...] = ()
    doubted: int = 0
    problems: tuple[Problem, ...] = ()
    gold: "ImportReport | None" = None
    kept: Kept | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportProgress:
    """How far an import is: bytes read of all, rows on record so far."""

    file: str
    bytes_read: int
    bytes_total: int
    rows: int


Progress = Callable[[ImportProgress], None]


def added(report: ImportReport, piece: Piece, outcome: Outcome) -> ImportReport:
    """Return a report with one more piece in it."""
    waiting = sum(problem.code == TAKES_TWO for problem in outcome.problems)
    refused = sum(problem.status == _CONFLICT for problem in outcome.problems) - waiting
    room = MOST_PROBLEMS - len(report.problems)
    new = tuple(_in_file(problem, piece) for problem in outcome.problems[:room])
    return replace(
        report,
        import_id=report.import_id or outcome.delivery_id,
        rows=report.rows + len(piece.parsed.events) + len(piece.parsed.problems),
        accepted=report.accepted + outcome.accepted,
        duplicates=report.duplicates + outcome.duplicates,
        quarantined=report.quarantined + outcome.quarantined,
        refused=report.refused + refused,
        waiting=report.waiting + waiting,
        doubted=report.doubted + outcome.doubted,
        problems=report.problems + new,
    )


def _in_file(problem: Problem, piece: Piece) -> Problem:
    if problem.index is None:
        return problem
    row = piece.first_row + problem.index
    detail = problem.detail.removeprefix(f"row {problem.index}: ")
    return replace(problem, index=row, detail=f"row {row}: {detail}")
