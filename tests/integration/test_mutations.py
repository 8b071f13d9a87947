"""No change to history goes unnoticed; `make mutations` does 700 of them on each database."""

from random import Random

import pytest
from factories import owner
from mutating import KINDS, is_rightly_found, mutated, world_of

from labeltrust.services.verify_ledger import verify_ledger


@pytest.fixture(scope="module")
def sqlite_world(sqlite_template, tmp_path_factory):
    with world_of(tmp_path_factory.mktemp("world"), sqlite_template) as world:
        yield world


@pytest.fixture(scope="module")
def postgres_world(postgres_server, postgres_template, tmp_path_factory):
    home = tmp_path_factory.mktemp("world")
    with world_of(home, postgres_template, server=postgres_server) as world:
        yield world


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_tampering_is_found_and_named(sqlite_world, kind):
    random = Random(kind)  # noqa: S311

    found = [mutated(sqlite_world, kind, random) for _ in range(5)]

    assert [one for one in found if not is_rightly_found(sqlite_world, one, kind)] == []


@pytest.mark.postgres
@pytest.mark.parametrize("kind", KINDS)
def test_on_postgresql_as_well(postgres_world, kind):
    found = mutated(postgres_world, kind, Random(kind))  # noqa: S311

    assert is_rightly_found(postgres_world, found, kind), found


def test_a_clean_history_raises_no_alarm(sqlite_world):
    for template in (sqlite_world.template, *(name for name, _ in sqlite_world.backups)):
        with sqlite_world.copy(template) as deployment:
            assert verify_ledger(deployment, owner()).ok

    with sqlite_world.copy() as deployment:
        report = verify_ledger(deployment, owner(), outside=sqlite_world.outside)
        assert report.ok
        assert report.outside == len(sqlite_world.outside)
