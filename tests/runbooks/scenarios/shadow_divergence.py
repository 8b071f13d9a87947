"""A shadow gives another label to one item in thirteen; it is meant to, and is measured no more."""

from factories import label, owner
from recorded import record
from runbooks.scene import Scenario

from labeltrust.services.assess_project import assess_project
from labeltrust.services.models.give_role import RoleDraft, give_role


def trouble(scene):
    scene.started()
    items = [f"m{n}" for n in range(800)]
    for name, wrong in (("net-1", set()), ("shade", set(items[:60]))):
        record(
            scene.home,
            [
                label(i, name, label="fraud" if i in wrong else "benign", labeler_kind="model")
                for i in items
            ],
        )
    for name, role in (("net-1", "production"), ("shade", "shadow")):
        draft = RoleDraft(labeler=name, role=role, reason="another architecture")
        give_role(scene.home, owner(), "fraud", draft)
    assess_project(scene.home, owner(), "fraud")
    scene.words |= {"MODEL": "shade"}


SCENARIO = Scenario(trouble=trouble)
