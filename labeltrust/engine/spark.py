"""Count on a Spark cluster: the same counters, a part of whole items a task, sums on the way.

Needs the extra `spark` (pyspark 4, Java 17) where labeltrust runs; the machines of the cluster need
Python with numpy, scipy and pyarrow, and read the files by the same path. The code of labeltrust
itself is sent along, so that every machine counts with the same version.
"""

import atexit
import os
import shutil
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pyarrow as pa

import labeltrust
from labeltrust.counts import Counter, Counts, Judgments
from labeltrust.counts._split import parts_for
from labeltrust.domain.errors import Misconfigured
from labeltrust.engine import local
from labeltrust.engine._parts import COUNTED, READ, Space, add_parts, block_of, count_part, total_of
from labeltrust.engine._scatter import scatter, space_of

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_SENT: Final = "labeltrust.code.sent"
Counters = Mapping[str, Counter[Counts]]
_DDL: Final = {
    "string": "string", "int32": "int", "int64": "bigint", "double": "double", "binary": "binary"
}  # fmt: skip
_WHOLE_FILE: Final = str(1 << 40)
_SETTINGS: Final = {
    # A file is a task, never half a file and never two: its items must stay together.
    "spark.sql.files.maxPartitionBytes": _WHOLE_FILE,
    "spark.sql.files.openCostInBytes": _WHOLE_FILE,
    "spark.sql.execution.arrow.maxRecordsPerBatch": "100000",
    "spark.sql.execution.arrow.maxBytesPerBatch": str(64 << 20),
    "spark.executorEnv.OMP_NUM_THREADS": "1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # A task that fails is tried again, and so is one whose machine went away.
    "spark.task.maxFailures": "4",
}


def open_session(master: str) -> "SparkSession":
    """Return the process's Spark session, started at the first call.

    Args:
        master: Address of the cluster, `spark://host:7077`, `yarn`, `k8s://…`, or `local[2]`.
            Everything else comes from `spark-defaults.conf` in `SPARK_CONF_DIR`.

    Raises:
        Misconfigured: The extra `spark` is not installed, or Spark does not start.
    """
    try:
        from pyspark.errors import PySparkException  # noqa: PLC0415 - an extra
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        detail = "LABELTRUST_ENGINE=spark needs the extra: pip install 'labeltrust[spark]'"
        raise Misconfigured(detail) from error
    os.environ.setdefault(
        "PYSPARK_PYTHON", sys.executable if master.startswith("local") else "python3"
    )
    builder = SparkSession.builder.master(master).appName("labeltrust")
    for name, value in _SETTINGS.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except (PySparkException, OSError) as error:
        detail = f"no Spark session on {master}: {error}; is Java 17 installed?"
        raise Misconfigured(detail) from error
    _send_code(session)
    return session


def count(
    judgments: Judgments,
    counters: Counters,
    *,
    session: "SparkSession",
    folder: Path,
    partitions: int | None = None,
) -> dict[str, Counts]:
    """Return the counts of every counter over a block, as `engine.local.count` does.

    Args:
        judgments: The whole block.
        counters: Counters by name.
        session: See `open_session`.
        folder: Where every machine finds the files written here; they are removed at the end.
        partitions: Parts of whole items; by default by size. The counts are those of the local
            engine with as many partitions, bit by bit.
    """
    parts = partitions or parts_for(judgments.n)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".counting-", dir=folder) as place:
        files = list(scatter(judgments, Path(place), parts))
        if not files:
            return local.count(judgments, counters)
        return count_files(
            files, space_of(judgments, parts), counters, judgments.n, session=session
        )


def count_files(
    files: Sequence[Path],
    space: Space,
    counters: Counters,
    rows: int,
    *,
    session: "SparkSession",
) -> dict[str, Counts]:
    """Return the counts of every counter over files of parts.

    Args:
        files: Parquet with the columns of `READ`, the items of one bucket each.
        space: What their codes mean.
        counters: Counters by name.
        rows: Judgments in all files.
        session: See `open_session`.

    Raises:
        InvalidInput: Other than so many judgments were counted.
    """
    if not rows:
        return local.count(block_of(READ.empty_table(), space), counters)

    def count_one(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return count_part(batches, space, counters)

    def add_group(table: pa.Table) -> pa.Table:
        return pa.Table.from_batches(add_parts(table.to_batches(), counters), COUNTED)

    paths = [path.absolute().as_uri() for path in files]
    judgments = session.read.schema(_ddl(READ)).parquet(*paths)
    counted = judgments.mapInArrow(count_one, _ddl(COUNTED))
    groups = counted.groupBy("counter", "part_group")
    added = groups.applyInArrow(add_group, _ddl(COUNTED))
    return total_of(added.toArrow(), counters, rows)


def _ddl(schema: pa.Schema) -> str:
    return ", ".join(f"{field.name} {_DDL[str(field.type)]}" for field in schema)


def _send_code(session: "SparkSession") -> None:
    """Give the cluster the modules of labeltrust that run here, once a session."""
    if session.conf.get(_SENT, ""):
        return
    place = Path(tempfile.mkdtemp(prefix="labeltrust-spark-"))
    # Machines that join later fetch it, so it stays as long as the process.
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    archive, root = place / "labeltrust_code.zip", Path(labeltrust.__file__).parent
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(root.rglob("*.py")):
            file.write(path, Path(root.name) / path.relative_to(root))
    session.sparkContext.addPyFile(str(archive))
    session.conf.set(_SENT, "yes")
