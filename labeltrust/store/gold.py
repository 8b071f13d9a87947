"""Whose item an outside id means, where several sources of a project may know it; its gold."""

from collections.abc import Sequence

from sqlalchemy import text
from sqlmodel import Session, col, select

from labeltrust.store.aliases import item_space
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import ItemAlias, Project, Source, SourceProject
from labeltrust.store.vault import Vault

# The words of the condition are those of the index, or neither database would use it.
_NEWEST = text(
    "SELECT type, label FROM event WHERE type IN ('gold.declared', 'gold.withdrawn') "
    "AND item_alias_id = :item AND chain_id = :chain AND question_id = :question "
    "ORDER BY coalesce(revised_us, occurred_us, received_us) DESC, event_id DESC LIMIT 1"
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
