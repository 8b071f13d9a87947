"""Commands as people and scripts use them: exit codes, one line for errors, one JSON document."""

import json
import os
import pwd
import resource
import subprocess
import sys

import pytest
import typer
from commands import commands, environment
from crowds import FLIP, small_crowd
from recorded import history, project, record
from tampering import tamper

from labeltrust.app import build_deployment
from labeltrust.cli import app
from labeltrust.domain.events import Event
from labeltrust.domain.principals import Principal
from labeltrust.services.give_approval import approve
from labeltrust.settings import Settings
from labeltrust.store.migrate import downgrade

ME = f"os:{pwd.getpwuid(os.getuid()).pw_name}"
CONTRACT = {
    "serve", "worker", "migrate", "import", "assess", "labelers", "labeler", "flags", "decide",
    "freeze", "lift", "snapshot create", "snapshot verify", "gate", "simulate", "project create",
    "project show", "project set", "project list", "user add", "user list", "key create",
    "key revoke", "key list", "source add", "source list", "source show", "source rotate",
    "source revoke", "quarantine list", "quarantine show", "quarantine retry",
    "quarantine discard", "gold add", "gold withdraw", "gold list", "settings", "doctor",
    "ledger verify", "lab", "completion",
}  # fmt: skip
HOSTILE = "=cmd|' /C calc'!A0\x1b[31m\u202ered\u200b[bold]x[/bold]\nline"


@pytest.fixture
def cli(settings, monkeypatch, capsys):
    return commands(settings, monkeypatch, capsys)


@pytest.fixture(scope="module")
def crowd():
    return small_crowd(FLIP, seed=0)


@pytest.fixture
def frauds(deployment, crowd):
    project(deployment)
    record(deployment, crowd.events)
    return deployment


def leaves(group, path=()):
    for name, command in group.commands.items():
        is_group = hasattr(command, "commands")
        if is_group:
            yield from leaves(command, (*path, name))
        if not is_group or command.invoke_without_command:
            yield " ".join((*path, name)), command


LEAVES = dict(leaves(typer.main.get_command(app)))


def test_every_command_of_the_contract_is_there():
    assert LEAVES.keys() >= CONTRACT


@pytest.mark.parametrize("name", sorted(LEAVES))
def test_every_command_says_what_it_does_and_shows_itself_in_use(name):
    assert LEAVES[name].help
    assert f"labeltrust {name.split()[0]}" in LEAVES[name].epilog


def test_help_comes_within_half_a_second_of_computing():
    def seconds():
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        command = [sys.executable, "-m", "labeltrust", "--help"]
        assert subprocess.run(command, capture_output=True, check=True).stdout  # noqa: S603
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    assert min(seconds() for _ in range(3)) < 0.5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["frez"], "did you mean 'freeze'"),
        (["freeze"], "missing option '--project'"),
        (["decide", "x", "confirm", "--note", "y"], "flag"),
        (["labelers", "--project"], "requires an argument"),
        (["flags", "-p", "nope"], "no project 'nope'"),
        (["decide", "7", "confirm", "--note", "y"], "no flag 7"),
        (["snapshot", "verify", "7"], "no snapshot 7"),
        (["lift", "7", "--reason", "y"], "no freeze 7"),
        (["assess", "-p", "nope"], "no project 'nope'"),
        (["gate", "-p", "nope"], "no project 'nope'"),
        (["import", "nofile.csv", "-p", "x"], "nofile.csv"),
        (["completion", "cmd"], "no completion for 'cmd'"),
        (["project", "create", "a/b"], "slash"),
        (["project", "create", "a", "--question", "x"], "--question"),
        (["user", "add", "a", "--role", "king"], "king"),
        (["key", "create", "a", "--role", "auditor", "--expires", "soon"], "'soon' is no moment"),
        (["simulate", "x", "--attack", "nope"], "no attack 'nope'"),
    ],
)
def test_wrong_usage_is_one_clear_line_and_exit_code_2(
    cli, arguments, words, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)

    said = cli(*arguments)

    assert said.code == 2
    assert said.out == ""
    lines = [line for line in said.err.splitlines() if line.startswith("labeltrust: ")]
    assert len(lines) == 1
    assert words.lower() in lines[0].lower()
    assert len(said.err.splitlines()) <= 2  # "assessing …" may stand above


def test_an_unknown_setting_is_named(cli, monkeypatch):
    monkeypatch.setenv("LABELTRUST_HOM", "x")

    said = cli("project", "list")

    assert (said.code, "LABELTRUST_HOM" in said.err) == (2, True)


def test_the_main_job_from_labels_to_a_snapshot(cli, frauds, crowd):
    (suspect,) = crowd.suspects

    assert cli("gate", "-p", "fraud").code == 1
    assessed = cli("assess", "-p", "fraud", "--json").document
    flags = cli("flags", "-p", "fraud", "--status", "open", "--json").document
    table = cli("labelers", "-p", "fraud")
    gate = cli("gate", "-p", "fraud", "--json")
    made = cli("snapshot", "create", "-p", "fraud", "--json").document
    checked = cli("snapshot", "verify", made["snapshot"])

    assert assessed["flags_opened"] == [flags[0]["id"]]
    assert flags[0]["labeler"] == suspect
    assert suspect in table.out.splitlines()[3]
    assert (gate.code, gate.document["open"]) == (0, True)
    assert {"open", "reasons", "exclusions", "policy_version", "position"} <= set(gate.document)
    assert made["excluded"][0]["labeler"] == suspect
    assert (checked.code, "holds" in checked.out) == (0, True)


def test_deciding_freezing_and_lifting_are_recorded_under_the_user_of_the_machine(cli, frauds):
    cli("assess", "-p", "fraud")

    decided = cli("decide", 1, "dismiss", "--note", "hard items", "--json").document
    frozen = cli("freeze", "-p", "fraud", "--labeler", "w3", "--reason", "audit", "--json").document
    lifted = cli("lift", frozen["id"], "--reason", "cleared")

    assert (decided["status"], decided["decided_by"]) == ("dismissed", ME)
    assert (
        lifted.out == f"freeze {frozen['id']} of w3 in fraud is lifted; undo: place a new freeze\n"
    )
    actors = {(e.type, e.actor) for e in history(frauds, "flag.dismissed", "freeze")}
    assert ("flag.dismissed", ME) in actors
    assert ("freeze.lifted", ME) in actors


def test_a_key_in_the_environment_acts_within_its_rights(cli, frauds, monkeypatch):
    key = cli("key", "create", "ci", "--role", "reviewer", "-p", "fraud", "--json").document
    monkeypatch.setenv("LABELTRUST_KEY", key["text"])

    refused = cli("freeze", "-p", "fraud", "--labeler", "w3", "--reason", "x")
    seen = cli("flags", "-p", "fraud", "--json")
    monkeypatch.setenv("LABELTRUST_KEY", "lt_nope")
    unknown = cli("flags", "-p", "fraud")

    assert (refused.code, "may not freeze" in refused.err) == (2, True)
    assert (seen.code, seen.document) == (0, [])
    assert (unknown.code, unknown.err) == (2, "labeltrust: no valid key\n")


def test_projects_people_keys_and_sources_can_be_made_and_listed(cli):
    assert cli("project", "create", "fraud", "--classes", "benign,fraud").code == 0
    changed = cli("project", "set", "fraud", "--floor", "gold_accuracy=0.8", "--json").document
    assert cli("user", "add", "ann", "--role", "qa_lead").code == 0
    link = cli("user", "link", "ann").out
    secret = cli("source", "add", "ls", "--platform", "generic", "--project", "fraud", "--json")
    rotated = cli("source", "rotate", "ls").out
    first = secret.document["secret"]["key_id"]
    revoked = cli("source", "revoke", "ls", "--secret", first, "--reason", "leaked", "--json")
    key = cli("key", "create", "ci", "--role", "ml_engineer").out.strip()
    ended = cli("key", "revoke", key, "--reason", "laptop lost", "--json").document

    assert changed["floors"] == {"gold_accuracy": 0.8}
    assert "/sign-in/" in link
    assert rotated.startswith("whsec_")
    assert revoked.document["secrets"][0]["revoked_at"]
    assert ended["revoked_at"]
    for listed in ("project", "user", "key", "source"):
        assert len(cli(listed, "list", "--json").document) == 1
        assert cli(listed, "list").code == 0
    assert cli("source", "show", "ls").code == 0
    assert cli("project", "show", "fraud").code == 0


def test_role_and_projects_of_a_person_change_apart(cli):
    for name in ("fraud", "spam"):
        assert cli("project", "create", name).code == 0
    assert cli("user", "add", "ann", "--role", "qa_lead", "-p", "fraud").code == 0

    role = cli("user", "set", "ann", "--role", "reviewer", "--json").document
    scope = cli("user", "set", "ann", "-p", "fraud", "-p", "spam", "--json").document
    every = cli("user", "set", "ann", "--everywhere", "--json").document
    king, nobody = cli("user", "set", "ann", "--role", "king"), cli("user", "set", "ben")

    assert (role["role"], role["projects"]) == ("reviewer", ["fraud"])
    assert (scope["role"], scope["projects"]) == ("reviewer", ["fraud", "spam"])
    assert every["projects"] is None
    assert (king.code, nobody.code) == (2, 2)
    assert ("king" in king.err, "ben" in nobody.err) == (True, True)


def test_other_thresholds_are_looked_at_and_asked_of_a_second_person(cli, frauds):
    assert cli("assess", "-p", "fraud").code == 0
    asks = ("approval", "thresholds", "-p", "fraud")

    standing = cli(*asks, "--json").document
    looked = cli(*asks, "--set", "gold_floor=0.99", "--preview")
    asked = cli(*asks, "--set", "gold_floor=0.99", "--reason", "too many slip through", "--json")
    texts = ("gold_floor", "gold_floor=much", "gold_floor=7", "nothing=1")
    wrong = [cli(*asks, "--set", text, "--reason", "x").code for text in texts]
    silent = cli(*asks, "--set", "flag_rate=0.02")

    assert standing["flag_rate"] == 0.05
    assert "gold_floor: not set → 0.99" in looked.out
    assert "labelers with a case" in looked.out
    assert asked.document["change"]["thresholds"] == {"gold_floor": 0.99}
    assert wrong == [2, 2, 2, 2]
    assert (silent.code, "reason" in silent.err) == (2, True)
    assert cli("approval", "list", "--json").document[0]["status"] == "waiting"


def test_a_secret_is_printed_alone_on_stdout(cli):
    said = cli("key", "create", "ci", "--role", "auditor")

    assert said.out.startswith("lt_")
    assert len(said.out.splitlines()) == 1
    assert "not shown again" in said.err


def test_gold_is_declared_listed_and_withdrawn(cli, frauds, settings):
    assert cli("gold", "add", "i399", "fraud", "-p", "fraud", "--note", "chargeback").code == 0
    assert "i399" in cli("gold", "list", "-p", "fraud").out
    said = cli("gold", "withdraw", "i399", "-p", "fraud", "--note", "the bank erred", "--json")
    second = Principal(name="person:ben", role="qa_lead", projects=None, person="ben")
    # by the clock of the commands: an approval in the past would come before what it withdraws
    deployment = build_deployment(settings)
    approve(deployment, second, said.document["id"], reason="the bank confirms it")
    deployment.engine.dispose()
    listed = cli("gold", "list", "-p", "fraud", "--json").document

    assert "i399" not in {gold["item"] for gold in listed}


def test_an_import_says_what_it_held_back_and_strict_refuses_it(cli, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text("item,labeler,label\n1,ann,benign\n2,,fraud\n3,ben,fraud\n")

    first = cli("import", path, "-p", "new")
    again = cli("import", path, "-p", "new", "--strict", "--json")
    held = cli("quarantine", "list", "--json").document
    shown = cli("quarantine", "show", held[0]["id"])
    discarded = cli("quarantine", "discard", held[0]["id"], "--reason", "test row", "--json")

    assert (first.code, again.code) == (0, 1)
    assert "row 2: labeler: must not be empty" in first.err
    assert (again.document["accepted"], again.document["duplicates"]) == (0, 2)
    assert "2,,fraud" in shown.out
    assert discarded.document["status"] == "discarded"


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("labels.csv", b"a,b\n1,2\n", "unknown column 'a'"),
        ("labels.csv", b"it\xffem,labeler,label\n1,a,b\n", "labels.csv"),
        ("labels.json", b"[{", "labels.json"),
        ("labels.parquet", b"PAR1nope", "labels.parquet"),
    ],
)
def test_an_unreadable_file_is_named_with_the_reason(cli, tmp_path, name, body, words):
    path = tmp_path / name
    path.write_bytes(body)

    said = cli("import", path, "-p", "new")

    assert said.code == 2
    assert words in said.err


def test_hostile_names_and_labels_come_out_harmless(cli, deployment):
    project(deployment)
    events = [
        Event(type="label.submitted", project="fraud", item=f"i{n}", labeler=who, label="fraud")
        for n in range(12)
        for who in (HOSTILE, "ann", "ben")
    ]
    record(deployment, events)
    cli("assess", "-p", "fraud")

    table = cli("labelers", "-p", "fraud").out
    one = cli("labeler", HOSTILE, "-p", "fraud").out
    document = cli("labelers", "-p", "fraud", "--json")

    for text in (table, one, document.out):
        assert not {"\x1b", "\u202e", "\u200b"} & set(text)
    assert "\\x1b[31m" in table
    assert "[bold]x[/bold]\\nline" in table
    assert HOSTILE in {entry["labeler"] for entry in document.document}


@pytest.mark.parametrize(
    "arguments",
    [
        ["settings"],
        ["doctor"],
        ["migrate"],
        ["ledger", "verify"],
        ["project", "list"],
        ["flags", "-p", "fraud"],
        ["labelers", "-p", "fraud"],
        ["labeler", "w1", "-p", "fraud"],
        ["quarantine", "list"],
        ["gold", "list", "-p", "fraud"],
        ["gate", "-p", "fraud"],
    ],
)
def test_json_is_one_document_and_tables_are_for_people(cli, frauds, arguments):
    cli("assess", "-p", "fraud")

    document, table = cli(*arguments, "--json"), cli(*arguments)

    # To the clock of the command, the source of these labels may have been silent for long.
    holds = arguments != ["doctor"] or json.loads(document.out)["ok"]
    assert document.code == table.code == (0 if holds else 1)
    json.loads(document.out)
    assert document.err == ""
    assert table.out


def test_doctor_finds_a_key_that_others_can_read(cli, settings):
    cli("project", "list")
    settings.key_file.chmod(0o644)

    said = cli("doctor", "--json")

    assert said.code == 1
    bad = [check for check in said.document["checks"] if not check["ok"]]
    assert [check["check"] for check in bad] == ["master key"]
    assert "chmod 600" in bad[-1]["mend"]


def test_doctor_says_when_nobody_assesses(cli, frauds):
    said = cli("doctor", "--json")  # the labels came, by the wall clock, long before now

    found = {check["check"]: check for check in said.document["checks"]}
    assert "labeltrust assess --project fraud" in found["assessments"]["mend"]


def test_doctor_speaks_of_a_database_that_it_cannot_open(cli, monkeypatch):
    monkeypatch.setenv("LABELTRUST_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")

    said = cli("doctor")

    assert said.code == 1
    assert "cannot be reached" in said.out


def test_a_broken_ledger_is_exit_code_1_and_names_the_record(cli, frauds):
    tamper(frauds, "UPDATE event SET label = 'other' WHERE sequence = 5")

    said = cli("ledger", "verify")

    assert said.code == 1
    assert "first bad record" in said.out


def test_settings_hide_secrets(cli, monkeypatch):
    monkeypatch.setenv("LABELTRUST_DATABASE_URL", "postgresql://u:hunter2@h/d")

    assert "hunter2" not in cli("settings").out + cli("settings", "--json").out


def test_tab_completes_commands_and_names(settings, frauds):
    words = {"COMP_WORDS": "labeltrust flags --project fr", "COMP_CWORD": "3"}
    asked = os.environ | environment(settings) | words
    asked["_LABELTRUST_COMPLETE"] = "complete_bash"

    said = subprocess.run(
        [sys.executable, "-c", "from labeltrust.cli import run; run([])"],
        env=asked, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert said.stdout.strip() == "fraud"


def test_a_reader_that_goes_away_is_no_error(settings, frauds):
    command = f"{sys.executable} -m labeltrust gold list -p fraud | head -1"
    said = subprocess.run(  # noqa: S602
        f"set -o pipefail; {command}", shell=True, executable="/bin/bash",
        env=os.environ | environment(settings), capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert (said.returncode, said.stderr) == (0, "")


def test_an_old_schema_names_the_command_that_mends_it(cli, settings, database):
    downgrade(database, "0001")

    said = cli("project", "list")
    mended = cli("migrate")

    assert (said.code, "run `labeltrust migrate`" in said.err) == (2, True)
    assert (mended.code, cli("project", "list").code) == (0, 0)


def test_a_simulated_crowd_is_the_same_for_the_same_seed_and_can_be_imported(cli, tmp_path):
    one, two = tmp_path / "one", tmp_path / "two"
    arguments = ("--attack", "constant", "--seed", 5, "--items", 50)

    cli("simulate", one, *arguments)
    cli("simulate", two, *arguments)
    report = cli("import", one / "labels.csv", "-p", "sim", "--gold", one / "gold.csv", "--json")

    assert (one / "labels.csv").read_bytes() == (two / "labels.csv").read_bytes()
    assert "constant" in (one / "truth.csv").read_text()
    assert report.document["accepted"] == 300


def test_a_new_installation_is_made_by_its_first_command(tmp_path, monkeypatch, capsys):
    fresh = Settings(home=tmp_path / "new")

    said = commands(fresh, monkeypatch, capsys)("project", "create", "fraud")

    assert said.code == 0
    assert build_deployment(fresh).engine.dialect.name == "sqlite"
