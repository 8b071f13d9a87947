"""An event that we cannot record is held after some tries; its neighbours are on record."""

import pytest
from factories import owner
from records import Record
from sqlalchemy import event, text

from labeltrust.domain.errors import Busy
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store.parking import CODE
from labeltrust.store.quarantine import held_rows
from labeltrust.store.recording import Recorder
from labeltrust.store.session import WRITES, reading
from labeltrust.store.statements import Statements
from labeltrust.store.writer import GroupWriter


class Choking(Recorder):
    """A recorder that raises at some items, as a fault of ours would."""

    choked = 0

    def _record(self, statements, deliveries):
        for packed in deliveries:
            if any(row.item.startswith("poison") for row in packed.rows):
                self.choked += 1
                raise ZeroDivisionError(packed.rows[0].item)
        return super()._record(statements, deliveries)


@pytest.fixture
def recorder(deployment):
    return Choking(deployment.engine, deployment.vault)


def writer_of(recorder):
    return GroupWriter(lambda: recorder, group_rows=1_000, queue_rows=10_000)


async def test_poison_within_a_delivery_is_held_and_the_rest_of_it_is_recorded(
    deployment, recorder
):
    record = Record(deployment)
    items = ["a", "poison-1", "b", "c", "poison-2", "d"]

    with writer_of(recorder) as writer:
        outcome = await writer.submit(record.submission([record.label(i, "ann") for i in items]))

    assert (outcome.accepted, outcome.quarantined) == (4, 2)
    assert [(p.index, p.code) for p in outcome.problems] == [(1, CODE), (4, CODE)]
    assert [item for item, _, _ in record.current()] == ["a", "b", "c", "d"]
    with reading(deployment.engine) as session:
        held = held_rows(session, status="open", projects=None)
    assert [(row.position, row.code) for row in held] == [(1, CODE), (4, CODE)]


async def test_poison_alone_is_tried_before_it_is_held(deployment, recorder):
    record = Record(deployment)

    with writer_of(recorder) as writer:
        outcome = await writer.submit(record.submission([record.label("poison", "ann")]))

    assert (outcome.accepted, outcome.quarantined) == (0, 1)
    assert recorder.choked >= 3


async def test_what_fails_only_once_is_not_held(deployment):
    record = Record(deployment)

    class Once(Choking):
        def _record(self, statements, deliveries):
            if self.choked:
                return super(Choking, self)._record(statements, deliveries)
            return super()._record(statements, deliveries)

    with writer_of(Once(deployment.engine, deployment.vault)) as writer:
        outcome = await writer.submit(record.submission([record.label("poison", "ann")]))

    assert (outcome.accepted, outcome.quarantined) == (1, 0)


def test_a_database_that_is_away_is_busy_by_whichever_way_it_is_asked(deployment, postgres_server):
    if deployment.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no connection to lose")
    with deployment.engine.connect() as connection:
        statements = Statements(connection)
        ((pid,),) = statements.rows("SELECT pg_backend_pid()")
        with deployment.engine.connect() as other:
            other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})

        with pytest.raises(Busy, match="cannot be reached"):
            statements.rows("SELECT 1")

    with deployment.engine.connect() as connection:
        assert Statements(connection).rows("SELECT 1") == [(1,)]


def test_a_full_disk_is_busy_in_a_bulk_statement_too(deployment):
    if deployment.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL cannot be given a small file")
    record, recorder = Record(deployment), Recorder(deployment.engine, deployment.vault)
    with deployment.engine.connect() as connection:
        pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
    events = [record.label(f"i{n}", "ann", content={"t": "x" * 5_000}) for n in range(200)]

    with pytest.raises(Busy, match="full"):
        recorder.record([record.submission(events)])


async def test_the_writer_tells_of_a_refused_commit_until_the_next_good_one(deployment):
    record = Record(deployment)

    class Full(Recorder):
        is_full = True

        def _record(self, statements, deliveries):
            if self.is_full:
                raise Busy("the disk of the database is full")
            return super()._record(statements, deliveries)

    recorder = Full(deployment.engine, deployment.vault)
    with writer_of(recorder) as writer:
        with pytest.raises(Busy):
            await writer.submit(record.submission([record.label("a", "ann")]))
        assert writer.trouble.words == "the disk of the database is full"
        recorder.is_full = False
        await writer.submit(record.submission([record.label("a", "ann")]))

    assert writer.trouble.words == ""


def test_verification_answers_where_its_note_cannot_be_written(deployment):
    if deployment.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL cannot be given a small file")
    record = Record(deployment)
    record.send(record.label("a", "ann"))

    @event.listens_for(deployment.engine, "begin")
    def refuse(connection):
        if connection.get_execution_options().get(WRITES):
            raise Busy("the disk of the database is full")

    assert verify_ledger(deployment, owner()).ok
