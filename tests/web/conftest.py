"""The real application on real databases, and callers of every role."""

import asyncio

import httpx
import pytest
from factories import owner
from web.tables import applied

from labeltrust.domain.access import KeyDraft
from labeltrust.domain.principals import ROLES
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.create_key import create_key
from labeltrust.services.create_project import create_project
from labeltrust.settings import Settings

TOKEN_OF_GENERIC = "generic-token-of-the-tests"


@pytest.fixture
def settings(settings) -> Settings:
    """As everywhere, but a key is looked up each time, so that tests need not wait."""
    values = {name: getattr(settings, name) for name in ("home", "database_url")}
    return Settings(
        **values, unsafe_durability=settings.unsafe_durability, key_cache_seconds=0.0,
        embedded_worker=False, live_seconds=0.0,
    )  # fmt: skip


@pytest.fixture
async def app(deployment):
    """The application with its lifespan running."""
    up, down = asyncio.Event(), asyncio.Event()
    with applied(deployment) as app:
        # One task enters and leaves the lifespan, since fixtures begin and end in different ones.
        task = asyncio.create_task(_live(app, up, down))
        waiting = asyncio.create_task(up.wait())
        await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        waiting.cancel()
        if up.is_set():
            yield app
        down.set()
        await task


async def _live(app, up, down) -> None:
    async with app.lifespan():
        up.set()
        await down.wait()


@pytest.fixture
async def outsider(app):
    """A client without any key."""
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://labeltrust") as client:
        yield client


@pytest.fixture
def fraud(deployment):
    """A project to work on."""
    return create_project(deployment, owner(), ProjectDraft(name="fraud"))


@pytest.fixture
def other_project(deployment):
    """A project of somebody else."""
    return create_project(deployment, owner(), ProjectDraft(name="theirs"))


@pytest.fixture
def key_of(deployment, fraud, outsider):
    """Makes keys: the text of a key of a role, for project `fraud` unless said otherwise."""

    def make(role, *, projects=("fraud",), **more) -> str:
        draft = KeyDraft(name=f"{role} of the tests", role=role, projects=projects, **more)
        return create_key(deployment, owner(), draft).text

    return make


@pytest.fixture
async def caller(app, key_of):
    """Makes clients: one that calls with a new key of a role."""
    clients = []

    def make(role, **more) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {key_of(role, **more)}"}
        transport = httpx.ASGITransport(app)
        client = httpx.AsyncClient(
            transport=transport, base_url="http://labeltrust", headers=headers
        )
        clients.append(client)
        return client

    yield make
    for client in clients:
        await client.aclose()


@pytest.fixture
def people_roles():
    return [role for role in ROLES if role != "source"]
