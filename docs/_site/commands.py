"""The command line as pages: one a group of commands, out of the parser itself."""

from typing import Protocol

import click
from typer.main import get_command

from labeltrust.cli import app


class Command(Protocol):
    """What is read of a command or a group of them; Typer and Click each have such a class."""

    help: str | None
    epilog: str | None
    hidden: bool
    commands: "dict[str, Command]"

    def get_params(self, context: click.Context) -> list[click.Parameter]:
        """Return its arguments and options."""


_FIRST = """# Commands

`labeltrust COMMAND --help` says the same at a terminal. `--json` gives one JSON document on
stdout; progress and logs go to stderr. Exit codes: 0 done, 1 the thing checked
does not hold, 2 wrong usage or unreadable input.

| command | does |
|---|---|
"""


def command_pages() -> dict[str, str]:
    """Return `commands.md` and one page a command of the first level."""
    root = get_command(app)
    context = click.Context(root, info_name="labeltrust")
    index, pages = [], {}
    for name in sorted(root.commands):
        command = root.commands[name]
        if command.hidden:
            continue
        index.append(f"| [`labeltrust {name}`](commands/{name}.md) | {_first(command)} |")
        pages[f"commands/{name}.md"] = "\n".join(_page(command, name, context)) + "\n"
    return {"commands.md": _FIRST + "\n".join(index) + "\n", **pages}


def _page(command: Command, name: str, above: click.Context, level: int = 1) -> list[str]:
    context = click.Context(command, info_name=name, parent=above)
    lines = [f"{'#' * min(level, 4)} {context.command_path}", "", _words(command.help), ""]
    if hasattr(command, "commands"):
        for sub in sorted(command.commands):
            lines += _page(command.commands[sub], sub, context, level + 1)
        return lines
    lines += _parameters(command, context)
    if command.epilog:
        lines += ["", "```text", *command.epilog.replace("\b", "").strip("\n").splitlines(), "```"]
    return [*lines, ""]


def _parameters(command: Command, context: click.Context) -> list[str]:
    rows = [
        (param.get_help_record(context) or (param.name, getattr(param, "help", "")))
        for param in command.get_params(context)
        if param.name != "help"
    ]
    if not rows:
        return []
    return [
        "| argument or option | meaning |",
        "|---|---|",
        *(f"| `{_cell(name)}` | {_cell(_words(meaning))} |" for name, meaning in rows),
    ]


def _first(command: Command) -> str:
    return _cell(_words(command.help).partition("\n")[0])


def _words(text: str | None) -> str:
    return (text or "").replace("\b", "").replace("<", "&lt;").strip()


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
