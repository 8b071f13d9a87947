"""The documentation for people: commands in it are there, and the tutorial runs as it stands."""

import re
from pathlib import Path

import pytest
from documented import Reader, matches, steps_of

from labeltrust.cli import run

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
BY_HAND = [
    *(DOCS / "how-to").glob("*.md"),
    *(DOCS / f"{name}.md" for name in ("index", "concepts", "tutorial", "from-spreadsheets")),
]
_COMMAND = re.compile(r"`labeltrust ((?:[a-z][a-z-]* ?)+)")


@pytest.mark.parametrize("page", BY_HAND, ids=lambda page: page.stem)
def test_commands_of_a_guide_exist(page, capsys):
    for command in set(_COMMAND.findall(page.read_text("utf-8"))):
        words = command.split()
        known = [words, words[:-1]][: 1 + (len(words) > 1)]  # the last word may be a name
        assert 0 in {run([*some, "--help"]) for some in known}, command


@pytest.mark.parametrize("name", ["tutorial", "from-spreadsheets"])
def test_a_page_that_one_can_follow_says_what_happens(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for variable in ("LABELTRUST_HOME", "LABELTRUST_DATABASE_URL", "LABELTRUST_KEY"):
        monkeypatch.delenv(variable, raising=False)
    reader = Reader(monkeypatch=monkeypatch)

    for step in steps_of(DOCS / f"{name}.md"):
        said = reader.follow(step)
        assert step.shown is None or matches(step.shown, said), f"line {step.line}: {said}"
