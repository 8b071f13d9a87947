"""Somebody is suspected; the labels are held, an audit is drawn, the flag is decided."""

from flagging import flagged
from runbooks.scene import Scenario


def trouble(scene):
    scene.started()
    flag = flagged(scene.home, "alice", evidence={"strong": True})
    scene.words |= {"FLAG": flag, "L": "alice", "confirm|dismiss": "confirm"}


SCENARIO = Scenario(trouble=trouble)
