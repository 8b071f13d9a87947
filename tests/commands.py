"""The command line run in this process, on an installation of its own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labeltrust.cli import run
from labeltrust.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a command ended with."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)


Command = Callable[..., Said]


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables that make commands work on an installation."""
    return {
        "LABELTRUST_HOME": str(settings.home),
        "LABELTRUST_DATABASE_URL": settings.database_url,
        "LABELTRUST_UNSAFE_DURABILITY": str(settings.unsafe_durability).lower(),
    }


def commands(settings: Settings, monkeypatch, capsys) -> Command:
    """Return a function that runs one command line and returns what it said."""
    for name, value in environment(settings).items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("LABELTRUST_KEY", raising=False)

    def command(*arguments: object) -> Said:
        capsys.readouterr()
        code = run([str(argument) for argument in arguments])
        out, err = capsys.readouterr()
        return Said(code=code, out=out, err=err)

    return command
