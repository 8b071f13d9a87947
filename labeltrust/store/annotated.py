"""What is on record of each annotation of a source, read in short slices of its history."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sqlalchemy import Engine

from labeltrust.store.slices import slices
from labeltrust.store.statements import Row, Statements

_SQL: Final = (
    "SELECT sequence, type, annotation_id, question_id, item_alias_id, labeler_alias_id, label, "
    "coalesce(revised_us, occurred_us, received_us), received_us, event_id FROM event "
    "WHERE chain_id = ? AND sequence > ? AND sequence <= ? AND source_id = ? AND ("
    "(annotation_id IS NOT NULL AND type IN ('label.submitted', 'label.withdrawn')) "
    "OR type IN ('gold.declared', 'gold.withdrawn')) ORDER BY sequence"
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


@dataclass(slots=True)
class Annotated:
    """What is on record of a source's annotations, and of the gold that it told of.

    Attributes:
        annotations: By their id.
        gold: The newest word by (item, question).
    """

    annotations: dict[str, Annotation] = field(default_factory=dict)
    gold: dict[tuple[int, int], Said] = field(default_factory=dict)

    def several(self) -> set[tuple[int | None, int | None]]:
        """Return the (item, labeler) pairs that answered in several annotations."""
        seen: set[tuple[int | None, int | None]] = set()
        twice: set[tuple[int | None, int | None]] = set()
        for annotation in self.annotations.values():
            for pair in {(said.item, said.labeler) for said in annotation.standing}:
                (twice if pair in seen else seen).add(pair)
        return twice


def read_annotated(engine: Engine, chain_id: int, source_id: int) -> Annotated:
    """Read what is on record of a source's annotations now."""
    found = Annotated()
    with engine.connect() as connection:
        sql = "SELECT next_sequence - 1 FROM chain WHERE id = ?"
        ((through,),) = Statements(connection).rows(sql, (chain_id,))
    for rows in slices(engine, _SQL, (chain_id, through, source_id)):
        for row in rows:
            _tell(found, row)
    return found


def _tell(found: Annotated, row: Row) -> None:
    _, kind, annotation_id, question, item, labeler, label, order_us, received_us, event_id = row
    told = label if kind in {"label.submitted", "gold.declared"} else None
    said = Said(order_us, event_id or "", item, labeler, told, received_us)
    if kind.startswith("gold."):
        said = said._replace(annotation=annotation_id)
        key = (item, question)
        found.gold[key] = max(found.gold.get(key, said), said, key=_order)
        return
    annotation = found.annotations.setdefault(annotation_id, Annotation())
    if question is None:
        annotation.ended = max(annotation.ended or said, said, key=_order)
        return
    by = (question, labeler)
    annotation.says[by] = max(annotation.says.get(by, said), said, key=_order)


def _order(said: Said) -> tuple[int, str]:
    return said.order_us, said.event_id


def erased_aliases(engine: Engine) -> tuple[set[int], set[int]]:
    """Return the row ids of items and of labelers whose names were erased."""
    with engine.connect() as connection:
        statements = Statements(connection)
        return _erased(statements, "item"), _erased(statements, "labeler")


def _erased(statements: Statements, kind: str) -> set[int]:
    sql = f"SELECT id FROM {kind}_alias WHERE salt IS NULL"  # noqa: S608 - constants
    return {row[0] for row in statements.rows(sql)}


def standing_ids(annotated: Annotated) -> Iterator[str]:
    """Yield the ids of annotations with an answer that stands."""
    return (number for number, one in annotated.annotations.items() if one.standing)
