"""A strong case that nobody decided keeps training from going on."""

from datetime import timedelta

from factories import owner
from flagging import flagged
from runbooks.scene import Scenario

from labeltrust.app import wall_clock
from labeltrust.services.assess_project import assess_project
from labeltrust.services.note_gate import watch_gates


def trouble(scene):
    scene.started()
    assess_project(scene.home, owner(), "fraud")
    flag = flagged(scene.home, "alice", evidence={"strong": True})
    watch_gates(scene.home)
    until = (wall_clock() + timedelta(days=1)).isoformat()
    scene.words |= {"FLAG": flag, "confirm|dismiss": "confirm", "TIME": until}


SCENARIO = Scenario(trouble=trouble, answers={"gate": 1})
