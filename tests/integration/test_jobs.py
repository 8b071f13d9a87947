"""Background work: one open row a (kind, key), leases with fencing numbers, retries."""

import threading
import time
from datetime import timedelta

import pytest
from factories import START

from labeltrust.domain.errors import Busy, Conflict
from labeltrust.jobs.table_queue import TableQueue
from labeltrust.jobs.worker import Worker
from labeltrust.store import jobs
from labeltrust.store.session import reading, unit_of_work

LEASE = timedelta(seconds=30)


@pytest.fixture
def queue(database) -> TableQueue:
    return TableQueue(engine=database)


def open_jobs(queue):
    with reading(queue.engine) as session:
        return jobs.backlog(session, START + timedelta(hours=1)).open


def test_a_job_asked_for_twice_is_done_once(queue):
    queue.enqueue("assess", "fraud", START)
    queue.enqueue("assess", "fraud", START)

    first = queue.claim("worker-a", START, LEASE)
    second = queue.claim("worker-b", START, LEASE)

    assert (first.kind, first.key) == ("assess", "fraud")
    assert second is None


def test_a_waiting_job_keeps_the_earlier_moment(queue):
    queue.enqueue("assess", "fraud", START)
    queue.enqueue("assess", "fraud", START + timedelta(minutes=5))

    assert queue.claim("worker-a", START, LEASE) is not None


def test_a_job_that_is_not_due_is_not_claimed(queue):
    queue.enqueue("assess", "fraud", START + timedelta(seconds=5))

    assert queue.claim("worker-a", START, LEASE) is None
    assert queue.claim("worker-a", START + timedelta(seconds=5), LEASE) is not None


def test_a_finished_job_is_gone(queue):
    queue.enqueue("assess", "fraud", START)

    queue.finish(queue.claim("worker-a", START, LEASE))

    assert open_jobs(queue) == 0


def test_a_job_asked_for_while_it_runs_runs_once_more(queue):
    queue.enqueue("assess", "fraud", START)
    lease = queue.claim("worker-a", START, LEASE)

    queue.enqueue("assess", "fraud", START)
    queue.finish(lease)

    later = START + timedelta(seconds=1)
    assert queue.claim("worker-a", later, LEASE) is not None


def test_a_job_asked_for_once_neither_runs_again_nor_cuts_a_pause_short(queue):
    queue.enqueue_once("assess", "fraud", START)
    lease = queue.claim("worker-a", START, LEASE)
    queue.enqueue_once("assess", "fraud", START)
    queue.fail(lease, "no disk", START + timedelta(seconds=9))

    queue.enqueue_once("assess", "fraud", START)

    assert queue.claim("worker-a", START + timedelta(seconds=8), LEASE) is None
    queue.finish(queue.claim("worker-a", START + timedelta(seconds=9), LEASE))
    assert open_jobs(queue) == 0


def test_a_worker_past_its_lease_cannot_write_after_another_claimed(queue):
    queue.enqueue("assess", "fraud", START)
    paused = queue.claim("worker-a", START, LEASE)
    after = START + LEASE

    taken = queue.claim("worker-b", after, LEASE)

    assert taken.fence == paused.fence + 1
    for act in (queue.finish, lambda lease: queue.fail(lease, "x", after)):
        with pytest.raises(Conflict, match="lost to another worker"):
            act(paused)
    with pytest.raises(Conflict), unit_of_work(queue.engine) as session:
        jobs.require_lease(session, paused)
    queue.finish(taken)


def test_a_kept_lease_is_not_taken(queue):
    queue.enqueue("assess", "fraud", START)
    lease = queue.claim("worker-a", START, LEASE)

    queue.extend(lease, START + 2 * LEASE)

    assert queue.claim("worker-b", START + LEASE, LEASE) is None


def test_of_many_workers_one_gets_the_job(queue):
    queue.enqueue("assess", "fraud", START)
    got, start = [], threading.Barrier(6)

    def claim(name):
        start.wait()
        got.append(queue.claim(name, START, LEASE))

    threads = [threading.Thread(target=claim, args=(f"worker-{n}",)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(lease is not None for lease in got) == 1


def test_many_askers_at_once_make_one_job(queue):
    start = threading.Barrier(6)

    def ask():
        start.wait()
        queue.enqueue("assess", "fraud", START)

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert open_jobs(queue) == 1


def worker(queue, clock, handler, **more):
    values = {"schedule": lambda: None, "holder": "worker-a", "idle_seconds": 0.01} | more
    return Worker(queue=queue, handlers={"assess": handler}, clock=clock, **values)


def test_a_failed_job_waits_longer_each_time_and_keeps_its_error(queue, clock):
    def fails(lease):
        raise ValueError("no disk")

    queue.enqueue("assess", "fraud", clock())
    failing = worker(queue, clock, fails)

    assert failing.step()
    assert not failing.step()
    clock.tick(1.0)
    assert failing.step()
    clock.tick(1.0)
    assert not failing.step()
    clock.tick(1.0)
    assert failing.step()

    with reading(queue.engine) as session:
        found = jobs.backlog(session, clock() + timedelta(hours=1))
    assert (found.open, found.failing) == (1, 1)


def test_a_job_that_always_fails_is_parked_and_others_are_done(queue, clock):
    done = []

    def work(lease):
        if lease.key == "poison":
            raise ValueError("always")
        done.append(lease.key)

    queue.enqueue("assess", "poison", clock())
    working = worker(queue, clock, work)
    for n in range(20):
        queue.enqueue("assess", f"p{n}", clock())
        while working.step():
            pass
        clock.tick(130.0)

    assert sorted(done) == sorted(f"p{n}" for n in range(20))
    with reading(queue.engine) as session:
        assert jobs.parked(session) == [("assess", "poison", jobs.PARKED_AFTER)]
    clock.tick(3_600.0)
    assert working.step()


def test_a_busy_database_parks_nothing_for_an_hour(queue, clock):
    tries = []

    def work(lease):
        tries.append(lease.attempts)
        raise Busy("the database cannot be reached")

    queue.enqueue("assess", "fraud", clock())
    for _ in range(jobs.PARKED_AFTER + 3):
        worker(queue, clock, work).step()
        clock.tick(300.0)

    assert len(tries) == jobs.PARKED_AFTER + 3


def test_a_job_that_ends_its_workers_is_parked_by_the_next_one(queue):
    now = START
    queue.enqueue("assess", "poison", now)
    for _ in range(jobs.PARKED_AFTER):
        assert queue.claim("worker", now, LEASE) is not None
        now += LEASE
    queue.enqueue("assess", "fraud", now)

    other = queue.claim("worker", now, LEASE)
    assert other.key == "fraud"
    queue.finish(other)
    assert queue.claim("worker", now, LEASE) is None
    assert queue.claim("worker", now + jobs.PARKED_FOR, LEASE).key == "poison"


def test_a_worker_keeps_its_lease_through_long_work(queue, clock):
    def slow(lease):
        clock.tick(0.2)  # the lease as first claimed is over now
        time.sleep(0.3)  # the keeper of the lease runs meanwhile
        assert queue.claim("worker-b", clock(), LEASE) is None

    queue.enqueue("assess", "fraud", clock())

    assert worker(queue, clock, slow, lease=timedelta(seconds=0.15)).step()

    assert open_jobs(queue) == 0


def test_a_worker_runs_until_it_is_stopped_and_outlives_a_failing_schedule(queue, clock):
    done, calls = threading.Event(), []

    def schedule():
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("database away")

    running = worker(queue, clock, lambda lease: done.set(), schedule=schedule)
    queue.enqueue("assess", "fraud", clock())
    thread = threading.Thread(target=running.run)
    thread.start()

    assert done.wait(5.0)
    running.stop.set()
    thread.join(5.0)
    assert not thread.is_alive()
