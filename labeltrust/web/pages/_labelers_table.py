"""The table of labelers: its columns, what its downloads hold, and what it asks the database."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from labeltrust.services.search_labelers import LabelerSearch
from labeltrust.web.pages._downloads import Plain
from labeltrust.web.pages._tables import MOST_DOWNLOADED, Asked, Column, Filter, Table

Entry = dict[str, Any]
_SEVERITIES = MappingProxyType({"low": 1, "medium": 2, "high": 3})
_STANDINGS = MappingProxyType(
    {
        "": "all",
        "flagged": "with an open flag",
        "contested": "contested",
        "confirmed": "confirmed",
        "frozen": "labels frozen",
        "clear": "nothing against them",
    }
)
_KINDS = MappingProxyType(
    {
        "": "all",
        "human": "people",
        "model": "models",
        "heuristic": "heuristics",
        "import": "imports",
    }
)


def _trouble(entry: Entry) -> Plain:
    """Return how much stands against a labeler: the flag's severity, then little trust."""
    flag = entry["flag"]
    severity = _SEVERITIES.get(flag["severity"], 0) + 1 if flag else 0
    trust = entry["trust"]["value"]
    return 10 * severity + 5 * bool(entry["frozen"]) + (1 - trust if trust is not None else 0.0)


def _part(number: str, part: str) -> Callable[[Entry], Plain]:
    def value(entry: Entry) -> Plain:
        found: Plain = entry[number].get(part)
        return found

    return value


def _estimate(number: str, title: str) -> tuple[Column[Entry], ...]:
    """Return the column of an estimate; downloads also hold interval, n, and why it is unknown."""
    shown = Column(name=number, title=title, value=_part(number, "value"), is_number=True)
    parts = (
        Column(
            name=f"{number}_{part}",
            title="",
            value=_part(number, part),
            shown=False,
            sortable=False,
        )
        for part in ("low", "high", "n", "reason")
    )
    return shown, *parts


def _of_flag(part: str) -> Callable[[Entry], Plain]:
    return lambda entry: entry["flag"][part] if entry["flag"] else None


_NUMBERS = {
    "trust": "Trust",
    "gold_accuracy": "Gold accuracy",
    "cohen_kappa": "Cohen's kappa",
    "label_shift": "Label shift",
}
LABELERS: Table[Entry] = Table(
    name="labelers",
    columns=(
        Column(name="labeler", title="Labeler", value=lambda e: str(e["labeler"])),
        Column(name="trouble", title="Standing", value=_trouble),
        Column(name="labels", title="Labels", value=lambda e: int(e["labels"]), is_number=True),
        *(column for number, title in _NUMBERS.items() for column in _estimate(number, title)),
        Column(name="kind", title="", value=lambda e: str(e["kind"]), shown=False, sortable=False),
        Column(
            name="frozen", title="", value=lambda e: bool(e["frozen"]), shown=False, sortable=False
        ),
        Column(name="flag", title="", value=_of_flag("id"), shown=False, sortable=False),
        Column(name="flag_status", title="", value=_of_flag("status"), shown=False, sortable=False),
    ),
    order="-trouble",
    searched=lambda entry: str(entry["labeler"]),
    hint="a labeler's id",
    filters=(
        Filter(name="standing", title="Standing", choices=_STANDINGS),
        Filter(name="kind", title="Kind", choices=_KINDS),
    ),
)


def search_of(asked: Asked) -> LabelerSearch:
    """Return what the address asks of the database.

    >>> search_of(LABELERS.asked("/x", {"sort": "trust", "page": "3"})).offset
    200
    """
    return LabelerSearch(
        sort=asked.sort,
        text=asked.search,
        standing=asked.chosen["standing"],
        kind=asked.chosen["kind"],
        offset=asked.offset,
        limit=MOST_DOWNLOADED if asked.format else asked.on_page,
    )
