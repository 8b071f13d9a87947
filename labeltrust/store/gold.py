"""Whose item an outside id means, where several sources of a project may know it; its gold."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import text
from sqlmodel import Session, col, select

from labeltrust.store.aliases import item_space
from labeltrust.store.inserting import known_id
from labeltrust.store.statements import Statements
from labeltrust.store.tables import ItemAlias, Project, Source, SourceProject
from labeltrust.store.vault import Vault

# The words of the condition are those of the index, or neither database would use it.
_NEWEST = text(
    "SELECT type, label FROM event WHERE type IN ('gold.declared', 'gold.withdrawn') "
    "AND item_alias_id = :item AND chain_id = :chain AND question_id = :question "
    "ORDER BY coalesce(revised_us, occurred_us, received_us) DESC, event_id DESC LIMIT 1"
)
_GOLD_OF = (
    "SELECT e.item_alias_id, q.name, e.type, e.label, "
    "coalesce(e.revised_us, e.occurred_us, e.received_us), e.event_id "
    "FROM event e JOIN question q ON q.id = e.question_id "
    "WHERE e.type IN ('gold.declared', 'gold.withdrawn') AND e.item_alias_id {in}"
)
_SLICE = 500


def sources_that_know(
    session: Session, vault: Vault, project: Project, item: str
) -> tuple[list[str], list[str]]:
    """Return the names of a project's sources that know an item, and those of all its sources.

    Sources of one id space know the same items; the first by name stands for them.
    """
    spaces = {space: name for name, space in sorted(_spaces(session, project).items())[::-1]}
    lookups = {
        vault.lookup(item_space(known_id(project.id), space), item): name
        for space, name in spaces.items()
    }
    known = select(ItemAlias.lookup).where(col(ItemAlias.lookup).in_(list(lookups)))
    return sorted(lookups[found] for found in session.exec(known)), sorted(spaces.values())


def item_alias(
    session: Session, vault: Vault, project: Project, named: tuple[str, str]
) -> int | None:
    """Return the row id of an item by the name of its source and its outside id, if it is known."""
    source, item = named
    space = _spaces(session, project).get(source)
    if space is None:
        return None
    lookup = vault.lookup(item_space(known_id(project.id), space), item)
    return session.exec(select(ItemAlias.id).where(col(ItemAlias.lookup) == lookup)).first()


def gold_of(session: Session, project: Project, question_id: int, alias_id: int) -> str | None:
    """Return the canonical gold label that an item has now, None where it has none.

    The newest event counts, in the order of `current.in_order`.
    """
    values = {"item": alias_id, "chain": project.chain_id, "question": question_id}
    found = session.execute(_NEWEST, values).first()
    return None if found is None or found[0] != "gold.declared" else str(found[1])


def gold_among(
    session: Session, vault: Vault, project: Project, source: str, items: Collection[str]
) -> dict[tuple[str, str], str]:
    """Return the canonical gold labels that some items of a source have, by item and question."""
    space = _spaces(session, project).get(source)
    if space is None:
        return {}
    inside = item_space(known_id(project.id), space)
    lookups = {vault.lookup(inside, item): item for item in items}
    statements = Statements(session.connection())
    found = statements.rows_in("SELECT lookup, id FROM item_alias WHERE lookup {in}", lookups)
    names = {alias: lookups[bytes(lookup)] for lookup, alias in found}
    newest: dict[tuple[str, str], tuple[tuple[int, str], str | None]] = {}
    for alias, question, kind, label, at_us, event_id in statements.rows_in(_GOLD_OF, names):
        key, told = (names[alias], question), label if kind == "gold.declared" else None
        newest[key] = max(newest.get(key, ((0, ""), None)), ((at_us, event_id), told), key=_first)
    return {key: label for key, (_, label) in newest.items() if label is not None}


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldGold:
    """A word about the gold of an item.

    Attributes:
        item_id: The item.
        question: Name of the question.
        label: Canonical, None where gold was withdrawn.
        order: The greatest of an item's counts.
        event_id: As its sender named it; `audit-A-I` is what audit A found of item I.
    """

    item_id: int
    question: str
    label: str | None
    order: tuple[int, str]
    event_id: str


def gold_told(session: Session, item_ids: Collection[int]) -> Iterator[ToldGold]:
    """Yield all that was ever said about the gold of some items."""
    statements = Statements(session.connection())
    for item, question, kind, label, at_us, event_id in statements.rows_in(_GOLD_OF, item_ids):
        yield ToldGold(
            item_id=item, question=question, label=label if kind == "gold.declared" else None,
            order=(at_us, event_id), event_id=event_id,
        )  # fmt: skip


def _first(pair: tuple[tuple[int, str], str | None]) -> tuple[int, str]:
    return pair[0]


def _spaces(session: Session, project: Project) -> dict[str, str]:
    wanted = (
        select(Source.name, Source.id_space)
        .join(SourceProject, col(SourceProject.source_id) == col(Source.id))
        .where(col(SourceProject.project_id) == project.id)
    )
    return dict(session.exec(wanted).all())


def items_by_source(
    session: Session, project_id: int, item_ids: Sequence[int]
) -> dict[str, dict[int, str]]:
    """Return the outside ids of items, by a source of the project that knows them by that id.

    An erased item, and one whose sources may not speak for the project any more, is left out.
    """
    wanted = (
        select(Source.id_space, Source.name)
        .join(SourceProject, col(SourceProject.source_id) == col(Source.id))
        .where(col(SourceProject.project_id) == project_id)
        .order_by(col(Source.name).desc())
    )
    sources = {item_space(project_id, space): name for space, name in session.exec(wanted)}
    found: dict[str, dict[int, str]] = {}
    for start in range(0, len(item_ids), _SLICE):
        part = item_ids[start : start + _SLICE]
        rows = select(ItemAlias.id, ItemAlias.id_space, ItemAlias.outside_id)
        for number, space, name in session.exec(rows.where(col(ItemAlias.id).in_(part))):
            if number is not None and name is not None and space in sources:
                found.setdefault(sources[space], {})[number] = name
    return found
