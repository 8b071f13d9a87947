"""Registered trigger patterns: what nobody should find in items, and where it was found."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

Place = Literal["all", "text", "features"]
PLACES: tuple[str, ...] = get_args(Place)
MOST_CHARACTERS: Final = 1_000
MOST_PATTERNS: Final = 50
"""Live patterns of a project."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One regular expression that is looked for in every item of a project.

    Attributes:
        id: Its number.
        project: Name of the project.
        expression: In the syntax of RE2: no look-around, no back-references.
        place: `text` is what reviewers see of an item, `features` are lines `name=value`.
        reason: Why it is looked for.
        removed_at: When it was removed, or None while it is looked for.
        through: Place in the chain up to which it was looked for.
        behind: Whether newer events wait to be looked through.
        hits: Items that hold it.
        waiting: Those of them that nobody has settled.
        labels: Labels received on them from people, heuristics and imports.
        predictions: Labels received on them from models.
    """

    id: int
    project: str
    expression: str
    place: str
    reason: str
    added_at: datetime
    added_by: str
    removed_at: datetime | None = None
    removed_by: str | None = None
    removed_why: str | None = None
    through: int = 0
    behind: bool = False
    hits: int = 0
    waiting: int = 0
    labels: int = 0
    predictions: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One item that holds a pattern.

    Attributes:
        item_id: Row of the item.
        item: Its outside id; `item #ID` once erased.
        source: Who told of it first, or None where that is not known.
        found_at: When the pattern was found in it.
        labels: Labels on it from people, heuristics and imports.
        predictions: Labels on it from models.
        settled_at: When somebody settled it, or None.
        excerpt: What surrounds the place, from the content as it is now; empty where it is gone.
    """

    item_id: int
    item: str
    source: str | None
    found_at: datetime
    labels: int
    predictions: int
    settled_at: datetime | None
    excerpt: str = ""
