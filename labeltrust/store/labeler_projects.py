"""In which projects a labeler labeled: kept beside the history, found without reading it."""

from typing import Final

from labeltrust.store.checks import Draft
from labeltrust.store.statements import Statements

_MOST_REMEMBERED: Final = 100_000
_INSERT: Final = (
    "INSERT INTO labeler_project (labeler_id, project_id) VALUES (?, ?) ON CONFLICT DO NOTHING"
)


class ProjectBook:
    """Writes where labelers labeled; remembers whom it wrote, since every label repeats it."""

    def __init__(self) -> None:
        """Start with nothing remembered."""
        self._remembered: set[tuple[int, int]] = set()
        self._rows: set[tuple[int, int]] = set()

    def tell(self, draft: Draft, labeler_alias_id: int | None) -> None:
        """Note in which project an event's labeler labeled."""
        if labeler_alias_id is None:
            return
        pair = labeler_alias_id, draft.project.id
        if pair not in self._remembered:
            self._rows.add(pair)

    def write(self, statements: Statements) -> None:
        """Write what was noted."""
        statements.executemany(_INSERT, sorted(self._rows))

    def keep(self) -> None:
        """Remember what was just committed."""
        if len(self._remembered) > _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered |= self._rows
        self.drop()

    def drop(self) -> None:
        """Forget what was noted in a transaction that failed."""
        self._rows.clear()

    def forget(self) -> None:
        """Forget everything."""
        self._remembered.clear()
        self.drop()
