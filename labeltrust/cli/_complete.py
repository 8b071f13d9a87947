"""Tab completion of names out of the database; without one it offers nothing and never fails."""

from collections.abc import Callable, Iterable

from labeltrust.domain.errors import LabeltrustError
from labeltrust.domain.incidents import ACTS, SEVERITIES, STATUSES, STEPS

Names = Callable[[], Iterable[str]]


def complete_project(incomplete: str) -> list[str]:
    """Return the names of projects that begin so."""
    return _matching(incomplete, _projects)


def complete_source(incomplete: str) -> list[str]:
    """Return the names of sources that begin so."""
    return _matching(incomplete, _sources)


def complete_severity(incomplete: str) -> list[str]:
    """Return the severities of incidents that begin so.

    >>> complete_severity("c")
    ['critical']
    """
    return _matching(incomplete, lambda: SEVERITIES)


def complete_step(incomplete: str) -> list[str]:
    """Return the steps of the checklist that begin so.

    >>> complete_step("tri")
    ['triage']
    """
    return _matching(incomplete, lambda: STEPS)


def complete_incident_act(incomplete: str) -> list[str]:
    """Return the acts that move an incident on and begin so.

    >>> complete_incident_act("re")
    ['resolve', 'reopen']
    """
    return _matching(incomplete, lambda: ACTS)


def complete_incident_status(incomplete: str) -> list[str]:
    """Return the statuses of incidents that begin so.

    >>> complete_incident_status("o")
    ['open']
    """
    return _matching(incomplete, lambda: STATUSES)


def complete_incident(incomplete: str) -> list[str]:
    """Return the numbers of incidents that begin so, newest first."""
    return _matching(incomplete, _incidents)


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


def _incidents() -> list[str]:
    from labeltrust.cli._context import acting  # noqa: PLC0415
    from labeltrust.services.list_incidents import list_incidents  # noqa: PLC0415

    with acting() as who:
        return [str(one.id) for one in list_incidents(who.deployment, who.principal)]
