"""Every signal has a page for a QA lead, with a chart of what it sees."""

import re
from pathlib import Path

import pytest

from labeltrust import signals
from labeltrust.discovery import discover
from labeltrust.signals._base import Signal

SIGNALS: dict[str, Signal] = discover(signals, "SIGNAL", Signal)
FOLDER = Path(__file__).parents[2] / "docs" / "signals"
SECTIONS = (
    "What it looks for",
    "What it sees",
    "What it needs, and when it is silent",
    "What fools it",
    "What to do next",
    "How often it errs",
    "In short",
    "The formula",
)
MOST_BYTES = 200_000

every_signal = pytest.mark.parametrize("name", SIGNALS)


def page(name):
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8")


def facts(name):
    rows = re.findall(
        r"^\| ([^|]*) \| ([^|]*) \|$", page(name).split("<!-- facts -->")[1], re.MULTILINE
    )
    return dict(rows)


@every_signal
def test_a_page_has_every_section_in_order(name):
    found = re.findall(r"^## (.*)$", page(name), re.MULTILINE)

    assert tuple(found) == SECTIONS


@every_signal
def test_a_page_has_its_title_and_what_the_signal_declares(name):
    """`make docs` fills it in anew after a change of the signal."""
    signal, said = SIGNALS[name], facts(name)

    assert said["the reason on a flag"] == signal.title
    assert said["what it measures"] == signal.unit
    assert said["kinds of labels"] == ", ".join(sorted(signal.levels))
    assert said["needs, beyond labels"] == (", ".join(sorted(signal.needs)) or "nothing")
    assert said["opens a review flag alone"].startswith("no") is signal.corroborates_only


@every_signal
def test_a_page_shows_a_chart_that_is_small_and_a_picture(name):
    chart = FOLDER / f"{name}.svg"

    assert f"]({name}.svg)" in page(name)
    assert chart.stat().st_size < MOST_BYTES
    assert chart.read_text(encoding="utf-8").startswith("<svg")


@every_signal
def test_a_page_promises_no_freeze_that_the_signal_cannot_make(name):
    freezes = facts(name)["can freeze labels"].startswith("yes")

    assert ("freezes\nnothing" in page(name) or "freezes nothing" in page(name)) is not freezes


def test_the_index_names_every_signal_and_no_other():
    linked = re.findall(r"\]\((\w+)\.md\)", (FOLDER / "README.md").read_text(encoding="utf-8"))

    assert sorted(linked) == sorted(SIGNALS)
    assert {path.stem for path in FOLDER.glob("*.md")} == {*SIGNALS, "README"}


def test_links_between_pages_lead_somewhere():
    for path in FOLDER.glob("*.md"):
        for target in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
            assert (FOLDER / target).is_file(), (path.name, target)
