"""What a notebook shows: escaped tables and sentences, and charts as pictures.

Names and labels come from outside. Nothing that they hold is read as HTML, as formulas, as terminal
escapes or as a script: a chart is a picture, since a page with Vega in it would carry labels inside
a script, and load that script from elsewhere.
"""

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from labeltrust.domain.visible import visible

LONGEST_CELL = 200
_PIXELS = 2.0
"""Pixels of a picture for each of the page's: sharp on dense screens."""
_UNREAD = "mathjax_ignore tex2jax_ignore"
_PICTURES = "labeltrust"
"""Name of the way in which charts are drawn."""
_NONE = "\u2013"


def prepare() -> None:
    """Draw charts of this process as pictures, without anything from outside.

    Control characters are spelled out before: they cannot stand in the SVG that a picture is made
    of, and end the whole process there.
    """
    alt.renderers.enable("png", scale_factor=_PIXELS)
    draw = alt.renderers.get()
    if draw is not None:
        alt.renderers.register(_PICTURES, lambda spec, **_: draw(_spelled_out(spec)))
        alt.renderers.enable(_PICTURES)


def _spelled_out(part: Any) -> Any:  # noqa: ANN401 - any part of a specification
    """Return a chart's specification without control characters."""
    if isinstance(part, str):
        return visible(part)
    if isinstance(part, Mapping):
        return {key: _spelled_out(value) for key, value in part.items()}
    return [_spelled_out(value) for value in part] if isinstance(part, list) else part


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentences:
    """Words that a notebook shows as they are."""

    text: str

    def __repr__(self) -> str:
        """Return them with control characters spelled out."""
        return "\n".join(visible(line) for line in self.text.split("\n"))

    def _repr_html_(self) -> str:
        lines = "<br>".join(escape(visible(line)) for line in self.text.split("\n"))
        return f'<p class="{_UNREAD}">{lines}</p>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A command line to be copied."""

    text: str

    def __repr__(self) -> str:
        """Return the line."""
        return visible(self.text)

    def _repr_html_(self) -> str:
        return f'<pre class="{_UNREAD}">{escape(visible(self.text))}</pre>'


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of text, ready to be shown."""

    cells: pd.DataFrame
    empty: str

    def __repr__(self) -> str:
        """Return the table as plain text."""
        if self.cells.empty:
            return repr(say(self.empty))
        return str(self.cells.to_string(index=False))

    def _repr_html_(self) -> str:
        if self.cells.empty:
            return say(self.empty)._repr_html_()
        shown = self.cells.to_html(index=False, escape=True, border=0, classes=_UNREAD)
        return str(shown)


def command(words: str, options: Iterable[tuple[str, object]]) -> Command:
    """Return a command line whose values are quoted for the shell, without empty options.

    An option that is True has no value; one that is False is left out.

    >>> command("labeltrust assess", [("project", "a b"), ("flag", None), ("json", True)])
    labeltrust assess '--project=a b' --json
    """
    given = [
        shlex.quote(f"--{name}" if value is True else f"--{name}={value}")
        for name, value in options
        if value is not None and value is not False
    ]
    return Command(text=" ".join([words, *given]))


def say(*sentences: str) -> Sentences:
    """Return sentences to be shown, one a line.

    >>> say("<b>ann</b>")._repr_html_()
    '<p class="mathjax_ignore tex2jax_ignore">&lt;b&gt;ann&lt;/b&gt;</p>'
    """
    return Sentences(text="\n".join(sentences))


def table(frame: pd.DataFrame, columns: Mapping[str, str], empty: str = "None.") -> Table:
    """Return a frame as a table for people.

    Args:
        frame: Any tidy frame.
        columns: Heading to column, with a format after a colon if need be (`share:.1%`). A column
            with `_low`, `_high`, `_n` and `_reason` beside it becomes one cell of all of them.
        empty: What is said where there is no row.

    >>> found = pd.DataFrame({"who": ["<i>"], "trust": [0.5], "trust_low": [0.4],
    ...     "trust_high": [0.6], "trust_n": [9], "trust_reason": [None]})
    >>> table(found, {"labeler": "who", "trust": "trust"}).cells.values.tolist()
    [['<i>', '0.50 [0.40, 0.60] n=9']]
    """
    cells = {head: _column(frame, *_split(column)) for head, column in columns.items()}
    return Table(cells=pd.DataFrame(cells), empty=empty)


def _split(column: str) -> tuple[str, str]:
    name, _, form = column.partition(":")
    return name, form


def _column(frame: pd.DataFrame, name: str, form: str) -> list[str]:
    if f"{name}_reason" not in frame:
        return [cell(value, form) for value in frame[name]]
    parts = [frame[f"{name}{end}"] for end in ("", "_low", "_high", "_n", "_reason")]
    return [measured(values, form or ".2f") for values in zip(*parts, strict=True)]


def measured(parts: tuple[Any, ...], form: str = ".2f") -> str:
    """Return value, low, high, n and reason as one text: a number is never without its n.

    >>> measured((0.5, 0.4, 0.6, 9, None)), measured((None, None, None, None, "no gold items"))
    ('0.50 [0.40, 0.60] n=9', 'undefined: no gold items')
    """
    value, low, high, n, reason = parts
    if pd.isna(value):
        return f"undefined: {cell(reason)}"
    return f"{value:{form}} [{cell(low, form)}, {cell(high, form)}] n={n:.0f}"


def cell(value: object, form: str = "") -> str:
    r"""Return any value as the text of a cell.

    >>> cell(0.25, ".0%"), cell(None), cell("a\nb"), cell(("x", "y"))
    ('25%', '\u2013', 'a\\nb', 'x, y')
    """
    if isinstance(value, str):
        return visible(value if len(value) <= LONGEST_CELL else value[: LONGEST_CELL - 1] + "…")
    if isinstance(value, Iterable):
        return ", ".join(cell(part) for part in value)
    if value is None or value is pd.NaT or value != value:  # noqa: PLR0124 - NaN alone
        return _NONE
    if isinstance(value, (bool, np.bool_)):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:{form or _usual(value)}}"


def _usual(value: object) -> str:
    return ".3g" if isinstance(value, float) and value % 1 else ",.0f"
