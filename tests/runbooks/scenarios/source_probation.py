"""A secret was stolen: the source is on probation until somebody vetted it."""

from factories import owner
from runbooks.scene import Scenario

from labeltrust.app import wall_clock
from labeltrust.domain.access import SourceChange
from labeltrust.services.add_source import change_source


def trouble(scene):
    scene.started()
    change_source(scene.home, owner(), "feed", SourceChange(status="probation"), reason="a leak")
    shown = scene.command("source", "show", "feed", "--json").document
    scene.words |= {"S": "feed", "SECRET": shown["secrets"][0]["key_id"]}
    scene.words["TIME"] = wall_clock().isoformat()


SCENARIO = Scenario(trouble=trouble)
