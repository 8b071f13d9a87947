"""The step for pipelines: parsed as it is shipped, and its shell line run against a live server."""

import os
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from factories import label, owner
from recorded import project, record
from servers import serving

from labeltrust.app import build_deployment, wall_clock
from labeltrust.cli import run
from labeltrust.domain.access import KeyDraft, SourceChange
from labeltrust.domain.principals import Principal
from labeltrust.services.add_source import change_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_key import create_key
from labeltrust.services.give_approval import approve
from labeltrust.services.override_gate import ask_override
from labeltrust.settings import Settings

CI = Path(__file__).parents[2] / "docs" / "ci"
STEP = yaml.safe_load((CI / "action.yml").read_text("utf-8"))


@pytest.fixture
def settings(sqlite_template, tmp_path):
    """One database is enough: the step talks to the server alone."""
    from shutil import copy  # noqa: PLC0415

    copy(sqlite_template, tmp_path / "labeltrust.db")
    return Settings(home=tmp_path, embedded_worker=False)


def asked(url: str, key: str, name: str = "fraud", **more: str) -> subprocess.CompletedProcess:
    """Run the shell line of the action as a runner would."""
    (step,) = STEP["runs"]["steps"]
    given = {"url": url, "key": key, "project": name, "refuse-overridden": "false"} | more
    variables = {
        variable: given[text.removeprefix("${{ inputs.").removesuffix(" }}")]
        for variable, text in step["env"].items()
    }
    environment = {"PATH": os.environ["PATH"], "GITHUB_ACTION_PATH": str(CI), **variables}
    return subprocess.run(  # noqa: S603 - our own line
        ["bash", "-e", "-c", step["run"]],  # noqa: S607 - as runners find it
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_inputs_never_become_part_of_the_shell_line():
    (step,) = STEP["runs"]["steps"]

    assert "${{" not in step["run"]
    assert set(STEP["inputs"]) == {
        text.removeprefix("${{ inputs.").removesuffix(" }}") for text in step["env"].values()
    }


def test_the_job_for_gitlab_runs_the_same_file():
    job = yaml.safe_load((CI / "gitlab-gate.yml").read_text("utf-8"))["labeltrust-gate"]

    assert job["script"] == ["python3 ci/check_gate.py"]


def test_the_step_that_weighs_a_change_runs_a_command_that_is_there(capsys):
    github = yaml.safe_load((CI / "redteam-risk.yml").read_text("utf-8"))
    gitlab = yaml.safe_load((CI / "gitlab-redteam-risk.yml").read_text("utf-8"))
    (line,) = (s["run"] for s in github["jobs"]["risk"]["steps"] if "risk" in s.get("run", ""))

    assert line in gitlab["labeltrust-redteam"]["script"]
    assert run([*line.split()[1:], "--help"]) == 0


def test_a_pipeline_waits_until_the_gate_opens_and_may_refuse_an_override(settings):
    deployment = build_deployment(settings)
    project(deployment)
    record(deployment, [label("i1", "alice"), label("i1", "bob")])
    draft = KeyDraft(name="ci", role="ml_engineer", projects=("fraud",))
    key = create_key(deployment, owner(), draft).text
    with serving(settings) as server:
        closed = asked(server.url, key)
        assess_project(deployment, owner(), "fraud")
        opened = asked(server.url, key)
        change_source(deployment, owner(), "feed", SourceChange(status="probation"), reason="x")
        overridden(deployment)
        although = asked(server.url, key)
        refused = asked(server.url, key, **{"refuse-overridden": "true"})
        stranger = asked(server.url, "lt_wrong", "a/b $(touch x) @")
        missing = asked(server.url, key, "nothing")
    gone = asked("http://127.0.0.1:1", key)
    deployment.engine.dispose()

    assert (closed.returncode, opened.returncode) == (1, 0), closed.stderr
    assert "nothing_assessed: the project was never assessed" in closed.stdout
    assert "may proceed" in opened.stdout
    assert (although.returncode, refused.returncode) == (0, 1)
    assert "overridden: open until" in although.stdout
    assert [said.returncode for said in (stranger, missing, gone)] == [2, 2, 2]
    assert "status 401" in stranger.stderr
    assert key not in closed.stdout + closed.stderr + gone.stderr


def overridden(deployment):
    until = wall_clock() + timedelta(hours=1)
    ann, ben = (
        Principal(name=f"person:{name}", role="qa_lead", projects=None, person=name)
        for name in ("ann", "ben")
    )
    request = ask_override(deployment, ann, "fraud", until=until, reason="release 7")
    approve(deployment, ben, request.id, reason="seen")
