"""The small form of `make chaos`: a fault once, with all nine oracles; figures: docs/chaos.md.

Which fault runs on which database is chosen so that each database meets each kind of fault in two
runs of CI at most, and the whole stays near a minute on two quiet cores.
"""

from contextlib import contextmanager

import psycopg
import pytest
from chaos.cluster import running_cluster
from chaos.faults import FAULTS
from chaos.plan import Order
from databases import NoServer
from servers import until

from labeltrust.domain.errors import Misconfigured
from labeltrust.settings import Settings
from labeltrust.store.session import DURABLE, open_engine

SMALL = [
    ("F1", "sqlite"),
    ("F2", "sqlite"),
    ("F5", "postgresql"),
    ("F6", "sqlite"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "database"), SMALL)
def test_a_fault_breaks_no_promise(name, database):
    fault = FAULTS[name]

    try:
        done = fault.run(Order(database=database, seed=1, size=fault.small))
    except NoServer as reason:
        pytest.skip(f"no PostgreSQL server can be started here: {reason}")

    if done.skipped:
        pytest.skip(done.skipped)
    assert not done.findings, done


def test_a_second_server_on_sqlite_refuses_and_a_third_may_follow_the_first():
    done = FAULTS["F10"].run(Order(database="sqlite", seed=1, size=FAULTS["F10"].small))

    assert not done.findings, done


@pytest.mark.postgres
@pytest.mark.slow
def test_each_setting_by_which_postgresql_forgets_a_commit_is_refused(tmp_path):
    try:
        with running_cluster() as cluster:
            settings = Settings(home=tmp_path, database_url=cluster.url("postgres"))
            connect(settings)
            for name in DURABLE:
                with set_off(cluster, name), pytest.raises(Misconfigured, match=f"{name} off"):
                    connect(settings)
    except NoServer as reason:
        pytest.skip(f"no PostgreSQL server can be started here: {reason}")


def connect(settings):
    engine = open_engine(settings)
    try:
        engine.connect().close()
    finally:
        engine.dispose()


@contextmanager
def set_off(cluster, name):
    for value in ("off", "on"):
        with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
            connection.execute(f"ALTER SYSTEM SET {name} = {value}")
            connection.execute("SELECT pg_reload_conf()")
        assert until(lambda wanted=value: shown(cluster, name) == wanted)
        if value == "off":
            yield


def shown(cluster, name):
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as connection:
        return connection.execute(f"SHOW {name}").fetchone()[0]
