"""Pages whose code blocks are run in their order: what a page says is what happens."""

import contextlib
import io
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labeltrust.cli import run

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LOOP = re.compile(r"for (\w+) in (.+?); do (.+); done")
_READ = re.compile(r"\$\(cat ([\w./-]+)\)")
_NAME = re.compile(r"\$(\w+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One command of a page, or one piece of Python, with what the page says comes out.

    Attributes:
        line: Of the page, from 1.
        code: The command without its `$ `, or the Python.
        shown: What the page shows; `…` stands for anything. None where it shows nothing.
        language: `console` or `python`.
    """

    line: int
    code: str
    shown: str | None
    language: str


def steps_of(page: Path) -> Iterator[Step]:
    """Yield the steps of a page: blocks of `console` by commands, of `python` whole.

    A block of `text` behind Python is what that prints.
    """
    text = page.read_text("utf-8")
    blocks = [(m[1], m[2], text.count("\n", 0, m.start()) + 2) for m in _FENCE.finditer(text)]
    following = [*blocks[1:], ("", "", 0)]
    for (language, code, line), after in zip(blocks, following, strict=True):
        if language == "console":
            yield from _commands(code, line)
        elif language == "python":
            shown = after[1] if after[0] == "text" else None
            yield Step(line=line, code=code, shown=shown, language=language)


def _commands(code: str, line: int) -> Iterator[Step]:
    parts = re.split(r"^\$ ", code.replace("\\\n", ""), flags=re.MULTILINE)
    assert not parts[0].strip(), f"line {line}: a block of commands begins with $"
    for part in parts[1:]:
        command, _, shown = part.partition("\n")
        yield Step(line=line, code=command, shown=shown, language="console")


def matches(shown: str, said: str) -> bool:
    r"""Say whether what came out is what a page shows, but for spaces, ends of lines and rules.

    >>> matches("flag … of\neve", "flag 7  of eve\n")
    True
    >>> matches("flag", "flags")
    False
    """
    parts = [re.escape(_plain(part)) for part in shown.split("…")]
    return re.fullmatch(r"\s*.*?\s*".join(parts), _plain(said), re.DOTALL) is not None


def _plain(text: str) -> str:
    return " ".join(text.replace("─", " ").split())


@dataclass(slots=True, kw_only=True)
class Reader:
    """Somebody who types what a page says: the few words of a shell that pages use.

    Known are `labeltrust …`, `mkdir`, `cd`, `export NAME=value`, `unset NAME`, `echo $?`, a loop
    `for NAME in …; do …; done`, `$(cat FILE)`, and `> FILE` behind a command.

    Attributes:
        monkeypatch: Of pytest; folder and environment are put back by it.
        names: What Python blocks have defined.
        code: With which the last command ended.
    """

    monkeypatch: Any
    names: dict[str, Any] = field(default_factory=dict)
    code: int = 0

    def follow(self, step: Step) -> str:
        """Do one step and return what it wrote to stdout."""
        if step.language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as out:
                exec(compile(step.code, f"line {step.line}", "exec"), self.names)  # noqa: S102
            return out.getvalue()
        return self.typed(step.code)

    def typed(self, command: str) -> str:
        """Type one command line and return what it wrote to stdout."""
        loop = _LOOP.fullmatch(command)
        if loop is None:
            return self._one(command)
        turns = loop[2].split()
        return "".join(self.typed(re.sub(rf"\${loop[1]}\b", turn, loop[3])) for turn in turns)

    def _one(self, command: str) -> str:
        if command == "echo $?":
            return f"{self.code}\n"
        filled = _READ.sub(lambda found: Path(found[1]).read_text("utf-8").strip(), command)
        assert not _NAME.search(filled), f"{command}: a variable that nothing sets"
        match shlex.split(filled):
            case ["mkdir", folder]:
                Path(folder).mkdir()
            case ["cd", folder]:
                self.monkeypatch.chdir(folder)
            case ["export", setting]:
                self.monkeypatch.setenv(*setting.split("=", maxsplit=1))
            case ["unset", name]:
                self.monkeypatch.delenv(name)
            case ["labeltrust", *words, ">", file]:
                Path(file).write_text(self._said(words), "utf-8")
            case ["labeltrust", *words]:
                return self._said(words)
            case _:
                raise AssertionError(command)
        return ""

    def _said(self, words: list[str]) -> str:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            self.code = run(words)
        return out.getvalue()
