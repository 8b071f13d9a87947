"""Columns and filters of tables: declared once by a page, used for headings and downloads."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from labeltrust.web.pages._downloads import Plain

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column(Generic[Row]):
    """One column.

    Attributes:
        name: Its key in addresses, CSV and JSON.
        title: Its heading.
        value: What it is sorted by and what downloads hold; None sorts last, always.
        is_number: Aligned to the right.
        sortable: Whether its heading sorts; not where the database orders the rows.
        shown: Whether the page has it; downloads have all.
    """

    name: str
    title: str
    value: Callable[[Row], Plain]
    is_number: bool = False
    sortable: bool = True
    shown: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter(Generic[Row]):
    """A choice above the table.

    Attributes:
        name: Its key in addresses.
        title: Its label.
        choices: Value to words; the first one holds unless another is chosen.
        keeps: Whether a row stays under a chosen value; not used where the database filters.
    """

    name: str
    title: str
    choices: Mapping[str, str]
    keeps: Callable[[Row, str], bool] = lambda _row, _value: True

    def chosen(self, given: str | None) -> str:
        """Return a value of the choice, the first one for anything that is none."""
        return given if given is not None and given in self.choices else next(iter(self.choices))


def kept(name: str, value: Callable[[Row], Plain]) -> Column[Row]:
    """Return a column that downloads alone have.

    >>> kept("clock", str).shown
    False
    """
    return Column(name=name, title="", value=value, sortable=False, shown=False)


def of_project(projects: Sequence[str]) -> Filter[Any]:
    """Return the choice among the projects of a reader.

    >>> of_project(["fraud"]).chosen("spam")
    ''
    """
    choices = {"": "every project"} | {name: name for name in projects}
    return Filter(name="project", title="Project", choices=choices)
