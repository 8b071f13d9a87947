"""An assessment fails eight times; once mended, the command that does the same ends the alert."""

from datetime import timedelta

from runbooks.scene import Scenario, worked

from labeltrust.app import wall_clock
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.store import jobs
from labeltrust.store.session import unit_of_work


def trouble(scene):
    scene.started()
    with unit_of_work(scene.home.engine) as session:
        jobs.enqueue(session, "assess", "fraud", scene.clock())
    queue = TableQueue(engine=scene.home.engine, kinds=frozenset({"assess"}))
    for _ in range(jobs.PARKED_AFTER):
        lease = queue.claim("worker", scene.clock(), timedelta(seconds=30))
        queue.fail(lease, "ValueError: always", scene.clock())
    scene.words["TIME"] = wall_clock().isoformat()


def an_hour_later(scene):
    """The command made what the job makes; the job itself is done when it is tried next."""
    assert "work_parked" in scene.codes()
    scene.clock.tick(3_600)
    worked(scene)


SCENARIO = Scenario(
    trouble=trouble,
    answers={"doctor": 1},
    afterwards=an_hour_later,
    elsewhere={"worker": "it does not end; memory is not what is short here"},
)
