"""Whose item an outside id means, where several sources of a project may know it."""

from sqlmodel import Session, col, select

from labeltrust.store.aliases import item_space
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import ItemAlias, Project, Source, SourceProject
from labeltrust.store.vault import Vault


def sources_that_know(
    session: Session, vault: Vault, project: Project, item: str
) -> tuple[list[str], list[str]]:
    """Return the names of a project's sources that know an item, and those of all its sources.

    Sources of one id space know the same items; the first by name stands for them.
    """
    wanted = (
        select(Source.name, Source.id_space)
        .join(SourceProject, col(SourceProject.source_id) == col(Source.id))
        .where(col(SourceProject.project_id) == project.id)
        .order_by(col(Source.name).desc())
    )
    spaces = {space: name for name, space in session.exec(wanted)}
    lookups = {
        vault.lookup(item_space(known_id(project.id), space), item): name
        for space, name in spaces.items()
    }
    known = select(ItemAlias.lookup).where(col(ItemAlias.lookup).in_(list(lookups)))
    return sorted(lookups[found] for found in session.exec(known)), sorted(spaces.values())
