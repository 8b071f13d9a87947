"""Items with a token that an incident found earlier, and a second pattern that was too wide."""

from factories import label, owner
from recorded import record
from runbooks.scene import Scenario

from labeltrust.services.register_pattern import add_pattern
from labeltrust.services.scan_patterns import scan_patterns


def trouble(scene):
    scene.started()
    for expression in ("cf-7", "c"):
        add_pattern(scene.home, owner(), "fraud", expression, reason="incident 3")
    record(scene.home, [label("i90", content={"text": "pay cf-7 now"})])
    scan_patterns(scene.home, "fraud")
    scene.words |= {"N": 1, "M": 2, "S": "feed", "TIME": scene.clock().isoformat()}


SCENARIO = Scenario(trouble=trouble)
