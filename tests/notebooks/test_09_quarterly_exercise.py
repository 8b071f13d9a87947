"""The quarterly exercise tells the game days, incidents, gold and actions that are on record."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from drilled import FOUND, UNSEEN
from drilled import drilled as drills
from factories import owner
from notebook_runs import ran

from labeltrust.app import build_deployment
from labeltrust.notebook import Project, quarter
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.drills._keeping import finished
from labeltrust.services.drills.game_days import order_game_day
from labeltrust.services.incident_members import TaskDraft, add_task
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.store.session import unit_of_work

NAME = "09_quarterly_exercise"


@pytest.fixture(scope="module")
def exercised(seeded, tmp_path_factory):
    """A copy of the sample project: a game day lost one attack, an incident has two actions."""
    home = tmp_path_factory.mktemp("quarter") / "var"
    shutil.copytree(seeded.deployment.settings.home, home)
    deployment = build_deployment(replace(seeded.deployment.settings, home=home, database_url=""))
    drills(deployment, [FOUND, replace(FOUND, others_frozen=1, held_wrongly=(7,))])
    day = order_game_day(deployment, owner())
    for drill in day.drills:
        found = UNSEEN if drill.draft.campaign == "slice" else FOUND
        with unit_of_work(deployment.engine) as session:
            finished(deployment, session, owner(), drill.id, found=found)
    decide_flag(deployment, owner(), 1, verdict="confirm", note="audited")
    decide_flag(deployment, owner(), 2, verdict="dismiss", note="honest")
    incident = open_incident(
        deployment, owner(), IncidentDraft(project=seeded.name, title="bribes", flags=(1,))
    )
    yesterday = (deployment.clock() - timedelta(days=1)).date().isoformat()
    add_task(deployment, owner(), incident, TaskDraft(words="ask", owner="ann", due_on=yesterday))
    add_task(deployment, owner(), incident, TaskDraft(words="pay", owner="bo"))
    yield Project(deployment=deployment, name=seeded.name)
    deployment.engine.dispose()


def test_what_is_told_is_what_is_on_record(exercised):
    found = quarter(exercised)
    attacks = found.attacks().set_index("campaign")
    (day,) = found.game_days().to_dict("records")
    (incident,) = found.incidents().to_dict("records")
    actions = found.actions()

    assert list(attacks.index) == ["flip", "import", "sleeper", "ring", "slice"]
    assert (attacks.loc["flip", "drills"], attacks.loc["flip", "held_wrongly"]) == (3, 1 / 3)
    assert attacks.loc["slice", "detected"] == 0.0
    assert attacks.loc["slice", "contained_reason"]
    counts = [day[name] for name in ("attacks", "detected", "contained", "held_wrongly", "failed")]
    assert counts == [5, 4, 4, 0, 0]
    assert incident["title"] == "bribes"
    assert incident["labels"] > 100
    assert incident["hours_to_contain"] is not None
    assert actions[["what", "owner", "late"]].to_numpy().tolist() == [
        ["pay", "bo", False],
        ["ask", "ann", True],
    ]
    assert (found.false_alarms()["confirmed"] + found.false_alarms()["dismissed"]).min() >= 1
    assert found.thresholds().set_index("threshold").loc["flag_rate", "value"] == 0.05
    assert "gold items are answered" in found.gold_words()
    assert (found.budgets()["left"].notna() | found.budgets()["left_reason"].notna()).all()


def test_the_notebook_says_so_and_has_charts(exercised):
    shown = ran(NAME, exercised.deployment.settings)

    assert "Game days: 1. Drills with an outcome, those of game days among them: 7." in shown.text
    assert "Incidents opened: 1; in the quarter before: 0." in shown.text
    assert "Actions that are open: 2; late: 1." in shown.text
    assert len(shown.pictures) == 5


def test_a_quarter_of_nothing_says_so(seeded):
    found = quarter(seeded)

    assert found.game_days().empty
    assert found.attacks().empty
    assert found.actions().empty
    assert found.incidents().empty
