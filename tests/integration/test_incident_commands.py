"""Case files by commands: everything that a page can do."""

import os
import subprocess
import sys

import pytest
from commands import commands, environment
from factories import label
from recorded import history, project, record


@pytest.fixture
def cli(settings, monkeypatch, capsys):
    return commands(settings, monkeypatch, capsys)


@pytest.fixture
def case(deployment, cli):
    """An open incident."""
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    said = cli("incident", "open", "-p", "fraud", "--title", "a ring", "--json")
    return said.document["incident"]["id"]


def test_an_incident_is_worked_from_end_to_end_by_commands(cli, case):
    for words in (
        ("change", case, "--severity", "critical", "--owner", "ann", "--summary", "bribed"),
        ("add", case, "--labeler", "alice", "--labeler", "bob", "--source", "feed"),
        ("step", case, "triage"),
        ("step", case, "contain"),
        ("step", case, "contain", "--undo"),
        ("action", case, "rotate the secret", "--owner", "ann", "--due", "2026-12-24"),
        ("done", case, 1),
        ("remove", case, 2, "--reason", "cleared"),
        ("move", case, "resolve", "--reason", "mended"),
        ("close", case, "--reason", "all done", "--lessons", "vet newcomers"),
    ):
        said = cli("incident", *words)
        assert (said.code, said.err) == (0, ""), said
        assert len(said.out.splitlines()) == 1

    shown = cli("incident", "show", case, "--json").document
    line = shown["incident"]
    assert (line["status"], line["severity"], line["owner"]) == ("closed", "critical", "ann")
    assert [(m["kind"], m["name"]) for m in shown["members"]] == [
        ("labeler", "alice"), ("source", "feed"),
    ]  # fmt: skip
    assert [s["step"] for s in shown["checklist"] if s["at"]] == ["triage"]
    (task,) = shown["tasks"]
    assert (task["words"], task["owner"], task["due_on"]) == (
        "rotate the secret", "ann", "2026-12-24",
    )  # fmt: skip
    assert task["done_at"] is not None


def test_each_command_answers_with_the_case_as_json(cli, case):
    for words in (
        ("change", case, "--title", "two rings"),
        ("add", case, "--labeler", "alice"),
        ("step", case, "triage"),
        ("action", case, "x"),
        ("done", case, 1),
        ("remove", case, 1, "--reason", "x"),
    ):
        assert cli("incident", *words, "--json").document["incident"]["id"] == case


def test_several_members_are_added_all_or_none(cli, case, deployment):
    said = cli("incident", "add", case, "--labeler", "alice", "--labeler", "zoe")

    assert said.code == 2
    assert "zoe" in said.err
    assert cli("incident", "show", case, "--json").document["members"] == []
    assert history(deployment, "incident.member_added") == []


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (("change", 1), "say what is to change"),
        (("change", 1, "--severity", "dire"), "severity is 'dire'"),
        (("add", 1), "name one of flag, labeler and source"),
        (("add", 1, "--flag", "99"), "no flag 99"),
        (("step", 1, "panic"), "step is 'panic'"),
        (("action", 1, "x", "--due", "soon"), "'soon' is no day"),
        (("done", 1, 9), "no task 9"),
        (("remove", 1, 9, "--reason", "x"), "no member 9"),
        (("step", 7, "triage"), "no incident 7"),
        (("list", "--severity", "dire"), "severity is 'dire'"),
        (("list", "--status", "lost"), "status is 'lost'"),
        (("list", "-p", "theirs"), "no project 'theirs'"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(cli, case, words, reason):
    said = cli("incident", *words)

    assert (said.code, said.out) == (2, "")
    assert reason in said.err
    assert len(said.err.splitlines()) == 1


def test_show_tells_people_members_steps_and_actions(cli, case):
    cli("incident", "add", case, "--labeler", "alice")
    cli("incident", "action", case, "rotate\x1b[31m")
    cli("incident", "step", case, "triage")

    text = cli("incident", "show", case).out

    assert "alice" in text
    assert "triage" in text
    assert "rotate" in text
    assert "\x1b" not in text


def test_a_list_is_narrowed_by_severity_and_project(cli, case):
    cli("incident", "open", "-p", "fraud", "--title", "b", "--severity", "low")

    low = cli("incident", "list", "--severity", "low", "-p", "fraud", "--json").document

    assert [one["title"] for one in low] == ["b"]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("incident step 1 tri", "triage"),
        ("incident change ", "1"),
        ("incident change 1 --severity cri", "critical"),
        ("incident move 1 reo", "reopen"),
        ("incident list --status conta", "contained"),
        ("incident add 1 --source fe", "feed"),
    ],
)
def test_tab_completes_numbers_steps_and_severities(settings, case, line, found):
    words = f"labeltrust {line}"
    asked = os.environ | environment(settings)
    asked |= {"COMP_WORDS": words, "COMP_CWORD": str(len(words.split(" ")) - 1)}
    asked["_LABELTRUST_COMPLETE"] = "complete_bash"

    said = subprocess.run(
        [sys.executable, "-c", "from labeltrust.cli import run; run([])"],
        env=asked, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert said.stdout.split() == [found]
