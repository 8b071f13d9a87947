"""Labels are frozen that a training set in use holds; it is made again, the freeze is lifted."""

from factories import owner
from runbooks.scene import Scenario

from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels


def trouble(scene):
    scene.started()
    assert scene.command("assess", "--project", "fraud").code == 0
    made = scene.command("snapshot", "create", "--project", "fraud", "--json")
    draft = FreezeDraft(project="fraud", labeler="alice", reason="audit under way")
    freeze = freeze_labels(scene.home, owner(), draft)
    scene.words |= {"L": "alice", "SNAPSHOT": made.document["snapshot"], "FREEZE": freeze.id}


SCENARIO = Scenario(trouble=trouble)
