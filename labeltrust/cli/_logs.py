"""Logs go to stderr, one line an event, so that stdout stays the result of the command."""

import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

from labeltrust.domain.visible import visible


def configure_logs() -> None:
    """Send logs to stderr: aligned for a person at a terminal, JSON for a collector."""
    renderers: list[structlog.types.Processor] = [
        structlog.processors.JSONRenderer(ensure_ascii=True)
    ]
    if sys.stderr.isatty():
        renderers = [harmless, structlog.dev.ConsoleRenderer()]
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            *renderers,
        ],
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def harmless(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    r"""Spell out what would move a terminal's cursor, colour it or end a line.

    The lines of a traceback stay lines, with a bar before each: text in it is no event of its own.

    >>> harmless(None, "info", {"event": "x", "who": "a\x1b[2Jb\n"})["who"]
    'a\\x1b[2Jb\\n'
    """
    return {name: _spelled(name, value) for name, value in event.items()}


def _spelled(name: str, value: object) -> object:
    if not isinstance(value, str):
        return value
    if name != "exception":
        return visible(value)
    return "\n".join(f"| {visible(line)}" for line in value.split("\n"))
