"""Notebooks with a case filled in: valid files, in which names are text and never code."""

import ast
import json

import nbformat
import pytest
from commands import commands

from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.services.fill_notebook import filled, notebook_names, notebook_offers

HOSTILE = "'); import os; os.system('x') #\n\u202e</script>"


def given_cell(body):
    notebook = nbformat.reads(body.decode(), as_version=4)
    nbformat.validate(notebook)
    (cell,) = [c for c in notebook.cells if "injected-parameters" in c.metadata.get("tags", [])]
    return cell.source


@pytest.mark.parametrize("name", notebook_names())
def test_every_notebook_is_a_valid_file_with_its_project(name):
    made = filled(name, {"project": "fraud"})

    assert made.name == name
    assert given_cell(made.body) == "PROJECT = 'fraud'"
    assert filled(name[:2], {"project": "fraud"}) == made


def test_a_hostile_name_is_a_literal_and_nothing_else():
    source = given_cell(filled("02", {"labeler": HOSTILE, "project": "p"}).body)

    assert source.isascii()
    body = ast.parse(source).body
    assert [type(line) for line in body] == [ast.Assign, ast.Assign]
    assert ast.literal_eval(body[0].value) == HOSTILE


def test_the_parameters_come_behind_the_defaults():
    cells = json.loads(filled("04", {"days": "90"}).body)["cells"]

    place = [n for n, c in enumerate(cells) if "parameters" in c["metadata"].get("tags", [])]
    assert cells[place[0] + 1]["source"] == ["DAYS = 90"]


@pytest.mark.parametrize(
    ("notebook", "given", "error"),
    [
        ("99", {}, NotFound),
        ("../x", {}, NotFound),
        ("04", {"labeler": "ann"}, InvalidInput),
        ("04", {"days": "many"}, InvalidInput),
        ("04", {"incident": "the first"}, InvalidInput),
        ("05", {"by_item": "perhaps"}, InvalidInput),
    ],
)
def test_what_cannot_be_filled_in_is_refused(notebook, given, error):
    with pytest.raises(error):
        filled(notebook, given)


def test_kinds_of_parameters_are_kept():
    source = given_cell(filled("05", {"by_item": "yes", "seed": "7", "target": "7"}).body)

    assert source.splitlines() == ["BY_ITEM = True", "SEED = 7", "TARGET = '7'"]


def test_an_offer_is_a_line_that_a_shell_takes_or_none():
    (offer,) = notebook_offers("fraud", {"labeler": "-x y"}, ["02"])
    (hidden,) = notebook_offers("fraud", {"labeler": HOSTILE}, ["02"])
    (plain,) = notebook_offers("fraud", {"labeler": "ann"}, ["04"])

    assert offer.command == "labeltrust lab 02 --project=fraud '--labeler=-x y'"
    assert hidden.command is None
    assert (plain.given, plain.command) == ({}, "labeltrust lab 04 --project=fraud")


def test_the_command_writes_a_new_file(tmp_path, monkeypatch, capsys, settings):
    command, path = commands(settings, monkeypatch, capsys), tmp_path / "case.ipynb"

    said = command("lab", "02", "-p", "fraud", "--labeler", HOSTILE, "--out", path)
    again = command("lab", "02", "--out", path)
    wrong = command("lab", "02", "--set", "panic", "--out", tmp_path / "x.ipynb")
    nothing = command("lab", "-p", "fraud")
    case = command("lab", "04", "--incident", "3", "--out", tmp_path / "3.ipynb")

    assert said.code == 0
    assert ast.literal_eval(ast.parse(given_cell(path.read_bytes())).body[1].value) == HOSTILE
    assert [one.code for one in (again, wrong, nothing)] == [2, 2, 2]
    assert (case.code, given_cell((tmp_path / "3.ipynb").read_bytes())) == (0, "INCIDENT = 3")
