"""Projects, people, keys and sources: who may send and do what."""

import typer

from labeltrust.cli import _keys, _people, _projects, _sources


def add_to(app: typer.Typer) -> None:
    """Add the groups of this page to the command line."""
    app.add_typer(_projects.app, name="project")
    app.add_typer(_people.app, name="user")
    app.add_typer(_keys.app, name="key")
    app.add_typer(_sources.app, name="source")
