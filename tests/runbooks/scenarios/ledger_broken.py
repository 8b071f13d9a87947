"""Somebody with rights at the database changed a record; the last backup takes its place."""

from dataclasses import replace
from shutil import copytree

from factories import owner
from runbooks.scene import Scenario, taken
from tampering import tamper

from labeltrust.services.checkpoints.sign import checkpoint_now
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.settings import Settings
from labeltrust.store.session import open_engine


def trouble(scene):
    scene.started()
    backup, kept = scene.folder / "backup", scene.folder / "worm"
    kept.mkdir()
    add = scene.command("ledger", "place", "add", "worm", "--folder", kept)
    assert add.code == 0, add.err
    assert scene.command("backup", backup).code == 0
    checkpoint_now(scene.home, owner())
    taken(scene)
    tamper(scene.home, "UPDATE event SET detail = '{}' WHERE sequence = 2")
    assert not verify_ledger(scene.home, owner()).ok
    scene.words |= {"FOLDER": kept, "TITLE": "a changed record", "BACKUP": backup}


def an_empty_home(scene):
    """The alert of the broken home stands; what people work on from now on is the restored one."""
    home = scene.folder / "new"
    copytree(scene.home.settings.home / "keys", home / "keys")
    settings = Settings(home=home, unsafe_alerts=True)
    scene.monkeypatch.setenv("LABELTRUST_HOME", str(home))
    scene.monkeypatch.setenv("LABELTRUST_DATABASE_URL", settings.database_url)
    engine = open_engine(settings)
    scene.later.callback(engine.dispose)
    scene.kept["broken"] = scene.home
    scene.home = replace(scene.home, settings=settings, engine=engine)


def while_broken(scene):
    return 0 if "broken" in scene.kept else 1


def it_holds(scene):
    assert verify_ledger(scene.home, owner()).ok
    assert not verify_ledger(scene.kept["broken"], owner()).ok


SCENARIO = Scenario(
    trouble=trouble,
    by_hand={"restore BACKUP": an_empty_home},
    answers={"ledger verify": while_broken},
    afterwards=it_holds,
)
