"""Run many tasks in several processes, keep each as it ends, and go on where it stopped."""

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import contextmanager
from pathlib import Path

from labeltrust.redteam._store import Tables, done, keep
from labeltrust.redteam.incidents import run_incidents
from labeltrust.redteam.plan import Task
from labeltrust.redteam.run_cell import run_cell, run_framing

Progress = Callable[[int, int, str], None]
"""Is told how many tasks are done, of how many, and what ended last."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def run_task(task: Task) -> Tables:
    """Run one task; the same task gives the same rows, but for the seconds."""
    if task.cell.table == "framing":
        return run_framing(task.cell, task.seeds)
    if task.cell.table == "incidents":
        return run_incidents(task.seeds)
    return run_cell(task.cell, task.seeds[0], task.bench, index=task.index)


def run_all(tasks: Sequence[Task], folder: Path, jobs: int, progress: Progress) -> Tables:
    """Run what is not done yet and return all rows, in the order of the tasks.

    Args:
        tasks: All tasks.
        folder: Where finished ones are kept.
        jobs: Processes; with one, tasks run in this process.
        progress: Told after every task.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = done(folder)
    left = [task for task in tasks if task.key not in found]
    n_done = len(tasks) - len(left)
    progress(n_done, len(tasks), "")
    for task, tables in _results(left, jobs):
        keep(folder, task.key, tables)
        found[task.key] = tables
        n_done += 1
        progress(n_done, len(tasks), task.cell.name)
    return _together([found[task.key] for task in tasks])


def _results(tasks: Sequence[Task], jobs: int) -> Iterator[tuple[Task, Tables]]:
    if jobs <= 1 or not tasks:
        yield from ((task, run_task(task)) for task in tasks)
        return
    # A fresh interpreter each: forking a process with threads of numpy may hang.
    context = multiprocessing.get_context("spawn")
    with _one_thread_each(), ProcessPoolExecutor(jobs, mp_context=context) as pool:
        yield from _as_they_end(pool, tasks, jobs)


def _as_they_end(
    pool: ProcessPoolExecutor, tasks: Sequence[Task], jobs: int
) -> Iterator[tuple[Task, Tables]]:
    """Hand out a few tasks ahead, so that giving up does not wait for thousands."""
    waiting = iter(tasks)
    running: dict[Future[Tables], Task] = {}
    while True:
        while len(running) < 2 * jobs and (task := next(waiting, None)) is not None:
            running[pool.submit(run_task, task)] = task
        if not running:
            return
        ended, _ = wait(running, return_when=FIRST_COMPLETED)
        for future in ended:
            yield running.pop(future), future.result()


@contextmanager
def _one_thread_each() -> Iterator[None]:
    """Let child processes start with one thread of linear algebra each; two fight for the cores."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _together(found: Sequence[Tables]) -> Tables:
    tables: Tables = {}
    for one in found:
        for name, rows in one.items():
            tables.setdefault(name, []).extend(rows)
    return tables
