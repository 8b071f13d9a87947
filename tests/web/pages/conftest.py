"""A crowd with a suspect, and a browser that looks at it."""

import shutil
from pathlib import Path

import httpx
import pytest
from factories import StepClock
from web.crowds import assessed_home
from web.tables import applied

from labeltrust.app import build_deployment, wall_clock
from labeltrust.settings import Settings


@pytest.fixture(scope="module")
def crowd_home(tmp_path_factory) -> Path:
    return assessed_home(tmp_path_factory.mktemp("crowd"))


@pytest.fixture
def settings(crowd_home, tmp_path) -> Settings:
    home = tmp_path / "var"
    shutil.copytree(crowd_home, home)
    return Settings(home=home, key_cache_seconds=0.0, live_seconds=0.0)


@pytest.fixture
def clock() -> StepClock:
    return StepClock(wall_clock())


@pytest.fixture
def deployment(settings, clock):
    deployment = build_deployment(settings, clock)
    yield deployment
    deployment.engine.dispose()


@pytest.fixture
async def browser(deployment):
    """A browser that is not signed in."""
    headers = {"Accept": "text/html"}
    with applied(deployment) as app:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://labeltrust", headers=headers
        ) as client:
            yield client
