"""Two workers on one PostgreSQL: every alert and every pull has its effect once, whoever dies."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import ExitStack, contextmanager
from dataclasses import replace

import pytest
from commands import environment
from databases import copied
from factories import label, owner
from flagging import flagged
from receivers import channel, near, receiving
from reconciling import CONFIG
from recorded import history, project, record
from servers import until
from studio_server import LEGACY, Studio, studio_serving

from labeltrust.app import wall_clock
from labeltrust.domain.access import SourceDraft
from labeltrust.domain.platform_access import AccessDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.alerting.list_channels import list_channels
from labeltrust.services.connect_source import connect_source
from labeltrust.services.list_pulls import list_pulls
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.settings import Settings

pytestmark = [pytest.mark.postgres, pytest.mark.slow]
LABELS, SOURCES = 20, ("s0", "s1", "s2")


@pytest.fixture
def settings(postgres_server, postgres_template, tmp_path):
    with copied(postgres_server, postgres_template) as url:
        home = tmp_path / "var"
        home.mkdir()
        yield Settings(home=home, database_url=url, unsafe_durability=True)


@pytest.fixture
def here(deployment, clock):
    clock.now = wall_clock()
    networks = replace(deployment.settings, platform_networks="127.0.0.0/8")
    deployment = near(replace(deployment, settings=networks))
    project(deployment)
    record(deployment, [label(f"i{n}", f"l{n}") for n in range(6)])
    return deployment


@contextmanager
def working(here):
    """Run a worker: it tells alerts, reads platforms, and does the rest."""
    more = {"LABELTRUST_UNSAFE_ALERTS": "true", "LABELTRUST_PLATFORM_NETWORKS": "127.0.0.0/8"}
    env = os.environ | environment(here.settings) | more
    command = [sys.executable, "-m", "labeltrust", "worker"]
    process = subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def platform(here, stack, name, first, hangs=None):
    """Connect a source to a platform with annotations that the record lacks."""
    studio = Studio()
    for number in range(LABELS):
        studio.annotate(first + number, first + number)
    if hangs is not None:
        answers = studio.answers

        def held_up(call):
            if call.path == "/api/tasks/":
                hangs.wait(180)
            return answers(call)

        studio.answers = held_up
    url, calls = stack.enter_context(studio_serving(studio))
    draft = SourceDraft(name=name, platform="label-studio", projects=("fraud",), config=CONFIG)
    add_source(here, owner(), draft)
    connect_source(here, owner(), name, AccessDraft(url=url, remote="3", token=LEGACY))
    return calls


def leases_run_out(here):
    """Let the half minute pass after which what a dead worker held is free."""
    with here.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE job SET leased_until = now() WHERE leased_by IS NOT NULL"
        )


def done(here, name):
    return [pull for pull in list_pulls(here, owner(), name) if pull.status == "done"]


def test_of_two_workers_one_is_killed_and_all_has_its_effect_once(here):
    released = threading.Event()
    with ExitStack() as stack:
        stack.callback(released.set)
        receiver = stack.enter_context(receiving(lambda _: released.wait(120)))
        channel(here, "webhook", receiver.url, codes=("flag_opened",))
        flagged(here, "l0", evidence={})
        held = platform(here, stack, "s0", 1_000, released)
        first = stack.enter_context(working(here))
        # It has a pull and a message in its hands, and neither has come to anything.
        assert until(lambda: receiver.got and any("tasks" in c.path for c in held), 180.0)

        second = stack.enter_context(working(here))
        for number, name in enumerate(SOURCES[1:], start=2):
            platform(here, stack, name, number * 1_000)
        for number in range(1, 6):
            flagged(here, f"l{number}", evidence={})
        assert until(lambda: all(done(here, name) for name in SOURCES[1:]), 180.0)
        first.send_signal(signal.SIGKILL)
        first.wait()
        released.set()
        stack.enter_context(working(here))
        leases_run_out(here)
        assert until(lambda: done(here, "s0"), 180.0)
        assert until(lambda: list_channels(here, owner())[0].sent == 6, 180.0)
        assert second.poll() is None

    labels = [e for e in history(here, "label.submitted") if e.annotation_id]
    assert len(labels) == len({e.annotation_id for e in labels}) == LABELS * len(SOURCES)
    assert [pull.found.recorded for name in SOURCES for pull in done(here, name)] == [LABELS] * 3
    (cut,) = [pull for pull in list_pulls(here, owner(), "s0") if pull.status == "failed"]
    assert "cut short" in cut.error
    # The one in the hands of the dead was told again under the same id, the others once.
    ids = [headers["webhook-id"] for _, headers, _ in receiver.got]
    assert (len(ids), len(set(ids)), ids.count(ids[0])) == (7, 6, 2)
    assert {d["data"]["flag"] for d in receiver.documents} == set(range(1, 7))
    assert verify_ledger(here, owner()).ok
