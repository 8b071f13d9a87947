"""One mechanism for every table: sorted, filtered, searched and cut by what the address says.

A page declares its columns once; the same columns make headings, the CSV and the JSON. The whole
state is in the address, so that it works without a script, can be sent to a colleague, and the back
button undoes it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from litestar import Response

from labeltrust.domain.listings import Listing
from labeltrust.domain.naming import is_storable
from labeltrust.web.pages._columns import Column, Filter
from labeltrust.web.pages._downloads import FORMATS, Plain, Record, downloaded

__all__ = ["MOST_DOWNLOADED", "Asked", "Column", "Filter", "Heading", "Shown", "Table"]

Row = TypeVar("Row")
MOST_DOWNLOADED = 100_000
_LONGEST_NUMBER = 19
_MOST_SEARCHED = 200
_MOST_PAGES = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What an address asks of a table; anything it cannot mean is as if it were not there."""

    path: str
    sort: str
    search: str
    chosen: Mapping[str, str]
    page: int
    after: int
    format: str
    on_page: int

    @property
    def limit(self) -> int:
        """How many rows to fetch: one more than shown, which says whether there are more."""
        return MOST_DOWNLOADED if self.format else self.on_page + 1

    @property
    def offset(self) -> int:
        """How many rows stand before the page; downloads begin at the first."""
        return 0 if self.format else (min(self.page, _MOST_PAGES) - 1) * self.on_page

    @property
    def listing(self) -> Listing:
        """What the database is asked for where it searches, sorts and cuts; see `counted`."""
        return Listing(
            sort=self.sort,
            text=self.search,
            chosen=self.chosen,
            offset=self.offset,
            limit=MOST_DOWNLOADED if self.format else self.on_page,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A column's heading with the way to sort by it."""

    name: str
    title: str
    is_number: bool
    address: str | None
    direction: str | None


@dataclass(frozen=True, kw_only=True)
class Shown(Generic[Row]):
    """A table as a page shows it.

    Attributes:
        rows: Those of this page.
        found: All rows that match, those of other pages too, as far as they are known.
        n_found: How many match; None where the database was not asked.
        n_all: How many there are without search and filters, or None.
        following: The parameter that leads to the next page, or None.
        preceding: The parameter that leads to the page before, or None.
    """

    table: "Table[Row]"
    asked: Asked
    rows: Sequence[Row]
    found: Sequence[Row]
    n_found: int | None = None
    n_all: int | None = None
    following: Mapping[str, int] | None = None
    preceding: Mapping[str, int] | None = None

    @property
    def name(self) -> str:
        """The table's name."""
        return self.table.name

    @property
    def first(self) -> int:
        """Number of the first row shown, from 1."""
        return (self.asked.page - 1) * self.asked.on_page + 1

    @property
    def is_narrowed(self) -> bool:
        """Whether search or filters leave rows out."""
        default = {f.name: f.chosen(None) for f in self.table.filters}
        return bool(self.asked.search) or dict(self.asked.chosen) != default

    @cached_property
    def headings(self) -> list[Heading]:
        """The headings, each with the address that sorts by it."""
        return [self._heading(column) for column in self.table.columns if column.shown]

    def address(self, **changed: object) -> str:
        """Return the address of this table with something changed; paging starts again."""
        asked = self.asked
        values: dict[str, object] = {"q": asked.search, **asked.chosen, "sort": asked.sort}
        values |= changed
        default = {f.name: f.chosen(None) for f in self.table.filters}
        default |= {"sort": self.table.order}
        kept = {k: v for k, v in values.items() if v not in (None, "", default.get(k))}
        return f"{asked.path}?{urlencode(kept)}" if kept else asked.path

    def download(self) -> Response[bytes] | None:
        """Return the matching rows as a file where the address asks for one."""
        if not self.asked.format:
            return None
        records = [self.table.record(row) for row in self.found]
        return downloaded(self.name, self.table.names, records, self.asked.format)

    def _heading(self, column: Column[Row]) -> Heading:
        up, down = column.name, f"-{column.name}"
        current = {up: "ascending", down: "descending"}.get(self.asked.sort)
        first, second = (down, up) if column.is_number else (up, down)
        following = second if self.asked.sort == first else first
        return Heading(
            name=column.name,
            title=column.title,
            is_number=column.is_number,
            address=self.address(sort=following) if column.sortable else None,
            direction=current if column.sortable else None,
        )


@dataclass(frozen=True, kw_only=True)
class Table(Generic[Row]):
    """A kind of table.

    Attributes:
        name: Of the element and of downloaded files.
        columns: From left to right.
        order: The sort that holds unless another is asked for: a column, `-` before it turns it.
        searched: The text of a row that a search looks into; None offers no search.
        filters: Choices above the table.
        hint: What a search looks into, in words.
    """

    name: str
    columns: tuple[Column[Row], ...]
    order: str
    searched: Callable[[Row], str] | None = None
    filters: tuple[Filter[Row], ...] = ()
    hint: str = ""
    on_page: int = 100
    sorts: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        """Know what can be sorted by."""
        names = [c.name for c in self.columns if c.sortable]
        object.__setattr__(self, "sorts", frozenset(names) | {f"-{name}" for name in names})

    @property
    def names(self) -> list[str]:
        """The keys of all columns."""
        return [column.name for column in self.columns]

    def record(self, row: Row) -> Record:
        """Return a row as downloads hold it."""
        return {column.name: column.value(row) for column in self.columns}

    def asked(self, path: str, query: Mapping[str, str]) -> Asked:
        """Read what an address asks for.

        Args:
            path: The address without its query.
            query: Its parameters.
        """
        sort, form = query.get("sort", ""), query.get("format", "")
        search = query.get("q", "").strip()[:_MOST_SEARCHED]
        return Asked(
            path=path,
            sort=sort if sort in self.sorts else self.order,
            search=search if is_storable(search) else "",
            chosen={f.name: f.chosen(query.get(f.name)) for f in self.filters},
            page=max(_number(query.get("page")), 1),
            after=_number(query.get("after")),
            format=form if form in FORMATS else "",
            on_page=self.on_page,
        )

    def shown(self, rows: Iterable[Row], asked: Asked) -> Shown[Row]:
        """Sort, filter, search and cut rows that are all here."""
        every = list(rows)
        found = self._sorted([row for row in every if self._matches(row, asked)], asked.sort)
        pages = max(-(-len(found) // self.on_page), 1)
        page = min(asked.page, pages)
        first = (page - 1) * self.on_page
        return Shown(
            table=self,
            asked=replace(asked, page=page),
            rows=found[first : first + self.on_page],
            found=found,
            n_found=len(found),
            n_all=len(every),
            following={"page": page + 1} if page < pages else None,
            preceding={"page": page - 1} if page > 1 else None,
        )

    def fetched(self, rows: Sequence[Row], asked: Asked, key: Callable[[Row], int]) -> Shown[Row]:
        """Show rows that the database filtered and ordered, up to `asked.limit` of them.

        Args:
            rows: What was found after `asked.after`.
            asked: What was asked for.
            key: What the next page begins after.
        """
        page = rows[: self.on_page]
        more = len(rows) > self.on_page
        return Shown(
            table=self,
            asked=asked,
            rows=page,
            found=rows,
            following={"after": key(page[-1])} if more else None,
            preceding={"after": 0} if asked.after else None,
        )

    def counted(self, rows: Sequence[Row], asked: Asked, n_found: int, n_all: int) -> Shown[Row]:
        """Show rows that the database searched, sorted and cut, where it also counted.

        Args:
            rows: Those of `asked.page`, or of the last page where there are fewer; for a download
                all of them, see `asked.offset`.
            asked: What was asked for.
            n_found: How many match.
            n_all: How many there are without search and filters.
        """
        page = min(asked.page, max(-(-n_found // self.on_page), 1))
        more = page * self.on_page < n_found
        return Shown(
            table=self,
            asked=replace(asked, page=page),
            rows=rows[: self.on_page],
            found=rows,
            n_found=n_found,
            n_all=n_all,
            following={"page": page + 1} if more else None,
            preceding={"page": page - 1} if page > 1 else None,
        )

    def _matches(self, row: Row, asked: Asked) -> bool:
        if not all(f.keeps(row, asked.chosen[f.name]) for f in self.filters):
            return False
        if not asked.search or self.searched is None:
            return True
        return asked.search.casefold() in self.searched(row).casefold()

    def _sorted(self, rows: list[Row], sort: str) -> list[Row]:
        if sort.removeprefix("-") not in self.names:
            return rows
        value = next(c.value for c in self.columns if c.name == sort.removeprefix("-"))
        keyed = [(value(row), row) for row in rows]
        known = [pair for pair in keyed if pair[0] is not None]
        known.sort(key=lambda pair: _sort_key(pair[0]), reverse=sort.startswith("-"))
        return [row for _, row in known] + [row for found, row in keyed if found is None]


def _sort_key(value: Plain) -> Any:  # noqa: ANN401 - one type within a column
    if isinstance(value, str):
        return value.casefold()
    return value.timestamp() if isinstance(value, datetime) else value


def _number(text: str | None) -> int:
    """Return a whole number of an address, 0 for anything that is none."""
    if text is None or not text.isdecimal() or len(text) > _LONGEST_NUMBER:
        return 0
    return min(int(text), 2**63 - 1)
