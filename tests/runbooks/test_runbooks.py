"""Every runbook is carried out: its trouble brought about, its commands run, its alert over.

A new code needs a scenario beside the others: `tests/runbooks/scenarios/<code>.py`.
"""

import importlib.util
from contextlib import ExitStack
from pathlib import Path
from shutil import copy

import pytest
from commands import commands
from factories import StepClock
from receivers import near
from runbooks.reading import FOLDER, commands_of, filled
from runbooks.scene import Scenario, Scene, of
from sqlmodel import select

from labeltrust.app import wall_clock
from labeltrust.services.deployment import Deployment
from labeltrust.settings import Settings
from labeltrust.store.session import open_engine, reading
from labeltrust.store.tables import Alert, AlertGroup
from labeltrust.store.vault import open_vault

SCENARIOS = Path(__file__).parent / "scenarios"
CODES = sorted(path.stem for path in FOLDER.glob("*.md") if path.stem != "README")


def scenario_of(code) -> Scenario:
    path = SCENARIOS / f"{code}.py"
    if not path.is_file():
        pytest.fail(f"nobody carries out docs/runbooks/{code}.md: write {path.name} in {SCENARIOS}")
    spec = importlib.util.spec_from_file_location(f"runbook_{code}", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.SCENARIO


@pytest.fixture
def scene(sqlite_template, tmp_path, monkeypatch, capsys):
    """One database is enough: what each says is tested elsewhere on both."""
    home, outside = tmp_path / "var", tmp_path / "outside"
    home.mkdir()
    outside.mkdir()
    copy(sqlite_template, home / "labeltrust.db")
    settings = Settings(home=home, platform_networks="127.0.0.0/8")
    engine = open_engine(settings)
    clock = StepClock(wall_clock())
    deployment = Deployment(
        settings=settings, engine=engine, vault=open_vault(settings), clock=clock
    )
    monkeypatch.setenv("LABELTRUST_PLATFORM_NETWORKS", "127.0.0.0/8")
    with ExitStack() as later:
        later.callback(engine.dispose)
        yield Scene(
            home=near(deployment),
            clock=clock,
            command=commands(settings, monkeypatch, capsys),
            folder=outside,
            later=later,
            monkeypatch=monkeypatch,
        )


@pytest.mark.parametrize("code", CODES)
def test_what_a_runbook_says_ends_its_alert(code, scene):
    scenario = scenario_of(code)
    scenario.trouble(scene)
    scene.watched()
    began = was_told(scene, code) if scenario.is_news else code in scene.codes()
    assert began, f"the trouble of {code} raised no such alert"

    scene.now()
    for command in commands_of(code):
        carried_out(scene, scenario, command)
    if scenario.afterwards is not None:
        scenario.afterwards(scene)
    scene.watched()

    assert code not in scene.codes()


def carried_out(scene, scenario, command):
    if of(scenario.elsewhere, command) is not None:
        return
    act = of(scenario.by_hand, command)
    if act is not None:
        act(scene)
    said = scene.command(*filled(command, scene.words))
    wanted = of(scenario.answers, command, 0)
    wanted = wanted(scene) if callable(wanted) else wanted
    assert said.code == wanted, (
        f"`labeltrust {command}` ended with {said.code}:\n{said.out}{said.err}"
    )


def was_told(scene, code):
    with reading(scene.home.engine) as session:
        return (
            session.exec(select(Alert).join(AlertGroup).where(AlertGroup.code == code)).all() != []
        )


def test_no_scenario_is_of_nothing_and_none_skips_a_command_that_is_not_there():
    for path in SCENARIOS.glob("*.py"):
        assert path.stem in CODES, f"{path.name} is of no runbook"
        scenario = scenario_of(path.stem)
        own = commands_of(path.stem)
        for table in (scenario.by_hand, scenario.answers, scenario.elsewhere):
            for key in table:
                assert any(of({key: True}, command) for command in own), f"{path.name}: {key}"


def test_every_runbook_has_a_command():
    assert [code for code in CODES if not commands_of(code)] == []
