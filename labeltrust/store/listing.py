"""One mechanism for every long list: narrowed, sorted, cut and counted by the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, func, or_, select

from labeltrust.domain.listings import Listed, Listing


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """How a list is asked of the database.

    Attributes:
        every: Selects all rows in scope.
        narrowed: What rows must fulfil to match; may be empty.
        number: What numbers the rows, each once.
        orders: Value by which each column sorts.
    """

    every: Any
    narrowed: Sequence[ColumnElement[bool]]
    number: Any
    orders: Mapping[str, Any]


def look_up(session: Session, sought: Sought, wanted: Listing) -> Listed[Any]:
    """Return one page of a list: two queries, whatever there is.

    Numbers are sorted and cut before rows are read: long text of other pages stays unread.
    """
    matching = sought.every.where(*sought.narrowed)
    counts = select(_count(matching, sought.number), _count(sought.every, sought.number))
    n_found, n_all = session.execute(counts).one()
    last = max(n_found - 1, 0) // wanted.limit * wanted.limit
    order = _order(sought, wanted.sort)
    numbers = matching.with_only_columns(sought.number).order_by(*order)
    page = numbers.offset(min(wanted.offset, last)).limit(wanted.limit).subquery()
    whole = sought.every.where(sought.number.in_(select(page.c[0]))).order_by(*order)
    rows = session.exec(whole).all()
    return Listed(rows=rows, n_found=n_found, n_all=n_all)


def _count(rows: Any, number: Any) -> Any:  # noqa: ANN401 - a query of any columns
    numbers = rows.with_only_columns(number).subquery()
    return select(func.count()).select_from(numbers).scalar_subquery()


def _order(sought: Sought, sort: str) -> list[Any]:
    value = sought.orders.get(sort.removeprefix("-"))
    if value is None:
        return [sought.number.desc()]
    if sort.startswith("-"):
        return [value.is_(None), value.desc(), sought.number.desc()]
    return [value.is_(None), value.asc(), sought.number.asc()]


def holding(text: str, *columns: Any) -> list[ColumnElement[bool]]:  # noqa: ANN401 - text columns
    """Return that one of some columns holds a text, nothing where the text is empty."""
    if not text:
        return []
    return [or_(*(column.icontains(text, autoescape=True) for column in columns))]
