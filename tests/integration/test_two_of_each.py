"""Two servers and two workers on one PostgreSQL, one of each killed: every assessment once."""

from collections import Counter
from itertools import cycle

import httpx
import pytest
from chaos.process import Running
from commands import environment
from databases import copied
from factories import owner
from recorded import history
from servers import until

from labeltrust.app import build_deployment, wall_clock
from labeltrust.domain.access import KeyDraft, SourceDraft
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.create_key import create_key
from labeltrust.services.create_project import create_project
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.settings import Settings

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
PROJECTS = tuple(f"p{number}" for number in range(5))
BATCHES, SIZE = 8, 5


@pytest.fixture
def settings(postgres_server, postgres_template, tmp_path):
    with copied(postgres_server, postgres_template) as url:
        home = tmp_path / "var"
        home.mkdir()
        yield Settings(home=home, database_url=url, unsafe_durability=True)


@pytest.fixture
def here(settings):
    deployment = build_deployment(settings)
    for name in PROJECTS:
        create_project(deployment, owner(), ProjectDraft(name=name))
    add_source(deployment, owner(), SourceDraft(name="crm", platform="generic", projects=PROJECTS))
    yield deployment
    deployment.engine.dispose()


@pytest.fixture
def started(here, tmp_path):
    """Return a function that starts processes, all of which end with the test."""
    more = {
        "LABELTRUST_EMBEDDED_WORKER": "false",
        "LABELTRUST_ASSESS_AFTER_SECONDS": "0.1",
        "LABELTRUST_LEASE_SECONDS": "2",
    }
    all_of_them = []

    def start(kind, name, failpoints=""):
        process = Running(
            environment=environment(here.settings) | more,
            log=tmp_path / f"{name}.log",
            command=(kind,),
        )
        all_of_them.append(process)
        process.start(failpoints=failpoints, wait=False)
        return process

    yield start
    for process in all_of_them:
        process.kill()


def sent(servers, key):
    """Send labels of all projects to the servers in turn; kill the first one half way."""
    turn = cycle(servers)
    for number in range(BATCHES):
        if number == BATCHES // 2:
            servers[0].kill()
        batch = [_event(project, number * SIZE + n) for project in PROJECTS for n in range(SIZE)]
        while not _taken(next(turn), key, batch):  # the other one takes it
            pass


def _event(project, number):
    return {
        "id": f"{project}-{number}",
        "type": "label.submitted",
        "project": project,
        "item": f"i{number % 10}",
        "labeler": f"l{number // 10}",
        "label": "benign" if number % 3 else "fraud",
    }


def _taken(server, key, batch):
    try:
        answer = httpx.post(
            f"{server.url}/v1/events",
            json=batch,
            headers={"Authorization": f"Bearer {key}"},
            timeout=30,
        )
    except httpx.TransportError:
        return False
    return answer.status_code == httpx.codes.ACCEPTED


def assessed(here):
    return Counter(row.chain_id for row in history(here, "assessment.made"))


def test_every_project_is_assessed_once_whoever_dies(here, started, tmp_path):
    key = create_key(here, owner(), KeyDraft(name="crm", role="source", source="crm")).text
    servers = [started("serve", "server0"), started("serve", "server1")]
    assert all(server.answers(60) for server in servers)
    sent(servers, key)
    asked_at = wall_clock()

    dies = started("worker", "worker0", "assess/before-commit#1=kill")
    traces = [tmp_path / "worker1.trace", tmp_path / "worker2.trace"]
    started("worker", "worker1", f"trace={traces[0]}")
    assert until(lambda: not dies.is_alive, 120)
    started("worker", "worker2", f"trace={traces[1]}")

    assert until(lambda: len(assessed(here)) == len(PROJECTS), 120)
    assert until(lambda: done(traces) == len(PROJECTS), 20)
    assert set(assessed(here).values()) == {1}
    labels = history(here, "label.submitted")
    assert len(labels) == len({row.event_id for row in labels}) == BATCHES * SIZE * len(PROJECTS)
    assert all(row.received_us / 1e6 < asked_at.timestamp() for row in labels)
    assert verify_ledger(here, owner()).ok


def done(traces):
    """Return how many assessments the workers brought to their end."""
    lines = [line for path in traces if path.exists() for line in path.read_text().splitlines()]
    return sum(line.startswith("assess/done") for line in lines)
