"""Groups of commands: projects, audits, gold, what could not be read, people, keys and sources."""

import typer

from labeltrust.cli import (
    _alerts,
    _approvals,
    _audits,
    _gold,
    _keys,
    _patterns,
    _people,
    _projects,
    _quarantine,
    _reviewers,
    _sources,
    _suppliers,
)


def add_to(app: typer.Typer) -> None:
    """Add the groups of this page to the command line."""
    app.add_typer(_projects.app, name="project")
    _reviewers.add_to(_audits.app)
    app.add_typer(_audits.app, name="audit")
    app.add_typer(_gold.app, name="gold")
    app.add_typer(_patterns.app, name="pattern")
    app.add_typer(_quarantine.app, name="quarantine")
    app.add_typer(_alerts.app, name="alert")
    app.add_typer(_approvals.app, name="approval")
    app.add_typer(_people.app, name="user")
    app.add_typer(_keys.app, name="key")
    app.add_typer(_sources.app, name="source")
    app.add_typer(_suppliers.app, name="supplier")
