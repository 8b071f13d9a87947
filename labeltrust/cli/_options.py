"""Options that several commands share, each documented once."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from labeltrust.cli._complete import complete_project, complete_source
from labeltrust.domain.errors import InvalidInput

AsJson = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Project = Annotated[
    str,
    typer.Option("--project", "-p", help="Name of the project.", autocompletion=complete_project),
]
SourceName = Annotated[
    str | None,
    typer.Option("--source", help="Name of the source.", autocompletion=complete_source),
]
Scope = Annotated[
    list[str] | None,
    typer.Option(
        "--project",
        "-p",
        help="Project in scope; may be repeated. Without it, all.",
        autocompletion=complete_project,
    ),
]
Reason = Annotated[str, typer.Option("--reason", help="Why, in words; kept in the history.")]


def example(*lines: str) -> str:
    r"""Return the end of a help page that shows a command in use.

    >>> example("gate -p fraud")
    '\x08\nExample:\n  labeltrust gate -p fraud'
    """
    shown = "\n".join(f"  labeltrust {line}" for line in lines)
    # \b keeps the line breaks of the paragraph that follows.
    return f"\b\n{'Example' if len(lines) == 1 else 'Examples'}:\n{shown}"


def parsed_time(text: str | None, option: str) -> datetime | None:
    """Return an aware moment of ISO 8601 text; a moment without a zone is read as UTC.

    Raises:
        InvalidInput: The text is no moment.

    >>> parsed_time("2026-11-22", "--since").isoformat()
    '2026-11-22T00:00:00+00:00'
    """
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        detail = f"{text!r} is no moment; write 2026-11-22 or 2026-11-22T10:00:00Z"
        raise InvalidInput(detail, place=option, code="bad_time") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
