"""A runbook as parts that a page can show: it is our own text, and still escaped by the page."""

import re
from dataclasses import dataclass

_STEP = re.compile(r"^\d+\. ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One block of a runbook.

    Attributes:
        kind: `text`, `steps` or `table`.
        label: What stands before a text, such as `Means`; empty where nothing does.
        lines: The text alone, or the steps.
        rows: Cells of a table, its headings first.
    """

    kind: str
    label: str = ""
    lines: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def parts_of(text: str) -> list[Part]:
    r"""Return the parts of a runbook, as `docs/runbooks` writes them.

    >>> [part.kind for part in parts_of("**Means**: a.\n\n1. look\n2. act\n   now")]
    ['text', 'steps']
    >>> parts_of("1. look\n2. act\n   now")[0].lines
    ('look', 'act now')
    """
    return [_part(block) for block in re.split(r"\n\s*\n", text.strip()) if block]


def _part(block: str) -> Part:
    lines = block.splitlines()
    if lines[0].startswith("|"):
        cells = [tuple(c.strip() for c in line.strip("| ").split(" | ")) for line in lines]
        return Part(kind="table", rows=(cells[0], *cells[2:]))
    if _STEP.match(lines[0]):
        return Part(kind="steps", lines=_steps(lines))
    label, _, rest = " ".join(lines).removeprefix("**").partition("**")
    if not block.startswith("**"):
        return Part(kind="text", lines=(_plain(" ".join(lines)),))
    return Part(kind="text", label=label, lines=(_plain(rest),))


def _steps(lines: list[str]) -> tuple[str, ...]:
    found: list[str] = []
    for line in lines:
        if _STEP.match(line):
            found.append(_STEP.sub("", line))
        else:
            found[-1] += " " + line.strip()
    return tuple(_plain(step) for step in found)


def _plain(text: str) -> str:
    """Return a text without the marks of emphasis, which a page does not show."""
    return re.sub(r"(?<!\w)\*+(\w[^*]*)\*+", r"\1", text)
