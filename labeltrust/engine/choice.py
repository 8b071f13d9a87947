"""Which engine counts: this process, or a Spark cluster; the same functions, the same numbers."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from labeltrust.counts import Counter, Counts, Judgments
from labeltrust.counts._split import parts_for
from labeltrust.engine import local
from labeltrust.engine._parts import Space
from labeltrust.settings import Settings

Counters = Mapping[str, Counter[Counts]]


class Engine(Protocol):
    """Runs counters over a block, or over files of parts, and adds up."""

    def count(self, judgments: Judgments, counters: Counters) -> dict[str, Counts]:
        """Return the counts of every counter over a block."""
        ...

    def count_files(
        self, files: Sequence[Path], space: Space, counters: Counters, rows: int
    ) -> dict[str, Counts]:
        """Return the counts of every counter over files, each the items of one hash bucket."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Local:
    """Counts in this process."""

    def count(self, judgments: Judgments, counters: Counters) -> dict[str, Counts]:
        """Return the counts of a block, in the parts that a cluster counts: the same bits."""
        parts, cores = parts_for(judgments.n), os.cpu_count() or 1
        # one core is left to whoever answers meanwhile
        return local.count(judgments, counters, partitions=parts, threads=max(1, cores - 1))

    def count_files(
        self, files: Sequence[Path], space: Space, counters: Counters, rows: int
    ) -> dict[str, Counts]:
        """Return the counts of files, one after the other."""
        return local.count_files(files, space, counters, rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spark:
    """Counts on a Spark cluster; the session starts with the first count.

    Attributes:
        master: Address of the cluster.
        folder: A folder that every machine of it sees under the same path.
    """

    master: str
    folder: Path

    def count(self, judgments: Judgments, counters: Counters) -> dict[str, Counts]:
        """Return the counts of a block, by way of files."""
        from labeltrust.engine import spark  # noqa: PLC0415 - only where it was chosen

        session = spark.open_session(self.master)
        return spark.count(judgments, counters, session=session, folder=self.folder)

    def count_files(
        self, files: Sequence[Path], space: Space, counters: Counters, rows: int
    ) -> dict[str, Counts]:
        """Return the counts of files, a task each."""
        from labeltrust.engine import spark  # noqa: PLC0415 - only where it was chosen

        session = spark.open_session(self.master)
        return spark.count_files(files, space, counters, rows, session=session)


LOCAL = Local()


def engine_of(settings: Settings) -> Engine:
    """Return the engine that an installation counts with.

    >>> engine_of(Settings())
    Local()
    """
    if settings.engine == "spark":
        return Spark(master=settings.spark_master, folder=settings.archive_folder)
    return LOCAL
