"""The table of labelers: what it is sorted and filtered by, and what its downloads hold."""

from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from labeltrust.web.pages._downloads import Plain
from labeltrust.web.pages._tables import Column, Filter, Table

Entry = dict[str, Any]
_SEVERITIES = MappingProxyType({"low": 1, "medium": 2, "high": 3})
_STANDINGS = MappingProxyType(
    {
        "": "all",
        "flagged": "with an open flag",
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


def _standing(entry: Entry, wanted: str) -> bool:
    status = entry["flag"]["status"] if entry["flag"] else None
    return {
        "": True,
        "flagged": status == "open",
        "confirmed": status == "confirmed",
        "frozen": bool(entry["frozen"]),
        "clear": status is None and not entry["frozen"],
    }[wanted]


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
        Column(name=f"{number}_{part}", title="", value=_part(number, part), shown=False)
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
        Column(name="kind", title="", value=lambda e: str(e["kind"]), shown=False),
        Column(name="frozen", title="", value=lambda e: bool(e["frozen"]), shown=False),
        Column(name="flag", title="", value=_of_flag("id"), shown=False),
        Column(name="flag_status", title="", value=_of_flag("status"), shown=False),
    ),
    order="-trouble",
    searched=lambda entry: str(entry["labeler"]),
    hint="a labeler's id",
    filters=(
        Filter(name="standing", title="Standing", choices=_STANDINGS, keeps=_standing),
        Filter(
            name="kind", title="Kind", choices=_KINDS, keeps=lambda e, kind: kind in {"", e["kind"]}
        ),
    ),
)
