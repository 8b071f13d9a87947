"""The whole run: tasks, results, report."""

import os
from dataclasses import dataclass
from pathlib import Path

from labeltrust.redteam._oracle import oracle
from labeltrust.redteam._store import begun
from labeltrust.redteam.cells import Cell
from labeltrust.redteam.methods import BY_HAND, Method
from labeltrust.redteam.plan import Sizes, code_version, fresh_seed, tasks_of
from labeltrust.redteam.report import Made, Report, report_of
from labeltrust.redteam.run_cell import Bench, Oracle
from labeltrust.redteam.running import Progress, run_all


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a run is asked for.

    Attributes:
        sizes: How often each table runs.
        seed: First seed; None goes on with the folder's, or draws one.
        jobs: Processes; None takes one a core.
        peers: Methods of others, run beside the product's.
        oracle: What knows the true likelihoods, or None.
        published: Cells on published data sets.
        skipped: What could not take part and why, for the report.
        files: More files whose change makes old results stale.
    """

    sizes: Sizes
    seed: int | None = None
    jobs: int | None = None
    peers: tuple[Method, ...] = ()
    oracle: Oracle | None = oracle
    published: tuple[Cell, ...] = ()
    skipped: tuple[str, ...] = ()
    files: tuple[Path, ...] = ()


def red_team(asked: Asked, folder: Path, progress: Progress) -> Report:
    """Run everything that is asked for, or what is left of it, and return the report.

    Args:
        asked: What to run.
        folder: Where finished tasks are kept; the same folder goes on where a run stopped.
        progress: Told after every task.
    """
    code = code_version(*asked.files)
    run = begun(folder, asked.seed, fresh_seed(), code)
    bench = Bench(methods=(*BY_HAND, *asked.peers), oracle=asked.oracle)
    tasks = tasks_of(asked.sizes, run.seed, bench, asked.published, code=code)
    jobs = asked.jobs or os.cpu_count() or 1
    found = run_all(tasks, folder, jobs, progress)
    made = Made(
        seed=run.seed,
        sizes=asked.sizes,
        code=code,
        methods=bench.methods,
        skipped=asked.skipped,
    )
    return report_of(found, made)
