"""Refusals: unproven leaves no trace; proven but unreadable is kept; bad events harm no others."""

import json

import pytest
from factories import owner
from hypothesis import given, settings
from hypothesis import strategies as st
from records import Record, chain_rows
from sqlmodel import func, select

from labeltrust.domain.access import SourceChange, SourceDraft
from labeltrust.domain.errors import NotAllowed, NotProven, TooLarge
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.services.add_source import add_source, change_source
from labeltrust.services.create_project import create_project
from labeltrust.services.discard_quarantine import discard_quarantine
from labeltrust.services.intake import Intake
from labeltrust.services.list_quarantine import list_quarantine, show_quarantine
from labeltrust.services.receive_delivery import receive_delivery
from labeltrust.services.record_events import record_events
from labeltrust.services.retry_quarantine import retry_quarantine
from labeltrust.store.session import reading
from labeltrust.store.tables import Delivery, Quarantine


@pytest.fixture
def crm(deployment):
    """A project with a generic webhook source; its secret."""
    create_project(deployment, owner(), ProjectDraft(name="fraud"))
    draft = SourceDraft(name="crm", platform="generic", projects=("fraud",))
    return add_source(deployment, owner(), draft)[1].text


@pytest.fixture
def intake(deployment):
    with Intake(deployment) as opened:
        yield opened


def stored(deployment):
    with reading(deployment.engine) as session:
        counts = [session.exec(select(func.count()).select_from(t)) for t in (Delivery, Quarantine)]
        return tuple(found.one() for found in counts)


def event(**fields):
    values = {"id": "e1", "type": "label.submitted", "project": "fraud", "item": "i1"}
    return values | {"labeler": "ann", "label": "yes"} | fields


def bearer(secret):
    return {"authorization": f"Bearer {secret}", "content-type": "application/json"}


def body(*events):
    return json.dumps(list(events)).encode()


async def send(intake, secret, *events, raw=None):
    return await receive_delivery(intake, "crm", raw or body(*events), bearer(secret))


@pytest.mark.parametrize("secret", ["wrong-secret-of-some-length", ""])
async def test_without_proof_nothing_is_stored(deployment, intake, crm, secret):
    with pytest.raises(NotProven):
        await send(intake, secret, event())
    with pytest.raises(NotProven):
        await receive_delivery(intake, "no-such-source", body(event()), bearer(crm))

    assert stored(deployment) == (0, 0)


async def test_a_proven_delivery_is_recorded_with_its_key_and_without_its_secret(
    deployment, intake, crm
):
    outcome = await send(intake, crm, event())

    assert (outcome.accepted, outcome.problems) == (1, ())
    row = chain_rows(deployment, "fraud")[-1]
    assert row.key_id.startswith("whk_")
    assert row.parser == "generic/1"
    with reading(deployment.engine) as session:
        delivery = session.exec(select(Delivery)).one()
    assert delivery.key_id == row.key_id
    assert crm not in delivery.headers
    assert "authorization" not in delivery.headers


@pytest.mark.parametrize("raw", [b"{", b"nonsense", b'{"a": NaN', b"\xff\xfe", b"[" * 5_000, b" "])
async def test_what_is_proven_but_unreadable_is_kept_whole(deployment, intake, crm, raw):
    outcome = await send(intake, crm, raw=raw)

    assert (outcome.accepted, outcome.quarantined) == (0, 1)
    shown = show_quarantine(deployment, owner(), outcome.quarantine_id)
    assert shown.held.position is None
    assert shown.body == raw.decode(errors="backslashreplace")


async def test_unreadable_bytes_that_come_again_are_held_once(deployment, intake, crm):
    first = await send(intake, crm, raw=b"{")
    again = await send(intake, crm, raw=b"{")

    assert again.quarantine_id == first.quarantine_id
    assert stored(deployment) == (1, 1)


async def test_more_events_than_a_batch_may_hold_are_too_large(deployment, intake, crm):
    with pytest.raises(TooLarge):
        await send(intake, crm, *(event(id=f"e{n}") for n in range(1_001)))

    assert stored(deployment) == (0, 0)


BAD = {
    "unknown_project": {"project": "nowhere"},
    "unknown_question": {"question": "other"},
    "label_wrong_type": {"label": [1]},
    "missing_field": {"item": None},
    "unknown_field": {"lable": "x"},
    "unknown_type": {"type": "label.invented"},
    "gold_not_allowed": {"type": "gold.declared"},
    "time_without_zone": {"occurred_at": "2026-11-22T10:00:00"},
}


@given(codes=st.lists(st.sampled_from([None, *BAD]), min_size=1, max_size=10), data=st.data())
@settings(max_examples=25)
async def test_a_bad_event_harms_no_other_of_its_delivery(deployment, codes, data):
    record = Record(deployment)
    name = record.source
    events = [
        event(id=f"{name}-{n}", item=f"i{n}", project=record.project) | (BAD[c] if c else {})
        for n, c in enumerate(codes)
    ]
    key = Principal(name="key:lt_a", role="source", projects=None, source=name)

    with Intake(deployment) as intake:
        outcome = await record_events(intake, key, body(*events), {})

    found = {problem.index: problem.code for problem in outcome.problems}
    assert found == {n: code for n, code in enumerate(codes) if code}
    assert outcome.accepted == codes.count(None)
    assert outcome.quarantined == len(found)
    assert [i for i, _, _ in record.current()] == sorted(
        f"i{n}" for n, code in enumerate(codes) if code is None
    )


async def test_a_held_event_goes_in_once_the_project_is_there(deployment, intake, crm):
    outcome = await send(intake, crm, event(id="e1"), event(id="e2", project="later", item="i2"))
    [held] = list_quarantine(deployment, owner())
    create_project(deployment, owner(), ProjectDraft(name="later"))
    still = retry_quarantine(deployment, owner(), held.id)
    assert still.held.status == "open"
    allow(deployment, "crm", ("fraud", "later"))

    retried = retry_quarantine(deployment, owner(), held.id, reason="project made")

    assert (outcome.accepted, retried.outcome.accepted) == (1, 1)
    assert (retried.held.status, retried.held.closed_by) == ("accepted", "os:tester")
    row = chain_rows(deployment, "later")[-1]
    assert (row.event_id, row.position, row.delivery_id) == ("e2", 1, outcome.delivery_id)
    assert row.received_us == chain_rows(deployment, "fraud")[-1].received_us
    acts = [r.type for r in chain_rows(deployment, "system") if r.type.startswith("quarantine")]
    assert acts == ["quarantine.retried", "quarantine.retried"]


def allow(deployment, source, projects):
    change_source(deployment, owner(), source, SourceChange(projects=projects))


async def test_a_source_learns_nothing_about_projects_of_others(deployment, intake, crm):
    create_project(deployment, owner(), ProjectDraft(name="secret"))

    outcome = await send(
        intake, crm, event(id="a", project="secret"), event(id="b", project="nowhere")
    )

    secret, nowhere = outcome.problems
    assert secret.code == nowhere.code == "unknown_project"
    assert secret.detail.replace("secret", "nowhere") == nowhere.detail


async def test_a_discarded_row_stays_discarded_when_its_bytes_come_again(deployment, intake, crm):
    raw = body(event(project="nowhere"))
    await send(intake, crm, raw=raw)
    [held] = list_quarantine(deployment, owner())

    done = discard_quarantine(deployment, owner(), held.id, reason="a test of theirs")
    await send(intake, crm, raw=raw)

    assert (done.status, done.reason) == ("discarded", "a test of theirs")
    assert list_quarantine(deployment, owner()) == []
    assert [row.id for row in list_quarantine(deployment, owner(), status="discarded")] == [held.id]


async def test_gold_over_a_webhook_needs_a_source_that_is_trusted_with_it(deployment, crm):
    declared = {"id": "g1", "type": "gold.declared", "project": "fraud", "item": "i1", "label": "x"}
    draft = SourceDraft(
        name="qa", platform="generic", projects=("fraud",), config={"may_declare_gold": True}
    )
    secret = add_source(deployment, owner(), draft)[1].text

    with Intake(deployment) as intake:
        refused = await send(intake, crm, declared)
        taken = await receive_delivery(intake, "qa", body(declared), bearer(secret))

    assert refused.problems[0].code == "gold_not_allowed"
    assert taken.accepted == 1


async def test_a_key_writes_only_into_the_projects_of_its_scope(deployment, intake):
    for name in ("fraud", "other"):
        create_project(deployment, owner(), ProjectDraft(name=name))
    key = Principal(name="key:lt_b", role="qa_lead", projects=frozenset({"fraud"}))

    outcome = await record_events(
        intake, key, body(event(id="a"), event(id="b", project="other")), {}
    )

    assert outcome.accepted == 1
    assert [p.code for p in outcome.problems] == ["unknown_project"]
    row = chain_rows(deployment, "fraud")[-1]
    assert (row.key_id, row.actor) == ("lt_b", "key:lt_b")


@pytest.mark.parametrize("role", ["reviewer", "auditor", "ml_engineer", "investigator", "admin"])
async def test_roles_that_do_not_write_are_refused(deployment, intake, role):
    with pytest.raises(NotAllowed):
        await record_events(
            intake, Principal(name="key:lt_c", role=role, projects=None), body(event()), {}
        )

    assert stored(deployment) == (0, 0)


async def test_a_question_with_classes_takes_no_other_label(deployment, intake):
    questions = (Question(classes=("yes", "no")),)
    create_project(deployment, owner(), ProjectDraft(name="fraud", questions=questions))

    outcome = await record_events(
        intake, owner(), body(event(id="a"), event(id="b", label="maybe")), {}
    )

    assert (outcome.accepted, outcome.problems[0].code) == (1, "label_outside_scale")


async def test_an_unreadable_body_of_a_persons_key_is_held_too(deployment, intake):
    outcome = await record_events(intake, owner(), b"{", {})

    assert outcome.quarantine_id == list_quarantine(deployment, owner())[0].id
