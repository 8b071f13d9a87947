"""Privacy: names in one place, originals sealed, erasing that leaves a history that verifies."""

import secrets
from datetime import timedelta

import pytest
from factories import owner
from hypothesis import given, settings
from hypothesis import strategies as st
from records import Record
from sqlalchemy import text
from sqlmodel import select

from labeltrust.domain.errors import Conflict, Misconfigured, NotFound, Tampered
from labeltrust.services.deployment import Deployment
from labeltrust.services.erase_labeler import erase_labeler
from labeltrust.services.list_quarantine import list_quarantine, show_quarantine
from labeltrust.services.retire_deliveries import retire_deliveries
from labeltrust.services.retry_quarantine import retry_quarantine
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.settings import Settings
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading
from labeltrust.store.tables import Delivery, LabelerAlias
from labeltrust.store.vault import open_vault, vault_of


def everything(deployment) -> bytes:
    """Every byte of every table, as a dump would show it, and of the file where there is one."""
    parts = []
    with deployment.engine.connect() as connection:
        names = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'"
        if connection.dialect.name == "postgresql":
            names = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        for name in connection.execute(text(names)).scalars().all():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"'):  # noqa: S608
                parts += [v if isinstance(v, bytes) else str(v).encode() for v in row]
    if deployment.engine.dialect.name == "sqlite":
        parts.append((deployment.settings.home / "labeltrust.db").read_bytes())
    return b"\n".join(parts)


def labeler_id(deployment, name):
    with reading(deployment.engine) as session:
        wanted = select(LabelerAlias).where(LabelerAlias.outside_id == name)
        return session.exec(wanted).one().id


def test_secrets_and_raw_bodies_are_nowhere_in_the_clear(deployment):
    record = Record(deployment)
    canary = secrets.token_hex(16)

    record.send(record.label("i1", "ann"), body=f"raw {canary}".encode())

    assert canary.encode() not in everything(deployment)
    key = deployment.settings.key_file.read_text().strip()
    assert key.encode() not in everything(deployment)
    assert bytes.fromhex(key) not in everything(deployment)


def test_names_stand_in_the_table_of_names_only(deployment):
    record = Record(deployment)
    name = f"person-{secrets.token_hex(8)}"
    record.send(record.label("i1", name, detail={"provenance": {"session": name, "network": name}}))

    with deployment.engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM event")).all()

    assert not any(name in str(value) for row in rows for value in row)


def test_erasing_a_labeler_leaves_labels_and_a_history_that_verifies(deployment):
    record = Record(deployment)
    name, body = f"person-{secrets.token_hex(8)}", secrets.token_bytes(32)
    event = record.label("i1", name)
    record.send(event, record.label("i1", "bob"), body=b"by " + name.encode() + body)
    before = record.judgments()

    erased = erase_labeler(
        deployment, owner(), labeler_id(deployment, name), reason="asked for by letter"
    )

    assert (erased.names, erased.deliveries) == (1, 1)
    assert name.encode() not in everything(deployment)
    after = record.judgments()
    assert after.label.tolist() == before.label.tolist()
    assert after.labeler.tolist() == before.labeler.tolist()
    assert {labeler.name for labeler in after.labelers} == {f"labeler #{erased.labeler_id}", "bob"}
    assert verify_ledger(deployment, owner()).ok


def test_an_erased_labelers_event_that_comes_again_brings_no_name_back(deployment):
    record = Record(deployment)
    name = f"person-{secrets.token_hex(8)}"
    event = record.label("i1", name)
    receipts = record.send(event).receipts
    erase_labeler(deployment, owner(), labeler_id(deployment, name), reason="letter")

    again = record.send(event)

    assert (again.duplicates, again.receipts) == (1, receipts)
    assert name.encode() not in everything(deployment)


def test_what_an_erased_person_says_anew_is_said_by_somebody_new(deployment):
    record = Record(deployment)
    name = f"person-{secrets.token_hex(8)}"
    record.send(record.label("i1", name, "a"))
    old = labeler_id(deployment, name)
    erase_labeler(deployment, owner(), old, reason="letter")

    record.send(record.label("i1", name, "b"))

    assert [x.name for x in record.judgments().labelers] == [f"labeler #{old}", name]


def test_erasing_nobody_is_refused(deployment):
    with pytest.raises(NotFound):
        erase_labeler(deployment, owner(), 10**6, reason="letter")


def test_originals_past_their_time_lose_their_keys_and_nothing_else(deployment, clock):
    record = Record(deployment)
    record.send(record.label("i1", "ann", project="nowhere"), record.label("i2", "ann"))
    clock.tick(86_400 * 31)
    record.send(record.label("i3", "ann"), body=b"young")
    settings_ = Settings(
        home=deployment.settings.home,
        database_url=deployment.settings.database_url,
        unsafe_durability=True,
        raw_retention_days=30,
    )
    keeper = Deployment(
        settings=settings_, engine=deployment.engine, vault=deployment.vault, clock=clock
    )

    retired = retire_deliveries(keeper, owner())

    assert (retired.deliveries, retired.before) == (1, clock() - timedelta(days=30))
    with reading(deployment.engine) as session:
        kept = session.exec(select(Delivery).order_by(Delivery.id)).all()
    assert [(d.body is None, d.data_key is None) for d in kept] == [(True, True), (False, False)]
    assert all(len(d.digest) == 32 for d in kept)
    assert verify_ledger(deployment, owner()).ok
    [held] = list_quarantine(deployment, owner())
    assert show_quarantine(deployment, owner(), held.id).body is None
    with pytest.raises(Conflict, match="destroyed"):
        retry_quarantine(deployment, owner(), held.id)
    assert retire_deliveries(keeper, owner()).deliveries == 0


@given(body=st.binary(max_size=200), flip=st.integers(0, 10**6))
@settings(max_examples=50)
def test_a_sealed_body_opens_unchanged_or_not_at_all(body, flip):
    vault = vault_of(bytes(range(32)))
    sealed, data_key = vault.seal(body)
    assert vault.open(sealed, data_key) == body

    for part in (0, 1):
        broken = [bytearray(sealed), bytearray(data_key)]
        place = flip % (8 * len(broken[part]))
        broken[part][place // 8] ^= 1 << place % 8
        with pytest.raises(Tampered):
            vault.open(*map(bytes, broken))


def test_a_sealed_secret_is_no_sealed_body_and_opens_by_its_own_key_only():
    vault, other = vault_of(bytes(32)), vault_of(bytes([1]) * 32)
    sealed = vault.seal_secret("whsec_abc")

    assert vault.open_secret(sealed) == "whsec_abc"
    with pytest.raises(Tampered):
        other.open_secret(sealed)
    with pytest.raises(Tampered):
        vault.open(*reversed(vault.seal(b"x")))


def test_the_master_key_is_made_once_and_readable_by_its_owner_alone(tmp_path):
    settings_ = Settings(home=tmp_path)

    first, second = open_vault(settings_), open_vault(settings_)

    assert first.fingerprint == second.fingerprint
    assert settings_.key_file.stat().st_mode & 0o777 == 0o600
    assert [p.name for p in settings_.key_file.parent.iterdir()] == ["master.key"]


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "00" * 33])
def test_a_file_that_holds_no_key_is_refused(tmp_path, content):
    settings_ = Settings(home=tmp_path)
    settings_.key_file.parent.mkdir(parents=True)
    settings_.key_file.write_text(content)

    with pytest.raises(Misconfigured):
        open_vault(settings_)


def test_a_database_without_its_key_file_is_refused_not_begun_anew(deployment):
    Recorder(deployment.engine, deployment.vault)

    with pytest.raises(Misconfigured, match="does not belong to this database"):
        Recorder(deployment.engine, vault_of(bytes(32)))


@given(space=st.text(max_size=8), a=st.text(max_size=8), b=st.text(max_size=8))
def test_a_lookup_tells_spaces_and_ids_apart(space, a, b):
    vault = vault_of(bytes(32))
    try:
        found = {vault.lookup(space, a), vault.lookup(space + a, b), vault.lookup(a, space + b)}
    except UnicodeEncodeError:
        return

    assert len(found) == len({(space, a), (space + a, b), (a, space + b)})
    assert all(len(digest) == 20 for digest in found)
