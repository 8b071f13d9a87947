"""The table of what is asked and answered: every test that it names is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "answers.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::([\w*]+)`", PAGE)))


@cache
def _tests(path):
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.walk(tree) if isinstance(node, kinds)}


@pytest.mark.parametrize(("path", "name"), NAMED)
def test_a_test_that_is_named_is_there(path, name):
    found = {one for one in _tests(path) if one.startswith("test_")}

    assert name in found or (name == "*" and found)


ROWS = [f"| M{n} |" for n in range(1, 11)] + [f"| F{n} |" for n in range(1, 7)]


@pytest.mark.parametrize("row", ROWS)
def test_every_measure_and_mode_has_a_row_with_a_test(row):
    (line,) = [line for line in PAGE.splitlines() if line.startswith(row)]

    assert "`tests/" in line
