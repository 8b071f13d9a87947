"""A canary has two gold items wrong that production has right; its labels are held, it retires."""

from factories import gold, label, owner
from recorded import record
from runbooks.scene import Scenario

from labeltrust.services.assess_project import assess_project
from labeltrust.services.models.give_role import RoleDraft, give_role


def trouble(scene):
    scene.started()
    items = [f"m{n}" for n in range(20)]
    record(scene.home, [gold(item) for item in items])
    for name, wrong in (("net-1", set()), ("net-2", set(items[:2]))):
        record(
            scene.home,
            [
                label(i, name, label="fraud" if i in wrong else "benign", labeler_kind="model")
                for i in items
            ],
        )
    for name, role in (("net-1", "production"), ("net-2", "canary")):
        draft = RoleDraft(labeler=name, role=role, reason="retrained")
        give_role(scene.home, owner(), "fraud", draft)
    assess_project(scene.home, owner(), "fraud")
    scene.words |= {"MODEL": "net-2", "OLD": "net-1", "L": "alice"}


# It never was in production: the former version still is.
SCENARIO = Scenario(
    trouble=trouble,
    elsewhere={"labelers model OLD": "the canary never was in production, and OLD still is"},
)
