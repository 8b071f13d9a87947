"""Row ids of the names on a page of a platform."""

from collections.abc import Iterable

from sqlalchemy import Engine

from labeltrust.domain.events import Event
from labeltrust.store.aliases import Key, item_space
from labeltrust.store.registry import KnownSource
from labeltrust.store.statements import Statements
from labeltrust.store.vault import Vault


class Names:
    """Row ids of outside names, looked up some at a time."""

    def __init__(self, engine: Engine, vault: Vault, source: KnownSource, project: int) -> None:
        """Keep where to look."""
        self._engine, self._vault = engine, vault
        self._items = item_space(project, source.id_space)
        self._labelers = source.id_space

    def of(self, events: Iterable[Event]) -> tuple[dict[str, int], dict[str, int]]:
        """Return the row ids of the items and labelers of some events, of those that are known."""
        told = list(events)
        labelers = {(self._labelers, e.labeler) for e in told if e.labeler is not None}
        return self.items({e.item for e in told}), self._found("labeler", labelers)

    def items(self, names: Iterable[str]) -> dict[str, int]:
        """Return the row ids of the items that are known."""
        return self._found("item", {(self._items, name) for name in names})

    def _found(self, kind: str, keys: set[Key]) -> dict[str, int]:
        lookups = {self._vault.lookup(*key): key[1] for key in keys}
        sql = f"SELECT lookup, id FROM {kind}_alias WHERE lookup {{in}}"  # noqa: S608 - constants
        with self._engine.connect() as connection:
            rows = list(Statements(connection).rows_in(sql, lookups))
        return {lookups[bytes(lookup)]: number for lookup, number in rows}
