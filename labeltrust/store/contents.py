"""What is shown of items, and their features: the newest told, whatever the order of arrival."""

import hashlib
from datetime import datetime

from labeltrust.domain.clock import moment
from labeltrust.store.checks import Draft
from labeltrust.store.statements import Row, Statements

_MOST_REMEMBERED = 100_000
# Of each of the two by itself the newest that was told; what is older fills gaps.
_UPSERT = (
    "INSERT INTO item_content (item_id, content, features, updated_at, first_us, source_id) "
    "VALUES (?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (item_id) DO UPDATE SET "
    "content = CASE WHEN excluded.content <> '{}' AND (item_content.content = '{}' "
    "OR excluded.updated_at >= item_content.updated_at) THEN excluded.content "
    "ELSE item_content.content END, "
    "features = CASE WHEN excluded.features <> '{}' AND (item_content.features = '{}' "
    "OR excluded.updated_at >= item_content.updated_at) THEN excluded.features "
    "ELSE item_content.features END, "
    "updated_at = CASE WHEN excluded.updated_at >= item_content.updated_at "
    "THEN excluded.updated_at ELSE item_content.updated_at END "
    "WHERE excluded.updated_at >= item_content.updated_at "
    "OR item_content.content = '{}' OR item_content.features = '{}'"
)


Told = tuple[str, str, datetime]


def _together(one: Told, other: Told) -> Told:
    """Return what two events tell of an item: the newer of each, the older where it says nothing.

    >>> early, late = datetime(2026, 1, 1), datetime(2026, 1, 2)
    >>> _together(("a", "{}", early), ("{}", "f", late)) == ("a", "f", late)
    True
    """
    old, new = (other, one) if other[2] < one[2] else (one, other)
    content = old[0] if new[0] == "{}" else new[0]
    return content, old[1] if new[1] == "{}" else new[1], new[2]


class ContentBook:
    """Writes contents of items; remembers the last, since every label of an item repeats it."""

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self._remembered: dict[int, bytes] = {}
        self._rows: dict[int, Told] = {}
        self._first: dict[int, tuple[int, int]] = {}
        self._marks: dict[int, bytes] = {}

    def tell(self, draft: Draft, item_alias_id: int | None, source_id: int) -> None:
        """Note what an event of a source tells about its item, if anything."""
        plain = draft.plain
        if item_alias_id is None or not (plain.content or plain.features):
            return
        content, features = plain.content or "{}", plain.features or "{}"
        text = f"{content}\n{features}".encode()
        mark = hashlib.blake2b(text, digest_size=16).digest()
        if self._remembered.get(item_alias_id) == mark:
            return
        told = plain.revised_us or plain.occurred_us or draft.received_us
        at = moment(told)
        there = self._rows.get(item_alias_id)
        if there is None:
            self._first[item_alias_id] = (draft.received_us, source_id)
        if there is None or there[2] <= at:
            self._marks[item_alias_id] = mark
        told_now = (content, features, at)
        self._rows[item_alias_id] = told_now if there is None else _together(there, told_now)

    def write(self, statements: Statements) -> None:
        """Write what was noted."""
        rows: list[Row] = [
            (item, content, features, statements.time(at), *self._first[item])
            for item, (content, features, at) in sorted(self._rows.items())
        ]
        statements.executemany(_UPSERT, rows)
        self._rows.clear()
        self._first.clear()

    def keep(self) -> None:
        """Remember what was just committed."""
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered.update(self._marks)
        self.drop()

    def drop(self) -> None:
        """Forget what was noted in a transaction that failed."""
        self._marks.clear()
        self._rows.clear()
        self._first.clear()

    def forget(self) -> None:
        """Forget everything."""
        self._remembered.clear()
        self.drop()
