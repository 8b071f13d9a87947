"""Sources on the command line: marks, secrets of platforms, networks, what is to be read."""

import io

import pytest
from commands import commands

GIVEN = "a-secret-that-the-platform-made"


@pytest.fixture
def cli(settings, monkeypatch, capsys):
    command = commands(settings, monkeypatch, capsys)
    assert command("project", "create", "fraud", "--classes", "benign,fraud").code == 0
    return command


def add(cli, name="kili", *more):
    return cli("source", "add", name, "--platform", name, "--project", "fraud", *more)


def test_an_untried_adapter_is_named_by_add_show_and_doctor(cli):
    mark = "made from documentation; not tried on a live system"

    said = add(cli), cli("source", "show", "kili"), cli("doctor", "--json")

    assert f"note: the adapter is {mark}" in said[0].err
    assert f"note: the adapter is {mark}" in said[1].err
    assert f"kili (kili): {mark}" in str(said[2].document)
    assert cli("source", "show", "kili", "--json").document["mark"] == mark


def test_a_tried_adapter_is_not_marked(cli):
    said = add(cli, "label-studio")

    assert "note:" not in said.err
    assert "all sources use adapters that were tried" in str(cli("doctor", "--json").document)


def test_a_secret_of_the_platform_comes_by_file_and_is_not_shown(cli, tmp_path):
    (tmp_path / "secret").write_text(f"{GIVEN}\n")

    said = add(cli, "kili", "--secret-file", tmp_path / "secret")

    assert said.code == 0
    assert GIVEN not in said.out + said.err
    assert "kept sealed, as whk_" in said.err


def test_a_secret_may_come_by_stdin_and_rotates(cli, monkeypatch):
    add(cli)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"  {GIVEN}  "))

    said = cli("source", "rotate", "kili", "--secret-file", "-")

    assert (said.code, said.out) == (0, "")
    assert len(cli("source", "show", "kili", "--json").document["secrets"]) == 2


@pytest.mark.parametrize(
    "content", [None, b"", b"short", b"\xff\xfe" * 20, b"two words of a secret"]
)
def test_a_file_without_a_secret_is_refused_in_one_line(cli, tmp_path, content):
    path = tmp_path / "secret"
    if content is not None:
        path.write_bytes(content)

    said = add(cli, "kili", "--secret-file", path)

    assert said.code == 2
    assert "secret" in said.err
    assert cli("source", "show", "kili").code == 2


def test_networks_are_checked_when_they_are_set(cli):
    assert add(cli, "kili", "--config", '{"networks": ["192.0.2.0/24"]}').code == 0

    said = cli("source", "set", "kili", "--config", '{"project": "fraud", "networks": ["all"]}')

    assert said.code == 2
    assert "networks: 'all' is no network" in said.err


def test_a_map_of_projects_needs_no_project(cli):
    said = add(cli, "cvat", "--config", '{"projects": {"2": "fraud"}}')

    assert said.code == 0
    assert cli("source", "show", "cvat", "--json").document["config"] == {
        "projects": {"2": "fraud"}
    }
