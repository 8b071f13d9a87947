"""Every code of an alert has a runbook, and commands in it are there."""

import re
from pathlib import Path

import pytest

from labeltrust.cli import run
from labeltrust.domain.alert_codes import CODES

FOLDER = Path(__file__).parents[2] / "docs" / "runbooks"
every_code = pytest.mark.parametrize("code", CODES)


def page(code):
    return (FOLDER / f"{code}.md").read_text("utf-8")


@every_code
def test_a_runbook_says_what_it_means_and_what_to_do_first(code):
    text = page(code)

    assert text.startswith("# ")
    assert "**Means**:" in text
    assert re.search(r"^1\. ", text, re.MULTILINE)
    assert len(text.splitlines()) < 60


@every_code
def test_the_commands_of_a_runbook_exist(code, capsys):
    for command in re.findall(r"`labeltrust ([a-z -]+)", page(code)):
        words = [word for word in command.split(" -")[0].split() if word.islower()]
        assert run([*words, "--help"]) == 0, command


def test_there_is_no_runbook_of_nothing_and_all_are_listed():
    listed = re.findall(r"\]\((\w+)\.md\)", (FOLDER / "README.md").read_text("utf-8"))

    assert sorted(listed) == sorted(CODES)
    assert {path.stem for path in FOLDER.glob("*.md")} == {*CODES, "README"}
