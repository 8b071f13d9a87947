"""A standalone Spark cluster on this machine: a master and workers that can be killed."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from servers import children_of

PATIENCE_SECONDS = 120.0


@dataclass(slots=True)
class Cluster:
    """Processes that we started, and only those are ever ended here."""

    folder: Path
    port: int
    workers: list[subprocess.Popen] = field(default_factory=list)
    _master: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"spark://127.0.0.1:{self.port}"

    def start(self, n_workers: int) -> None:
        """Start the master and workers of one core each, and wait until they know each other."""
        where = ("--host", "127.0.0.1", "--webui-port", "0")
        self._master = self._run("master.Master", *where, "--port", str(self.port))
        self._said("master", "I have been elected leader")
        for _ in range(n_workers):
            self.add_worker(where)

    def add_worker(self, where: tuple[str, ...] = ("--host", "127.0.0.1")) -> None:
        """Start one more worker."""
        size = ("--cores", "1", "--memory", "1500m", "--work-dir", str(self.folder / "work"))
        name = f"worker{len(self.workers)}"
        self.workers.append(self._run("worker.Worker", *where, *size, self.url, name=name))
        self._said(name, "Successfully registered with master")

    def kill_worker(self, number: int) -> None:
        """Kill a worker with all that it started, as when a machine loses power."""
        doomed = [self.workers[number].pid]
        for pid in doomed:
            doomed += children_of(pid)
        for pid in doomed:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.workers[number].wait()

    def stop(self) -> None:
        """End every process."""
        for number in range(len(self.workers)):
            self.kill_worker(number)
        if self._master is not None:
            self._master.kill()
            self._master.wait()

    def _run(self, kind: str, *arguments: str, name: str = "master") -> subprocess.Popen:
        import pyspark

        home = Path(pyspark.__file__).parent
        env = {k: v for k, v in os.environ.items() if not k.startswith(("SPARK", "PYTHONPATH"))}
        command = [home / "bin" / "spark-class", f"org.apache.spark.deploy.{kind}", *arguments]
        with (self.folder / f"{name}.log").open("w") as log:
            return subprocess.Popen(
                [str(part) for part in command],
                env=env | {"SPARK_HOME": str(home), "SPARK_LOCAL_IP": "127.0.0.1"},
                stdout=log,
                stderr=log,
            )

    def _said(self, name: str, words: str) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        log = self.folder / f"{name}.log"
        while words not in log.read_text():
            assert time.monotonic() < deadline, log.read_text()[-2000:]
            time.sleep(0.1)


@contextlib.contextmanager
def running_cluster(folder: Path, port: int, n_workers: int = 2) -> Iterator[Cluster]:
    """Start a cluster and end it at the latest here."""
    cluster = Cluster(folder=folder, port=port)
    try:
        cluster.start(n_workers)
        yield cluster
    finally:
        cluster.stop()
