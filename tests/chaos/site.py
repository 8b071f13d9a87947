"""An installation under test: its settings, database, sender's key, and who listens to alerts."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from chaos.cluster import Cluster, running_cluster
from chaos.counters import Sometimes
from chaos.process import Running
from chaos.sender import Senders
from chaos.sender_log import SenderLog
from chaos.traffic import PROJECT
from commands import environment
from factories import owner

from labeltrust.app import build_deployment
from labeltrust.domain.access import KeyDraft, SourceDraft
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.create_key import create_key
from labeltrust.services.create_project import create_project
from labeltrust.services.deployment import Deployment
from labeltrust.settings import Settings
from labeltrust.store.migrate import migrate
from labeltrust.store.session import open_engine

CANARY = "whsec_Q0hBT1NDQU5BUllfZG9fbm90X2xvZ19tZQ=="
SOURCE = "crm"


@dataclass(slots=True)
class Site:
    """One installation, the log of what was sent to it, and what was seen."""

    home: Path
    settings: Settings
    kind: str
    seed: int
    key: str = ""
    cluster: Cluster | None = None
    sometimes: Sometimes = field(default_factory=Sometimes)
    senders: list[Senders] = field(default_factory=list)
    heads: list[tuple[int, bytes]] = field(default_factory=list)
    more: dict[str, str] = field(default_factory=dict)
    log: SenderLog = field(init=False)
    receiver: Any = None
    processes: list[Running] = field(default_factory=list)
    server_log: Path = Path("serve.log")

    def __post_init__(self) -> None:
        """Begin the sender's log."""
        self.log = SenderLog(self.home.parent / "sender.log")

    def running(self, *command: str, before: tuple[str, ...] = (), **more: str) -> Running:
        """Return a process of labeltrust, not started yet."""
        given = environment(self.settings) | {"LABELTRUST_ASSESS_AFTER_SECONDS": "1"}
        made = Running(
            environment=given | self.more | more,
            log=self.server_log,
            command=command or ("serve",),
            before=before,
        )
        self.processes.append(made)
        return made

    def sending(self, *servers: Running, **more: object) -> Senders:
        """Return senders to one or more servers; a context manager."""
        values = {"seed": self.seed} | more
        urls = [server.url for server in servers]
        made = Senders(urls, self.key, self.log, self.sometimes, **values)  # type: ignore[arg-type]
        self.senders.append(made)
        return made

    @contextlib.contextmanager
    def opened(self) -> Iterator[Deployment]:
        """Open the installation beside its servers."""
        deployment = build_deployment(self.settings)
        try:
            yield deployment
        finally:
            deployment.engine.dispose()


@contextlib.contextmanager
def fresh_site(
    kind: str,
    seed: int,
    *,
    folder: Path | None = None,
    cluster: Cluster | None = None,
    **more: object,
) -> Iterator[Site]:
    """Make an installation on SQLite, or on PostgreSQL with every commit synced.

    Args:
        kind: `sqlite` or `postgresql`.
        seed: Of this run.
        folder: Where data goes, such as a small file system; a temporary one otherwise.
        cluster: The PostgreSQL to use; one of our own otherwise.
        more: Settings that differ.
    """
    with contextlib.ExitStack() as stack:
        own = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lt-chaos-")))
        home = (folder or own) / "var"
        home.mkdir(mode=0o700)
        url = ""
        if kind == "postgresql":
            cluster = cluster or stack.enter_context(running_cluster())
            url = cluster.create(f"chaos_{seed}_{own.name[-6:].lower()}")
        settings = Settings(home=home, database_url=url, **more)  # type: ignore[arg-type]
        site = Site(home=home, settings=settings, kind=kind, seed=seed, cluster=cluster)
        # Logs live outside a folder that may be full on purpose.
        site.log.path = own / "sender.log"
        site.server_log = own / "serve.log"
        _furnish(site)
        try:
            yield site
        finally:
            for process in site.processes:
                process.kill()


def _furnish(site: Site) -> None:
    engine = open_engine(site.settings)
    migrate(engine)
    engine.dispose()
    with site.opened() as deployment:
        create_project(deployment, owner(), ProjectDraft(name=PROJECT))
        draft = SourceDraft(name=SOURCE, platform="generic", projects=(PROJECT,))
        add_source(deployment, owner(), draft)
        key = KeyDraft(name="chaos", role="source", source=SOURCE)
        site.key = create_key(deployment, owner(), key).text
