"""What people and programs read: one JSON document on stdout, or tables; the rest on stderr.

Names, labels and item text come from outside. They are shown with every control character,
bidirectional override and terminal escape spelled out, and never as rich markup.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from labeltrust.domain.visible import visible

if TYPE_CHECKING:
    from rich.console import Console

# Wide enough that nothing is cut where the output is a file or a pipe.
_PIPE_WIDTH = 10_000
_LONGEST_CELL = 200


def safe(value: object) -> str:
    r"""Return text that cannot move the cursor, change colours or hide itself.

    >>> safe("a\x1b[31mb")
    'a\\x1b[31mb'
    >>> safe("x" * 300)[-1]
    '…'
    """
    text = "" if value is None else str(value)
    if len(text) > _LONGEST_CELL:
        text = text[: _LONGEST_CELL - 1] + "…"
    return visible(text)


def print_json(document: object) -> None:
    """Write one JSON document to stdout, in ASCII so that no terminal reads it as commands."""
    plain = _plain(document)
    sys.stdout.write(json.dumps(plain, indent=2, allow_nan=False) + "\n")


def _plain(document: object) -> object:
    import msgspec  # noqa: PLC0415 - not needed for help pages

    return msgspec.to_builtins(document, enc_hook=_mapping)


def _mapping(value: object) -> object:
    """Return what the encoder does not know by itself: read-only mappings, paths."""
    return dict(value) if isinstance(value, Mapping) else str(value)


def day(moment: datetime | None) -> str:
    """Return a moment to the second in UTC, or nothing.

    >>> day(datetime(2026, 11, 22, 10, tzinfo=UTC))
    '2026-11-22 10:00:00Z'
    """
    return "" if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def say(message: str) -> None:
    """Write one line for people to stderr."""
    sys.stderr.write(safe_line(message) + "\n")


def out(message: str) -> None:
    """Write one line of the result to stdout."""
    sys.stdout.write(safe_line(message) + "\n")


def safe_line(message: str) -> str:
    r"""Return a whole message on one line; longer than a cell may be, but as harmless.

    >>> safe_line("two\nlines")
    'two\\nlines'
    """
    return visible(message)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Draw a table; a column whose name ends in `#` holds numbers and is set to the right.

    Args:
        columns: Headings.
        rows: Cells, as long as `columns` each.
        empty: The sentence shown where there is no row.
    """
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - rich takes longer than most commands
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in columns:
        table.add_column(Text(name.rstrip("#")), justify="right" if name.endswith("#") else "left")
    for row in rows:
        table.add_row(*(Text(safe(cell)) for cell in row))
    if not table.row_count:
        out(empty)
        return
    _console().print(table)


def _console() -> "Console":
    from rich.console import Console  # noqa: PLC0415 - see above

    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False)


def number(measured: object, digits: int = 2) -> str:
    """Return an estimate of a document as `0.93 [0.80, 0.98] n=28`, or why there is none.

    >>> number({"value": 0.93, "low": 0.8, "high": 0.98, "n": 28})
    '0.93 [0.80, 0.98] n=28'
    >>> number({"value": None, "reason": "no gold items"})
    'no gold items'
    """
    if not isinstance(measured, Mapping):
        return ""
    if measured.get("value") is None:
        return str(measured.get("reason", ""))
    value, low, high = (f"{float(measured[k]):.{digits}f}" for k in ("value", "low", "high"))
    return f"{value} [{low}, {high}] n={measured.get('n')}"
