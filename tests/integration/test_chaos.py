"""The small form of `make chaos`: a fault once, with all nine oracles; figures: docs/chaos.md.

Which fault runs on which database is chosen so that each database meets each kind of fault in two
runs of CI at most, and the whole stays near a minute on two quiet cores.
"""

import pytest
from chaos.faults import FAULTS
from chaos.plan import Order
from databases import NoServer

SMALL = [
    ("F1", "sqlite"),
    ("F2", "sqlite"),
    ("F5", "postgresql"),
    ("F6", "sqlite"),
    ("F15", "sqlite"),
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
