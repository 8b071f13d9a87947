"""One of two places is away for two hours: it is mounted again, and another one is added."""

from datetime import timedelta

from factories import owner
from runbooks.scene import Scenario, taken, worked

from labeltrust.services.checkpoints.places import PlaceDraft, add_place
from labeltrust.services.checkpoints.sign import checkpoint_now


def trouble(scene):
    scene.clock.now -= timedelta(hours=3)
    scene.started()
    for name in ("worm", "partner"):
        (scene.folder / name).mkdir()
        folder = str(scene.folder / name)
        add_place(scene.home, owner(), PlaceDraft(name=name, folder=folder))
    (scene.folder / "partner").rmdir()
    checkpoint_now(scene.home, owner())
    taken(scene)
    scene.clock.tick(100 * 60)
    (scene.folder / "third").mkdir()
    scene.words |= {"NAME": "third", "FOLDER": scene.folder / "third"}


def mounted_again(scene):
    (scene.folder / "partner").mkdir()


SCENARIO = Scenario(
    trouble=trouble,
    by_hand={"ledger place add": mounted_again, "doctor": worked},
    elsewhere={
        "serve": "it does not end; the worker of the test does what it would",
        "worker": "it does not end; the worker of the test does what it would",
    },
)
