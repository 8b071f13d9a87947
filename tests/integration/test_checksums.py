"""What items show is checked at the door, and again wherever it is kept."""

import json

import pytest
from factories import label, owner
from mutating import Hand
from recorded import record
from records import chain_rows
from sqlalchemy import text
from tampering import tamper

from labeltrust.domain.access import SourceChange, SourceDraft
from labeltrust.domain.checksums import content_checksum, with_checksum
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.add_source import add_source, change_source
from labeltrust.services.assess_project import assess_project
from labeltrust.services.check_gate import check_gate
from labeltrust.services.create_project import create_project
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.intake import Intake
from labeltrust.services.list_quarantine import list_quarantine
from labeltrust.services.receive_delivery import receive_delivery
from labeltrust.services.retry_quarantine import retry_quarantine
from labeltrust.services.retry_source import retry_source
from labeltrust.services.slis.document import show_slis
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store.statements import Statements

EVENT = {
    "id": "e1",
    "type": "label.submitted",
    "project": "fraud",
    "item": "txn-9",
    "labeler": "alice",
    "label": "benign",
    "content": {"text": "<b>12.50</b> at a kiosk"},
    "item_features": {"amount": 12.5, "country": "SE"},
}
SENT = with_checksum(EVENT)
FLIPPED = [
    {"content": {"text": "<b>13.50</b> at a kiosk"}},
    {"item_features": {"amount": 12.5, "country": "SF"}},
]


@pytest.fixture
def send(deployment):
    """Send events by the webhook of a source that speaks our own words."""
    create_project(deployment, owner(), ProjectDraft(name="fraud"))
    draft = SourceDraft(name="crm", platform="generic", projects=("fraud",))
    secret = add_source(deployment, owner(), draft)[1].text
    headers = {"authorization": f"Bearer {secret}", "content-type": "application/json"}

    async def run(*events):
        with Intake(deployment) as intake:
            return await receive_delivery(intake, "crm", json.dumps(events).encode(), headers)

    return run


def held(deployment):
    return list_quarantine(deployment, owner())


def labels(deployment):
    return [row for row in chain_rows(deployment, "fraud") if row.type == "label.submitted"]


def kept(deployment):
    with deployment.engine.connect() as connection:
        return list(connection.execute(text("SELECT content, features FROM item_content")))


async def test_a_right_checksum_is_kept_in_the_record_of_the_event(deployment, send):
    outcome = await send(SENT)

    assert (outcome.accepted, outcome.quarantined) == (1, 0)
    (row,) = labels(deployment)
    assert json.loads(row.detail) == {"content_checksum": SENT["content_checksum"]}
    assert verify_ledger(deployment, owner()).ok


async def test_what_is_kept_gives_the_checksum_that_was_stated(deployment, send):
    await send(SENT | {"content": None, "media_url": "u", "item_features": {"n": 1.0}}
               | {"content_checksum": content_checksum({"media_url": "u"}, {"n": 1})})  # fmt: skip

    ((content, features),) = kept(deployment)
    (row,) = labels(deployment)
    found = content_checksum(json.loads(content), json.loads(features))
    assert found == json.loads(row.detail)["content_checksum"]


@pytest.mark.parametrize("flip", FLIPPED)
async def test_a_flipped_byte_is_held_and_released_once_the_source_sends_it_right(
    deployment, send, flip
):
    bad = SENT | flip
    outcome = await send(bad, EVENT | {"id": "e2", "item": "txn-8"})

    assert (outcome.accepted, outcome.quarantined) == (1, 1)
    (row,) = held(deployment)
    found = with_checksum(bad)["content_checksum"]
    assert (row.code, row.source, row.position, row.event_id) == (
        "checksum_mismatch", "crm", 0, "e1",
    )  # fmt: skip
    assert SENT["content_checksum"] in row.detail
    assert found in row.detail
    assert "<b>" not in row.detail

    before = retry_quarantine(deployment, owner(), row.id)
    assert (before.held.status, before.held.code) == ("open", "checksum_mismatch")
    assert "no retry of these bytes can mend that" in before.held.detail

    assert (await send(SENT)).accepted == 1
    after = retry_quarantine(deployment, owner(), row.id)
    assert (after.held.status, after.outcome.accepted, after.outcome.duplicates) == (
        "accepted", 0, 1,
    )  # fmt: skip
    assert len(labels(deployment)) == 2
    assert not held(deployment)
    assert verify_ledger(deployment, owner()).ok


async def test_a_spoiled_copy_of_what_is_on_record_is_no_forgery(deployment, send):
    await send(SENT)

    outcome = await send(SENT | FLIPPED[0])

    assert [one.code for one in outcome.problems] == ["checksum_mismatch"]
    types = [row.type for row in chain_rows(deployment, "fraud")]
    assert "finding.event_id_reused" not in types
    assert retry_source(deployment, owner(), "crm", reason="sent again").read == 1


async def test_another_item_under_the_id_does_not_release_it(deployment, send):
    await send(SENT | FLIPPED[0])
    await send(EVENT | {"item": "txn-7"})
    (row,) = held(deployment)

    found = retry_quarantine(deployment, owner(), row.id)

    assert (found.held.status, found.held.code) == ("open", "checksum_mismatch")


async def test_the_same_event_is_one_event_with_and_without_its_checksum(deployment, send):
    first = await send(EVENT)
    again = await send(SENT)

    assert (again.accepted, again.duplicates) == (0, 1)
    assert again.receipts == first.receipts


async def test_mismatches_count_against_the_source(deployment, send):
    await send(SENT, *({**SENT, **FLIPPED[0], "id": f"bad{n}"} for n in range(3)))

    found = show_slis(deployment, owner(), "fraud").slis
    assert {one.id: one.bad_n for one in found if one.id in {"M4", "M8"} and one.source} == {
        "M4": 3, "M8": 3,
    }  # fmt: skip


async def test_a_source_may_have_to_state_checksums(deployment, send):
    change = SourceChange(config={"require_checksum": True})
    change_source(deployment, owner(), "crm", change)
    bare = {name: EVENT[name] for name in ("type", "project", "item", "labeler", "label")}

    outcome = await send(SENT, EVENT | {"id": "e2"}, bare | {"id": "e3"})

    assert outcome.accepted == 2
    assert [(one.index, one.code) for one in outcome.problems] == [(1, "checksum_missing")]
    change_source(deployment, owner(), "crm", SourceChange(config={}))
    (row,) = held(deployment)
    assert retry_quarantine(deployment, owner(), row.id).held.status == "accepted"


def test_the_setting_is_true_or_false(deployment, send):
    with pytest.raises(InvalidInput, match="require_checksum"):
        change_source(deployment, owner(), "crm", SourceChange(config={"require_checksum": "yes"}))


def test_rows_of_a_file_are_held_and_released_alike(deployment, tmp_path):
    header = "item,labeler,label,item_text,content_checksum\n"
    right = content_checksum({"text": "t"}, {})
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text(f"{header}i1,a,x,t,{right}\ni2,a,x,t,{right}\n")
    bad.write_text(f"{header}i1,a,x,t,{right}\ni2,a,x,T,{right}\n")

    report = import_file(deployment, owner(), ImportRequest(path=bad, project="p"), lambda _: None)

    assert (report.accepted, report.quarantined) == (1, 1)
    (row,) = held(deployment)
    assert (row.code, row.row) == ("checksum_mismatch", 2)
    import_file(deployment, owner(), ImportRequest(path=good, project="p"), lambda _: None)
    assert retry_quarantine(deployment, owner(), row.id).held.status == "accepted"


CHANGES = [
    (
        "UPDATE item_content SET features = '{\"amount\": 99}'",
        "features",
        "not what any source told",
    ),
    ('UPDATE item_content SET content = \'{"text":"x"}\'', "shows", "not what any source told"),
    ("UPDATE item_content SET content = '{}'", "shows", "gone"),
    ("DELETE FROM item_content", "features", "gone"),
]


@pytest.mark.parametrize(("change", "part", "how"), CHANGES)
@pytest.mark.parametrize("sent", [EVENT, SENT], ids=["without", "with"])
async def test_what_is_changed_where_it_is_kept_is_named_until_it_is_right_again(
    deployment, send, change, part, how, sent
):
    await send(sent, EVENT | {"id": "e2", "labeler": "bob", "content": None, "item_features": {}})
    assert verify_ledger(deployment, owner()).items_proven == 2

    tamper(deployment, change)

    found = verify_ledger(deployment, owner())
    assert not found.ok
    assert all(chain.problem is None for chain in found.chains)
    assert any(part in words and how in words for words in found.items)
    reasons = {one.code: one.detail for one in check_gate(deployment, owner(), "fraud").reasons}
    assert reasons["tampering"] == f"{found.items[0]} ({len(found.items)} such)"

    await send(EVENT | {"id": "e3", "labeler": "carol"})

    assert verify_ledger(deployment, owner()).ok
    gate = check_gate(deployment, owner(), "fraud")
    assert "tampering" not in {one.code for one in gate.reasons}


async def test_content_that_no_source_told_shows(deployment, send):
    await send({name: EVENT[name] for name in EVENT if name not in {"content", "item_features"}})
    told = "1, '{\"text\":\"a bribe\"}', '{}', CURRENT_TIMESTAMP FROM item_alias"
    tamper(
        deployment,
        f"INSERT INTO item_content (item_id, content, features, updated_at) SELECT id{told[1:]}",
    )

    assert len(verify_ledger(deployment, owner()).items) == 1


async def test_what_older_records_may_have_told_is_unproven_and_no_alarm(deployment, send):
    """As version 1 recorded it: nothing behind the digest of all that was said."""
    await send(EVENT)
    tamper(
        deployment,
        "UPDATE event SET version = 1",
        "UPDATE event SET content_digest = substr(content_digest, 1, 32) WHERE event_id = 'e1'",
    )
    with deployment.engine.execution_options(labeltrust_writes=True).begin() as connection:
        for chain in ("fraud", "system"):
            Hand(deployment, None, None, Statements(connection)).rehash(chain)

    found = verify_ledger(deployment, owner())
    assert (found.ok, found.items_proven, found.items_unproven) == (True, 0, 2)

    await send(EVENT | {"id": "e2", "labeler": "bob"})

    found = verify_ledger(deployment, owner())
    assert (found.ok, found.items_proven, found.items_unproven) == (True, 2, 0)


async def test_content_and_features_told_apart_are_both_kept_and_proven(deployment, send):
    """In one transaction, in two, and in the wrong order of time."""
    late, early = "2026-11-22T10:00:00Z", "2026-11-22T09:00:00Z"
    only = {name: EVENT[name] for name in ("project", "item")} | {"type": "item.described"}
    content = only | {"content": EVENT["content"]}
    features = only | {"item_features": EVENT["item_features"]}
    together = [content | {"id": "1", "item": "a"}, features | {"id": "2", "item": "a"}]

    await send(*together, features | {"id": "3", "item": "b", "occurred_at": late})
    await send(content | {"id": "4", "item": "b", "occurred_at": early})

    wanted = tuple(
        json.dumps(EVENT[name], separators=(",", ":")) for name in ("content", "item_features")
    )
    assert [tuple(row) for row in kept(deployment)] == [wanted, wanted]
    assert verify_ledger(deployment, owner()).items_proven == 4


async def test_what_is_told_while_the_history_is_verified_is_no_alarm(deployment, send):
    await send(EVENT)
    told = []

    def meanwhile(done, total):
        if done == total and not told:
            event = label("txn-9", "bob", label="benign", content={"text": "newer"})
            told.append(record(deployment, [event], source="crm"))

    found = verify_ledger(deployment, owner(), progress=meanwhile)

    assert (len(told), found.ok, found.items) == (1, True, ())
    assert (found.items_proven, kept(deployment)[0][0]) == (1, '{"text":"newer"}')


async def test_provenance_does_not_hold_while_what_is_kept_is_not_what_was_told(deployment, send):
    await send(SENT)
    assess_project(deployment, owner(), "fraud")
    tamper(deployment, CHANGES[0][0])
    verify_ledger(deployment, owner())

    found = {one.id: one.bad_n for one in show_slis(deployment, owner(), "fraud").slis}

    assert found["M5"] == 1
