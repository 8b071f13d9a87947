"""The server as PostgreSQL's own role without the right to rewrite: all works, but that."""

from dataclasses import replace

import pytest
from audited import crowd, drawn, reviewed
from commands import commands
from databases import as_app_role, made_role
from factories import owner
from flagging import flagged, person
from sqlalchemy import text

from labeltrust.app import build_deployment
from labeltrust.domain.access import KeyDraft
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_key import create_key
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.erase_labeler import erase_labeler
from labeltrust.services.finish_audit import finish_audit
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.open_appeal import open_appeal
from labeltrust.services.revoke_key import revoke_key
from labeltrust.services.rotate_secret import rotate_secret
from labeltrust.services.use_snapshot import use_snapshot
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store.grants import app_role, guarded_tables
from labeltrust.store.session import WRITES

UPDATE = "UPDATE {} SET {} = {}"
pytestmark = pytest.mark.postgres


@pytest.fixture(params=["postgres"])
def settings(settings):
    """The database of a test on PostgreSQL, as its owner reaches it."""
    return settings


@pytest.fixture
def cli(settings, monkeypatch, capsys):
    return commands(settings, monkeypatch, capsys)


@pytest.fixture
def served(settings, cli, clock):
    """The installation as a server's own role reaches it, granted by the command."""
    said = cli("migrate", "--app-role", made_role(settings.database_url), "--json")
    assert said.document["app_role"] == "lt_app_of_tests", said.err
    url = as_app_role(settings.database_url)
    deployment = build_deployment(replace(settings, database_url=url), clock)
    yield deployment
    deployment.engine.dispose()


def test_a_whole_project_lives_and_its_history_cannot_be_rewritten(served):
    lead = person(served, "ann")
    crowd(served)
    document = assess_project(served, owner(), "fraud")
    flag = flagged(served, "mallory", freeze="label")
    audit = drawn(served, labeler="mallory").audit.id
    reviewed(served, audit, "bea", "cai")
    finish_audit(served, lead, audit, note="done")
    decide_flag(served, lead, flag, verdict="confirm", note="41 of 60 were wrong")
    draft = FreezeDraft(project="fraud", labeler="liar-a", reason="accused")
    freeze = freeze_labels(served, lead, draft).id
    open_appeal(served, lead, freeze, reason="I was right")
    lift_freeze(served, lead, freeze, reason="a mistake")
    snapshot = create_snapshot(served, lead, "fraud")["snapshot"]
    use_snapshot(served, lead, snapshot, reason="the best there is")
    rotate_secret(served, owner(), source="feed")
    key = create_key(served, owner(), KeyDraft(name="k", role="auditor")).key
    revoke_key(served, owner(), key_id=key.key_id, reason="lost")
    erase_labeler(served, owner(), _number(served, "liar-b"), reason="asked for it")

    assert document["labelers_n"] == 6
    assert verify_ledger(served, owner()).ok
    assert rewritten(served.engine) == []


def _number(deployment, name):
    with deployment.engine.connect() as connection:
        wanted = text("SELECT id FROM labeler_alias WHERE outside_id = :name")
        return connection.execute(wanted, {"name": name}).scalar_one()


def rewritten(engine) -> list[str]:
    """Return the acts on kept rows that PostgreSQL did not deny, whatever triggers would say."""
    acts = ["DELETE FROM {}", "TRUNCATE {} CASCADE", "ALTER TABLE {} DISABLE TRIGGER USER",
            "DROP TABLE {} CASCADE"]  # fmt: skip
    wanted = [act.format(table) for table in guarded_tables() for act in acts]
    with engine.connect() as connection:
        for table, changes in guarded_tables().items():
            found = connection.execute(
                text("SELECT column_name FROM information_schema.columns WHERE table_name = :t"),
                {"t": table},
            )
            kept = set(found.scalars()) - set(changes)
            wanted += [UPDATE.format(table, column, column) for column in kept]
    wanted += ["SET session_replication_role = replica", "DROP FUNCTION labeltrust_refuse CASCADE"]
    return [act for act in wanted if not _denied(engine, act)]


def _denied(engine, act: str) -> bool:
    with engine.execution_options(**{WRITES: True}).connect() as connection:
        try:
            connection.execute(text(act))
        except Exception as error:  # noqa: BLE001 - the driver has several
            return "permission denied" in str(error) or "must be owner" in str(error)
        finally:
            connection.rollback()
    return False


def test_who_could_rewrite_is_named_and_who_cannot_is_not(served, settings, cli, monkeypatch):
    mine = app_role(served.engine)
    monkeypatch.setenv("LABELTRUST_UNSAFE_DURABILITY", "true")
    doctor = cli("doctor", "--json").document
    theirs = next(c for c in doctor["checks"] if c["check"] == "role")

    assert (mine.name, mine.excess) == ("lt_app_of_tests", ())
    assert "superuser" in theirs["found"]


def test_one_right_too_many_is_found(served, settings):
    owner_engine = build_deployment(settings).engine
    with owner_engine.execution_options(**{WRITES: True}).begin() as connection:
        connection.execute(text("GRANT UPDATE (label) ON event TO lt_app_of_tests"))
        connection.execute(text("GRANT TRUNCATE ON delivery TO lt_app_of_tests"))
    owner_engine.dispose()

    assert set(app_role(served.engine).excess) == {"may update event", "may truncate delivery"}


def test_a_role_that_is_not_there_and_a_database_without_roles_are_refused(
    cli, tmp_path, monkeypatch
):
    unknown = cli("migrate", "--app-role", "nobody_of_that_name")
    monkeypatch.setenv("LABELTRUST_DATABASE_URL", f"sqlite:///{tmp_path / 'x.db'}")
    sqlite = cli("migrate", "--app-role", "labeltrust_app")

    assert unknown.code == sqlite.code == 2
    assert "CREATE ROLE" in unknown.err
    assert "sqlite has no roles" in sqlite.err
