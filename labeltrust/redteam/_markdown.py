"""Markdown tables."""

from collections.abc import Iterable, Sequence


def table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a table; a column whose name ends in `#` is set to the right.

    >>> print(table(["attack", "n#"], [["flip", 3]]))
    | attack | n |
    |---|---:|
    | flip | 3 |
    """
    heads = [name.rstrip("#") for name in columns]
    rule = ["---:" if name.endswith("#") else "---" for name in columns]
    lines = [_line(heads), "|" + "|".join(rule) + "|", *(_line(row) for row in rows)]
    return "\n".join(lines)


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell).replace("|", "\\|") for cell in cells) + " |"
