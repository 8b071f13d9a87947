"""Tab completion of names out of the database; without one it offers nothing and never fails."""

from collections.abc import Callable, Iterable

from labeltrust.domain.errors import LabeltrustError

Names = Callable[[], Iterable[str]]


def complete_project(incomplete: str) -> list[str]:
    """Return the names of projects that begin so."""
    return _matching(incomplete, _projects)


def complete_source(incomplete: str) -> list[str]:
    """Return the names of sources that begin so."""
    return _matching(incomplete, _sources)


def _matching(incomplete: str, names: Names) -> list[str]:
    from sqlalchemy.exc import SQLAlchemyError  # noqa: PLC0415 - only when Tab is pressed

    try:
        return [name for name in names() if name.startswith(incomplete)]
    except (LabeltrustError, SQLAlchemyError, OSError):
        return []


def _projects() -> list[str]:
    from labeltrust.cli._context import acting  # noqa: PLC0415
    from labeltrust.services.show_project import list_projects  # noqa: PLC0415

    with acting() as who:
        return [project.name for project in list_projects(who.deployment, who.principal)]


def _sources() -> list[str]:
    from labeltrust.cli._context import acting  # noqa: PLC0415
    from labeltrust.services.add_source import list_sources  # noqa: PLC0415

    with acting() as who:
        return [source.name for source in list_sources(who.deployment, who.principal)]
