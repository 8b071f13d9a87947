"""What is on record of single annotations, exactly: for those that differ from their platform."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sqlalchemy import Engine

from labeltrust.store.slices import slices
from labeltrust.store.statements import Row, Statements

_TOLD: Final = (
    "SELECT sequence, type, annotation_id, question_id, item_alias_id, labeler_alias_id, label, "
    "coalesce(revised_us, occurred_us, received_us), received_us, event_id FROM event "
    "WHERE chain_id = ?"
)
_GOLD: Final = (
    f"{_TOLD} AND sequence > ? AND sequence <= ? AND source_id = ? "
    "AND type IN ('gold.declared', 'gold.withdrawn') ORDER BY sequence"
)


class Said(NamedTuple):
    """What one event says; the greater by its first two parts counts.

    Attributes:
        label: Canonical; None for a withdrawal.
        annotation: Of gold only: whose flag it was, None where it was declared by hand.
    """

    order_us: int
    event_id: str
    item: int | None
    labeler: int | None
    label: str | None
    received_us: int
    annotation: str | None = None


_By = tuple[int, int | None]
Gold = dict[tuple[int, int], Said]
"""The newest word on gold by (item, question)."""


@dataclass(slots=True)
class Annotation:
    """What is on record of one annotation.

    Attributes:
        says: The newest word by (question, labeler).
        ended: The newest withdrawal that names the annotation alone.
    """

    says: dict[_By, Said] = field(default_factory=dict)
    ended: Said | None = None

    def current(self, question: int) -> Said | None:
        """Return the newest word on a question, whoever said it; a withdrawal has no label."""
        told = [said for (asked, _), said in self.says.items() if asked == question]
        if self.ended is not None:
            told.append(self.ended)
        return max(told, default=None, key=_order)

    @property
    def standing(self) -> list[Said]:
        """The answers that no later withdrawal ends."""
        answers = (said for said in self.says.values() if said.label is not None)
        ended = self.ended
        return [a for a in answers if ended is None or _order(a) > _order(ended)]

    @property
    def newest(self) -> Said:
        """The newest word of all."""
        told = [*self.says.values(), *([self.ended] if self.ended else [])]
        return max(told, key=_order)


def annotations_at(
    engine: Engine, chain_id: int, sequences: Iterable[int]
) -> dict[str, Annotation]:
    """Return the annotations that the events at some places of a chain speak of, by their id."""
    found: dict[str, Annotation] = {}
    with engine.connect() as connection:
        sql = f"{_TOLD} AND sequence {{in}}"
        for row in Statements(connection).rows_in(sql, sequences, (chain_id,)):
            _tell(found.setdefault(row[2], Annotation()), row)
    return found


def _tell(annotation: Annotation, row: Row) -> None:
    question, labeler, said = row[3], row[5], _said(row)
    if question is None:
        annotation.ended = max(annotation.ended or said, said, key=_order)
        return
    by = (question, labeler)
    annotation.says[by] = max(annotation.says.get(by, said), said, key=_order)


def read_gold(engine: Engine, chain_id: int, source_id: int, through: int) -> Gold:
    """Return the newest word of a source on the gold of each item, up to a place of its chain."""
    found: Gold = {}
    for rows in slices(engine, _GOLD, (chain_id, through, source_id)):
        for row in rows:
            said = _said(row)._replace(annotation=row[2])
            key = (row[4], row[3])
            found[key] = max(found.get(key, said), said, key=_order)
    return found


def _said(row: Row) -> Said:
    _, kind, _, _, item, labeler, label, order_us, received_us, event_id = row
    told = label if kind in {"label.submitted", "gold.declared"} else None
    return Said(order_us, event_id or "", item, labeler, told, received_us)


def _order(said: Said) -> tuple[int, str]:
    return said.order_us, said.event_id


def last_place(engine: Engine, chain_id: int) -> int:
    """Return the last place of a chain that is taken now."""
    with engine.connect() as connection:
        sql = "SELECT next_sequence - 1 FROM chain WHERE id = ?"
        ((through,),) = Statements(connection).rows(sql, (chain_id,))
    return int(through)


def erased_aliases(engine: Engine) -> tuple[set[int], set[int]]:
    """Return the row ids of items and of labelers whose names were erased."""
    with engine.connect() as connection:
        statements = Statements(connection)
        return _erased(statements, "item"), _erased(statements, "labeler")


def _erased(statements: Statements, kind: str) -> set[int]:
    sql = f"SELECT id FROM {kind}_alias WHERE salt IS NULL"  # noqa: S608 - constants
    return {row[0] for row in statements.rows(sql)}
