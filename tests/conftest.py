"""Fixtures of the whole suite: databases, a deployment, a clock that moves when told."""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest
from databases import (
    AS_APP_ROLE,
    NoServer,
    as_app_role,
    copied,
    migrated_file,
    migrated_template,
    running_postgres,
)
from effort import FIGURES
from factories import StepClock
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from labeltrust.services.deployment import Deployment
from labeltrust.settings import Settings
from labeltrust.store.session import open_engine
from labeltrust.store.vault import open_vault

# As in `labeltrust/__main__.py`: half a second of every test process that draws charts.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

# Thousands of small databases that are thrown away: in memory a sync costs nothing. Where memory is
# scarce (containers give 64 MB) they lie on the disk;
# what syncs is tested by strace and by `make chaos`, on a real disk.
_MEMORY, _ENOUGH = Path("/dev/shm"), 6 << 30  # noqa: S108 - a folder in memory is what is meant
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH:
    os.environ["TMPDIR"] = str(_MEMORY)
    tempfile.tempdir = None

collect_ignore = ["labelstudio", "chaos"]  # programs of their own: `make labelstudio`, `make chaos`

# One database serves all examples of a test: every example uses names of its own.
hypothesis_settings.register_profile(
    "labeltrust", deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
hypothesis_settings.load_profile("labeltrust")


def pytest_collection_finish() -> None:
    """Leave the collected tests and what they import out of every later search for garbage.

    Walking over millions of objects that stay was 30 % of the processor time of small tests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def pytest_terminal_summary(terminalreporter):
    """Show the figures of tests that keep some."""
    for line in FIGURES:
        terminalreporter.write_line(line)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory) -> Path:
    return migrated_file(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="session")
def postgres_server():
    """The URL of a real PostgreSQL server, one a test process."""
    try:
        with running_postgres() as url:
            yield url
    except NoServer as reason:
        pytest.skip(f"no PostgreSQL server can be started here: {reason}")


@pytest.fixture(scope="session")
def postgres_template(postgres_server) -> str:
    return migrated_template(postgres_server)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def settings(request, tmp_path):
    """Settings of an installation of its own with a migrated database, on both databases."""
    home = tmp_path / "var"
    home.mkdir()
    if request.param == "sqlite":
        template = request.getfixturevalue("sqlite_template")
        shutil.copy(template, home / "labeltrust.db")
        yield Settings(home=home)
        return
    server = request.getfixturevalue("postgres_server")
    template = request.getfixturevalue("postgres_template")
    with copied(server, template) as owned:
        # Those who tamper need the owner; everything else must work as the server's own role.
        url = as_app_role(owned) if os.environ.get(AS_APP_ROLE) else owned
        yield Settings(home=home, database_url=url, unsafe_durability=True)


@pytest.fixture
def database(settings):
    """The engine of a migrated database, on SQLite and on PostgreSQL."""
    engine = open_engine(settings)
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> StepClock:
    return StepClock()


@pytest.fixture
def deployment(settings, database, clock) -> Deployment:
    """One installation, nothing in it yet."""
    vault = open_vault(settings)
    return Deployment(settings=settings, engine=database, vault=vault, clock=clock)
