"""A page of a project's labelers: sorted, filtered and searched by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Exists,
    ScalarSelect,
    and_,
    case,
    exists,
    func,
    literal_column,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from labeltrust.domain.freezes import HOLDS_LABELS
from labeltrust.store.tables import AssessedLabeler, Flag, Freeze

SORTS = ("labeler", "trouble", "kind", "labels", "trust", "gold_accuracy", "cohen_kappa",
         "label_shift")  # fmt: skip
STANDINGS = ("", "flagged", "contested", "confirmed", "frozen", "clear")


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelerSearch:
    """What is asked of the table of labelers.

    Attributes:
        sort: One of `SORTS`, with `-` before it from the greatest down; unknown values come last.
            `trouble` is how much stands against a labeler: severity, a freeze, little trust.
        text: Part of the name; case does not matter.
        standing: One of `STANDINGS`; empty for all.
        kind: `human`, `model`, `heuristic` or `import`; empty for all.
        offset: Rows left out before the first; where so many are not found, the last page is meant.
        limit: At most so many.
    """

    sort: str = "-trouble"
    text: str = ""
    standing: str = ""
    kind: str = ""
    offset: int = 0
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLabelers:
    """Ids of the labelers of one page in order, how many match, and how many there are."""

    labeler_ids: Sequence[int]
    n_found: int
    n_all: int


def search_labelers(
    session: Session, project_id: int, question: str, wanted: LabelerSearch
) -> FoundLabelers:
    """Find labelers of the newest assessment, by what stands against them now.

    Reads the narrow rows of one question's labelers and its flags and freezes, never their parts:
    two queries, whatever the number of labelers.
    """
    flag, frozen = aliased(Flag, name="standing_flag"), _frozen(project_id)
    mine = and_(
        col(AssessedLabeler.project_id) == project_id, col(AssessedLabeler.question) == question
    )
    joined = (
        select(AssessedLabeler.labeler_id)
        .outerjoin(flag, col(flag.id) == _newest_flag(project_id, question))
        .where(mine, *_conditions(wanted, flag, frozen))
    )
    n_found = select(func.count()).select_from(joined.subquery())
    n_all = select(func.count()).select_from(AssessedLabeler).where(mine)
    counted = session.execute(select(n_found.scalar_subquery(), n_all.scalar_subquery())).one()
    page = joined.order_by(*_order(wanted.sort, flag, frozen))
    last = max(counted[0] - 1, 0) // wanted.limit * wanted.limit
    ids = list(session.exec(page.offset(min(wanted.offset, last)).limit(wanted.limit)))
    return FoundLabelers(labeler_ids=ids, n_found=counted[0], n_all=counted[1])


def _newest_flag(project_id: int, question: str) -> ScalarSelect[Any]:
    """The newest flag of a labeler that was not dismissed: one look into an index of these."""
    mine = aliased(Flag, name="newest_flag")
    return (
        select(func.max(col(mine.id)))
        .where(
            col(mine.project_id) == project_id,
            col(mine.question) == question,
            col(mine.labeler_id) == col(AssessedLabeler.labeler_id),
            # as the index is told it: a database does not look into parameters
            col(mine.status) != literal_column("'dismissed'"),
        )
        .scalar_subquery()
    )


def _frozen(project_id: int) -> Exists:
    """Whether labels of a labeler are held; says the same as `FreezeState.holds_labels`."""
    return exists().where(
        col(Freeze.project_id) == project_id,
        col(Freeze.labeler_id) == col(AssessedLabeler.labeler_id),
        col(Freeze.kind).in_(sorted(HOLDS_LABELS)),
        col(Freeze.lifted_at).is_(None),
    )


def _conditions(
    wanted: LabelerSearch, flag: type[Flag], frozen: Exists
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.text:
        found.append(col(AssessedLabeler.folded).contains(wanted.text.casefold(), autoescape=True))
    if wanted.kind:
        found.append(col(AssessedLabeler.kind) == wanted.kind)
    standing: dict[str, ColumnElement[bool]] = {
        "flagged": col(flag.status) == "open",
        "contested": and_(col(flag.status) == "open", col(flag.contested)),
        "confirmed": col(flag.status) == "confirmed",
        "frozen": frozen,
        "clear": and_(col(flag.status).is_(None), ~frozen),
    }
    if wanted.standing:
        found.append(standing[wanted.standing])
    return found


def _order(sort: str, flag: type[Flag], frozen: Exists) -> list[Any]:
    name = sort.removeprefix("-")
    value = _sorted_by(name, flag, frozen)
    way = value.desc() if sort.startswith("-") else value.asc()
    return [value.is_(None), way, col(AssessedLabeler.folded), col(AssessedLabeler.labeler_id)]


def _sorted_by(name: str, flag: type[Flag], frozen: Exists) -> Any:  # noqa: ANN401 - a column
    if name == "trouble":
        return _trouble(flag, frozen)
    return col(getattr(AssessedLabeler, "folded" if name == "labeler" else name))


def _trouble(flag: type[Flag], frozen: Exists) -> ColumnElement[Any]:
    severity = case(
        (col(flag.severity) == "high", 40), (col(flag.severity) == "medium", 30),
        (col(flag.severity) == "low", 20), else_=0,
    )  # fmt: skip
    held = case((frozen, 5), else_=0)
    return severity + held + func.coalesce(1 - col(AssessedLabeler.trust), 0)
