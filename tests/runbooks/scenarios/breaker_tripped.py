"""Too many would have been frozen at once: a hold is provisional until somebody looks."""

from flagging import flagged
from runbooks.scene import Scenario

from labeltrust.app import wall_clock


def trouble(scene):
    scene.started()
    flag = flagged(scene.home, "alice", freeze="provisional")
    scene.words |= {"FLAG": flag, "S": "feed", "TIME": wall_clock().isoformat(), "TITLE": "a ring"}
    scene.words["confirm|dismiss"] = "dismiss"


SCENARIO = Scenario(trouble=trouble)
