import pytest
from factories import START
from sqlmodel import select

from labeltrust.store.history import append
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.tables import Chain


def test_a_decision_gets_the_next_place_of_its_chain(database):
    with unit_of_work(database) as session:
        first = append(session, chain="fraud", type="t", actor="os:a", at=START, detail={})
        second = append(session, chain="fraud", type="t", actor="os:a", at=START, detail={})

    assert (first.sequence, second.sequence) == (1, 2)


def test_nothing_stays_of_a_unit_of_work_that_fails(database):
    with pytest.raises(LookupError), unit_of_work(database) as session:
        append(session, chain="fraud", type="t", actor="os:a", at=START, detail={})
        raise LookupError

    with reading(database) as session:
        assert [c.name for c in session.exec(select(Chain))] == ["system"]
