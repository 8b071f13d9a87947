"""Outside ids to the opaque ones inside: the only door between names and history."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from labeltrust.store.statements import Row, Statements
from labeltrust.store.vault import Vault, pseudonym

Kind = Literal["labeler", "item"]
SALT_BYTES = 16
# So many names are kept in memory, about 30 MB; the rest is looked up again.
_MOST_REMEMBERED = 100_000


@dataclass(frozen=True, slots=True)
class Alias:
    """An outside id's row: its id, the salt that binds it, and its name in history."""

    id: int | None
    salt: bytes
    mark: bytes
    pseudonym: str | None


NOBODY: Final = Alias(None, b"", b"", None)
"""Stands where an event names no item or no labeler."""


@dataclass(frozen=True, slots=True)
class Outside:
    """An outside id with what is needed to keep it: project of an item, kind of a labeler."""

    space: str
    name: str
    project_id: int | None = None
    labeler_kind: str = "human"


Key = tuple[str, str]
Aliases = dict[Key | None, Alias]
"""By (id space, outside id); nothing stands under None, which an event without a name asks for."""


class AliasBook:
    """Finds and makes aliases of one kind; remembers those of committed transactions.

    What is remembered is forgotten when an erasure raises the epoch (`store/erasure.py`).
    """

    def __init__(self, vault: Vault, kind: Kind) -> None:
        """Start with nothing remembered."""
        self._vault = vault
        self._kind = kind
        self._remembered: Aliases = {}
        self._pending: Aliases = {}
        self._sought: dict[Key, bytes] = {}

    def find(self, statements: Statements, keys: Iterable[Key]) -> Aliases:
        """Return the aliases there are of some (id space, outside id)."""
        found: Aliases = {}
        missing: dict[bytes, Key] = {}
        remembered, pending = self._remembered, self._pending
        for key in keys:
            alias = remembered.get(key) or pending.get(key)
            if alias is None:
                lookup = self._sought[key] = self._vault.lookup(*key)
                missing[lookup] = key
            else:
                found[key] = alias
        if missing:
            found.update(self._read(statements, missing))
        return found

    def _read(self, statements: Statements, missing: dict[bytes, Key]) -> Aliases:
        sql = f"SELECT lookup, id, salt, pseudonym FROM {self._kind}_alias WHERE lookup {{in}}"  # noqa: S608 - constant
        found: Aliases = {
            missing[lookup]: Alias(number, salt, name, name.hex())
            for lookup, number, salt, name in statements.rows_in(sql, missing)
        }
        self._pending.update(found)
        return found

    def make(self, statements: Statements, wanted: Iterable[Outside]) -> Aliases:
        """Insert aliases that were sought and not found, and return them."""
        new = {(outside.space, outside.name): outside for outside in wanted}
        ids = statements.next_ids(f"{self._kind}_alias", len(new))
        salts = os.urandom(SALT_BYTES * len(new))
        made: Aliases = {}
        rows: list[Row] = []
        for place, (key, outside) in enumerate(new.items()):
            salt = salts[place * SALT_BYTES : (place + 1) * SALT_BYTES]
            name = pseudonym(salt, outside.name)
            made[key] = Alias(ids[place], salt, name, name.hex())
            own = outside.project_id if self._kind == "item" else outside.labeler_kind
            rows.append(
                (ids[place], self._sought[key], outside.space, outside.name, salt, name,
                 ids[place], own)
            )  # fmt: skip
        statements.insert(f"{self._kind}_alias", self._columns(), rows)
        self._pending.update(made)
        return made

    def keep(self) -> None:
        """Remember what the transaction that was just committed used."""
        self._sought.clear()
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered.update(self._pending)
        self._pending.clear()

    def drop(self) -> None:
        """Forget what the transaction that was just rolled back used."""
        self._pending.clear()
        self._sought.clear()

    def forget(self) -> None:
        """Forget everything."""
        self._remembered.clear()
        self.drop()

    def _columns(self) -> tuple[str, ...]:
        own = ("item_id", "project_id") if self._kind == "item" else ("labeler_id", "kind")
        return ("id", "lookup", "id_space", "outside_id", "salt", "pseudonym", *own)


def item_space(project_id: int, id_space: str) -> str:
    """Return the id space of a project's items: equal ids of two projects are two items.

    >>> item_space(3, "source:crm")
    '3:source:crm'
    """
    return f"{project_id}:{id_space}"
