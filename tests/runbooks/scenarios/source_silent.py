"""A source that sent 600 events an hour sends nothing; an export brings what is missing."""

from datetime import timedelta

from runbooks.scene import Scenario

from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import SourceTally

_HOUR_US = 3_600_000_000


def trouble(scene):
    scene.clock.now -= timedelta(hours=2)
    scene.started()
    _usually(scene)
    scene.watched(2)
    scene.clock.tick(45 * 60)
    export = scene.folder / "export.csv"
    export.write_text("item,labeler,label\ni1,alice,benign\ni99,alice,fraud\n")
    scene.words |= {"S": "feed", "FILE": export}


def _usually(scene):
    now = int(scene.clock().timestamp() * 1_000_000)
    with unit_of_work(scene.home.engine) as session:
        for hour in range(now // _HOUR_US - 400, now // _HOUR_US + 1):
            row = session.get(SourceTally, (1, hour)) or SourceTally(source_id=1, hour=hour)
            row.accepted, row.last_us = 600, min(now, (hour + 1) * _HOUR_US - 1)
            session.add(row)


SCENARIO = Scenario(trouble=trouble)
