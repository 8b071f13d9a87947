"""A runbook's own commands, out of its page, with what its placeholders stand for."""

import re
import shlex
from collections.abc import Mapping
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "docs" / "runbooks"
_COMMAND = re.compile(r"`labeltrust ([^`]+)`")
_OPEN = re.compile(r"[A-Z][A-Z_]*|…|\w+(\|\w+)+")


def commands_of(code: str) -> list[str]:
    """Return the commands of a page in their order, without the program's name.

    A backslash keeps a bar from ending a cell of a table: it is no part of the command.
    """
    text = (FOLDER / f"{code}.md").read_text("utf-8").replace("\\|", "|")
    return [" ".join(found.split()) for found in _COMMAND.findall(text)]


def filled(command: str, words: Mapping[str, object]) -> list[str]:
    """Return the arguments of a command; a placeholder that nobody explains is an error.

    >>> filled("decide FLAG confirm|dismiss --note …", {"FLAG": 7, "confirm|dismiss": "confirm",
    ...     "…": "seen"})
    ['decide', '7', 'confirm', '--note', 'seen']
    """
    parts = shlex.split(command)
    unknown = [part for part in parts if _OPEN.fullmatch(part) and part not in words]
    if unknown:
        raise LookupError(f"`{command}`: the scenario does not say what {unknown[0]} stands for")
    return [str(words.get(part, part)) for part in parts]
