"""Which cells run how often, and the tasks that come of it."""

import hashlib
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import labeltrust
from labeltrust.redteam.cells import (
    Cell,
    framing_cells,
    honest_cells,
    other_crowds,
    standard_cells,
)
from labeltrust.redteam.incidents import INCIDENTS
from labeltrust.redteam.run_cell import Bench

FIRST_SEED = 1_000_000
"""Thresholds are tuned on seeds below 10,000; nothing of the red team uses those."""
_SEEDS = 2**31
_BATCH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How often each table runs.

    Attributes:
        attacks: Seeds of each attack on the standard crowd.
        others: Seeds of each attack on another crowd.
        published: Seeds of each attack on a published set.
        honest: Seeds of each crowd without attackers.
        framing: Runs of each cell of the framing grid.
        incidents: Simulated incidents whose damage is estimated.
    """

    attacks: int = 20
    others: int = 5
    published: int = 3
    honest: int = 30
    framing: int = 1000
    incidents: int = 1000


SHORT = Sizes(attacks=3, others=0, published=0, honest=3, framing=20, incidents=40)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What one process does in one go.

    Attributes:
        cell: The cell.
        seeds: One seed, or a batch for the framing grid.
        index: Place of the first seed among those of the cell.
        bench: Methods and oracle; the framing grid takes none.
        code: Fingerprint of the code.
    """

    cell: Cell
    seeds: tuple[int, ...]
    index: int
    bench: Bench
    code: str

    @property
    def key(self) -> str:
        """Same cell, seeds, methods and code: same result."""
        names = [method.name for method in self.bench.methods]
        told = (self.cell, self.seeds, names, self.bench.oracle is None, self.code)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:24]


def fresh_seed() -> int:
    """Draw a first seed from the operating system, at least `FIRST_SEED`."""
    return FIRST_SEED + secrets.randbelow(_SEEDS)


def code_version(*more: Path) -> str:
    """Return a fingerprint of the package's code, and of other files.

    >>> len(code_version())
    16
    """
    package = Path(labeltrust.__file__).parent
    digest = hashlib.sha256()
    for path in [*sorted(package.rglob("*.py")), *more]:
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def tasks_of(
    sizes: Sizes, seed: int, bench: Bench, published: Iterable[Cell] = (), *, code: str
) -> tuple[Task, ...]:
    """Return the tasks of a whole run, the longest first.

    Run k of every cell has the seed `seed + k`, so that attacks and methods compare on the same
    honest crowds.

    Args:
        sizes: How often.
        seed: First seed.
        bench: Methods and oracle.
        published: Cells on published sets.
        code: Fingerprint of the code.
    """
    tables = (
        (standard_cells(), sizes.attacks),
        (tuple(published), sizes.published),
        (other_crowds(), sizes.others),
        (honest_cells(), sizes.honest),
    )
    single = [
        Task(cell=cell, seeds=(seed + k,), index=k, bench=bench, code=code)
        for cells, n in tables
        for k in range(n)
        for cell in cells
    ]
    framing = _batches(framing_cells(), sizes.framing, seed, code)
    return (*single, *framing, *_batches((INCIDENTS,), sizes.incidents, seed, code))


def _batches(cells: Sequence[Cell], runs: int, seed: int, code: str) -> list[Task]:
    return [
        Task(
            cell=cell,
            seeds=tuple(range(seed + start, seed + min(start + _BATCH, runs))),
            index=start,
            bench=Bench(),
            code=code,
        )
        for start in range(0, runs, _BATCH)
        for cell in cells
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run takes: how many crowds are drawn, and how many labels they give."""

    runs: int
    labels: int


def cost_of(sizes: Sizes) -> Cost:
    """Return what a run of these sizes takes, without running it.

    >>> cost_of(SHORT).runs < cost_of(Sizes()).runs
    True
    """
    tasks = tasks_of(sizes, FIRST_SEED, Bench(), code="")
    runs = [(len(task.seeds), task.cell.crowd) for task in tasks]
    return Cost(
        runs=sum(n for n, _ in runs),
        labels=sum(n * c.n_items * c.labels_per_item for n, c in runs if c is not None),
    )
