"""A page of a project's labelers: sorted, filtered and searched by the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, and_, case, func
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
    flag, frozen = _flags(project_id, question), _frozen(project_id)
    mine = and_(
        col(AssessedLabeler.project_id) == project_id, col(AssessedLabeler.question) == question
    )
    joined = (
        select(AssessedLabeler.labeler_id)
        .outerjoin(flag, flag.c.labeler_id == AssessedLabeler.labeler_id)
        .outerjoin(frozen, frozen.c.labeler_id == AssessedLabeler.labeler_id)
        .where(mine, *_conditions(wanted, flag, frozen))
    )
    n_found = select(func.count()).select_from(joined.subquery())
    n_all = select(func.count()).select_from(AssessedLabeler).where(mine)
    counted = session.execute(select(n_found.scalar_subquery(), n_all.scalar_subquery())).one()
    page = joined.order_by(*_order(wanted.sort, flag, frozen))
    last = max(counted[0] - 1, 0) // wanted.limit * wanted.limit
    ids = list(session.exec(page.offset(min(wanted.offset, last)).limit(wanted.limit)))
    return FoundLabelers(labeler_ids=ids, n_found=counted[0], n_all=counted[1])


def _flags(project_id: int, question: str) -> Subquery:
    """The newest flag of each labeler that was not dismissed."""
    newest = (
        select(func.max(col(Flag.id)).label("id"))
        .where(
            col(Flag.project_id) == project_id,
            col(Flag.status) != "dismissed",
            col(Flag.question) == question,
        )
        .group_by(col(Flag.labeler_id))
    )
    return (
        select(Flag.labeler_id, Flag.status, Flag.severity, Flag.contested)
        .where(col(Flag.id).in_(newest))
        .subquery("standing_flag")
    )


def _frozen(project_id: int) -> Subquery:
    """Labelers of whom labels are held; says the same as `FreezeState.holds_labels`."""
    holding = select(col(Freeze.labeler_id)).where(
        col(Freeze.project_id) == project_id,
        col(Freeze.labeler_id).is_not(None),
        col(Freeze.kind).in_(sorted(HOLDS_LABELS)),
        col(Freeze.lifted_at).is_(None),
    )
    return holding.distinct().subquery("standing_freeze")


def _conditions(
    wanted: LabelerSearch, flag: Subquery, frozen: Subquery
) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.text:
        found.append(col(AssessedLabeler.folded).contains(wanted.text.casefold(), autoescape=True))
    if wanted.kind:
        found.append(col(AssessedLabeler.kind) == wanted.kind)
    standing: dict[str, ColumnElement[bool]] = {
        "flagged": flag.c.status == "open",
        "contested": and_(flag.c.status == "open", flag.c.contested),
        "confirmed": flag.c.status == "confirmed",
        "frozen": frozen.c.labeler_id.is_not(None),
        "clear": and_(flag.c.status.is_(None), frozen.c.labeler_id.is_(None)),
    }
    if wanted.standing:
        found.append(standing[wanted.standing])
    return found


def _order(sort: str, flag: Subquery, frozen: Subquery) -> list[Any]:
    name = sort.removeprefix("-")
    value = _sorted_by(name, flag, frozen)
    way = value.desc() if sort.startswith("-") else value.asc()
    return [value.is_(None), way, col(AssessedLabeler.folded), col(AssessedLabeler.labeler_id)]


def _sorted_by(name: str, flag: Subquery, frozen: Subquery) -> Any:  # noqa: ANN401 - a column
    if name == "trouble":
        return _trouble(flag, frozen)
    return col(getattr(AssessedLabeler, "folded" if name == "labeler" else name))


def _trouble(flag: Subquery, frozen: Subquery) -> ColumnElement[Any]:
    severity = case(
        (flag.c.severity == "high", 40), (flag.c.severity == "medium", 30),
        (flag.c.severity == "low", 20), else_=0,
    )  # fmt: skip
    held = case((frozen.c.labeler_id.is_not(None), 5), else_=0)
    return severity + held + func.coalesce(1 - col(AssessedLabeler.trust), 0)
