"""Whose people labelers are, as events say: the newest told, unless a person said otherwise."""

from datetime import datetime
from typing import Final

import msgspec

from labeltrust.domain.clock import moment
from labeltrust.store.checks import Draft
from labeltrust.store.statements import Row, Statements

_MOST_REMEMBERED: Final = 100_000
_MOST_CHARACTERS: Final = 256
# What a person said has no time of being told, and no event changes it.
_UPSERT: Final = (
    "INSERT INTO labeler_profile (labeler_id, vendor, team, told_at) VALUES (?, ?, '', ?) "
    "ON CONFLICT (labeler_id) DO UPDATE SET vendor = excluded.vendor, told_at = excluded.told_at "
    "WHERE labeler_profile.told_at IS NOT NULL AND excluded.told_at >= labeler_profile.told_at"
)


class VendorBook:
    """Writes vendors of labelers; remembers the last, since every label repeats it."""

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self._remembered: dict[int, str] = {}
        self._rows: dict[int, tuple[str, datetime]] = {}

    def tell(self, draft: Draft, labeler_alias_id: int | None) -> None:
        """Note which vendor an event names for its labeler, if any."""
        plain = draft.plain
        if labeler_alias_id is None or '"vendor"' not in plain.detail:
            return
        vendor = msgspec.json.decode(plain.detail).get("vendor")
        if not isinstance(vendor, str) or not 0 < len(vendor) <= _MOST_CHARACTERS:
            return
        at = moment(plain.revised_us or plain.occurred_us or draft.received_us)
        there = self._rows.get(labeler_alias_id)
        if there is None or there[1] <= at:
            self._rows[labeler_alias_id] = (vendor, at)

    def write(self, statements: Statements) -> None:
        """Write what was noted and is news."""
        rows: list[Row] = [
            (labeler, vendor, statements.time(at))
            for labeler, (vendor, at) in sorted(self._rows.items())
            if self._remembered.get(labeler) != vendor
        ]
        statements.executemany(_UPSERT, rows)

    def keep(self) -> None:
        """Remember what was just committed."""
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered.update((labeler, told[0]) for labeler, told in self._rows.items())
        self.drop()

    def drop(self) -> None:
        """Forget what was noted in a transaction that failed."""
        self._rows.clear()

    def forget(self) -> None:
        """Forget everything."""
        self._remembered.clear()
        self.drop()
