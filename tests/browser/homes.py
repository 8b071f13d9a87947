"""The installation that browsers look at: the seeds, a crowd with a hostile name, and hostile rows.

It is made once for all test processes and copied for each.
"""

import csv
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from browser.payloads import HOSTILE
from commands import environment
from drilled import FOUND
from factories import owner
from receivers import channel, near, receiving, told
from web.crowds import HOSTILE_NAME, HOSTILE_TEXT, assessed_home

from labeltrust.app import build_deployment
from labeltrust.domain.access import SourceChange
from labeltrust.services.add_source import change_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.draw_audit import AuditDraft, draw_audit
from labeltrust.services.drills._keeping import finished
from labeltrust.services.drills.game_days import order_game_day
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.open_appeal import open_appeal
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.register_pattern import add_pattern
from labeltrust.services.scan_patterns import scan_patterns
from labeltrust.settings import Settings
from labeltrust.store.session import unit_of_work

PATIENCE_SECONDS = 280.0
PROJECT = "hostile"


def home_of_all(shared: Path, own: Path) -> Path:
    """Return a copy of the installation for one process.

    Args:
        shared: A folder that all processes of this run have in common.
        own: A folder of this process.
    """
    # One made before, to work on a page without waiting for the seeds.
    made = Path(os.environ.get("LABELTRUST_TEST_HOME") or shared / "browser-home")
    with _alone(shared / "browser-home.lock"):
        if not made.exists():
            draft = shared / "browser-home-draft"
            draft.mkdir()
            _make(draft)
            draft.rename(made)
    return Path(shutil.copytree(made, own / "var"))


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _make(home: Path) -> None:
    assessed_home(home)
    make_demo(home)
    _hostile(home)
    _appeal(home)
    _audit(home)
    _incident(home)
    _alerts(home)
    _pattern(home)
    _game_day(home)


def _game_day(home: Path) -> None:
    """Order a game day in a hostile name; one attack of it is over, and one came to nothing."""
    deployment = build_deployment(Settings(home=home))
    person = replace(owner(), name=HOSTILE_TEXT)
    first, second, *_ = order_game_day(deployment, person).drills
    with unit_of_work(deployment.engine) as session:
        finished(deployment, session, person, first.id, found=FOUND)
        finished(deployment, session, person, second.id, error=HOSTILE_TEXT)
    deployment.engine.dispose()


def _pattern(home: Path) -> None:
    """Look for what many items hold."""
    deployment = build_deployment(Settings(home=home))
    add_pattern(deployment, owner(), "fraud", r"txn-\d*1", reason=HOSTILE_TEXT)
    scan_patterns(deployment, "fraud")
    deployment.engine.dispose()


def _alerts(home: Path) -> None:
    """Tell a receiver that takes some and refuses some, one that is gone, and one that is away."""
    deployment = near(build_deployment(Settings(home=home)))
    with receiving(200, 400, 422) as some, receiving(410) as gone:
        channel(deployment, "webhook", some.url, name="crm")
        channel(deployment, "slack", gone.url, name="<b>gone<b>")
        channel(deployment, "generic", "http://127.0.0.1:9/x", name="away", floor="page")
        for status in ("probation", "trusted"):
            change = SourceChange(status=status)
            change_source(deployment, owner(), "acme", change, reason="vetted again")
        told(deployment)
    deployment.engine.dispose()


def _incident(home: Path) -> None:
    """Open a case file in hostile words, and make two training sets to compare."""
    deployment = build_deployment(Settings(home=home))
    draft = IncidentDraft(
        project="fraud", title=HOSTILE_TEXT.replace("\u2066", ""), summary=HOSTILE_TEXT, flags=(1,)
    )
    open_incident(deployment, owner(), draft)
    for hours in (0.0, 1.0):
        create_snapshot(deployment, owner(), "fraud", hold_back_hours=hours)
    deployment.engine.dispose()


def _audit(home: Path) -> None:
    """Have an audit of the hostile labeler wait on the desk."""
    deployment = build_deployment(Settings(home=home))
    draft = AuditDraft(project="fraud", reason=HOSTILE_TEXT, labeler=HOSTILE_NAME)
    draw_audit(deployment, owner(), draft)
    deployment.engine.dispose()


def _appeal(home: Path) -> None:
    """Let the hostile labeler appeal against the freeze of their labels, in hostile words."""
    deployment = build_deployment(Settings(home=home))
    open_appeal(deployment, owner(), 1, reason=HOSTILE_TEXT)
    deployment.engine.dispose()


def make_demo(home: Path) -> None:
    """Make the sample project as `make demo` does."""
    done = subprocess.run(
        [sys.executable, "-m", "labeltrust", "demo", "--no-serve"],
        env=os.environ | environment(Settings(home=home)),
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )
    assert done.returncode == 0, done.stderr


def _hostile(home: Path) -> None:
    """Let every payload be a labeler, an item and a label at once."""
    rows = home / "hostile.csv"
    names = list(HOSTILE.values())
    with rows.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(("item", "labeler", "label"))
        for n, item in enumerate(names * 2):
            for k, labeler in enumerate(names):
                writer.writerow((f"{n} {item}", labeler, names[(n + k) % 3][:100]))
    deployment = build_deployment(Settings(home=home))
    import_file(deployment, owner(), ImportRequest(path=rows, project=PROJECT), lambda _: None)
    assess_project(deployment, owner(), PROJECT)
    deployment.engine.dispose()
