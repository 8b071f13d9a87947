"""Rules and dashboards are up to date, and promtool finds them sound and right."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "deploy" / "observability"
PROMTOOL = shutil.which("promtool") or str(ROOT / "build" / "promtool")
needs_promtool = pytest.mark.skipif(
    not Path(PROMTOOL).exists(),
    reason="NO promtool: rules are not checked; it comes with the Debian package prometheus",
)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("observability")
    script = ROOT / "docs" / "_build" / "observability.py"
    subprocess.run([sys.executable, script, "--to", folder], check=True)  # noqa: S603 - our own
    return folder


def test_rules_and_dashboards_are_those_that_are_made(made):
    names = {path.name for path in made.iterdir()}

    assert names == {path.name for path in FOLDER.iterdir()} - {"README.md"}
    for name in names:
        assert (made / name).read_bytes() == (FOLDER / name).read_bytes(), f"{name}: `make docs`"


def test_every_panel_has_a_title_a_query_or_words_and_says_what_nothing_means():
    for path in FOLDER.glob("*.json"):
        board = json.loads(path.read_text("utf-8"))
        assert board["uid"].startswith("labeltrust-")
        for panel in board["panels"]:
            assert panel["title"]
            words = (panel.get("options") or {}).get("content")
            assert words or all(target["expr"] for target in panel["targets"])
            assert words or panel["fieldConfig"]["defaults"]["noValue"]


@needs_promtool
@pytest.mark.parametrize("name", ["rules.yml", "panels.yml"])
def test_promtool_reads_every_rule_and_every_query(name):
    found = promtool("check", "rules", "--lint=all", "--lint-fatal", name)

    assert found.returncode == 0, found.stdout + found.stderr


@needs_promtool
def test_promtool_sees_rules_fire_and_reset_at_their_edges():
    found = promtool("test", "rules", "rules_test.yml")

    assert found.returncode == 0, found.stdout + found.stderr


@needs_promtool
def test_a_rule_with_another_edge_fails_its_test(tmp_path):
    for name in ("rules.yml", "rules_test.yml"):
        shutil.copy(FOLDER / name, tmp_path)
    rules = tmp_path / "rules.yml"
    text = rules.read_text("utf-8")
    eased = text.replace('{measure="M4",window="1h"} > 10', '{measure="M4",window="1h"} > 9')
    assert eased != text
    rules.write_text(eased, "utf-8")

    assert promtool("test", "rules", "rules_test.yml", folder=tmp_path).returncode != 0


def promtool(*words, folder=FOLDER):
    return subprocess.run(  # noqa: S603 - fixed words
        [PROMTOOL, *words], cwd=folder, capture_output=True, text=True, check=False
    )
