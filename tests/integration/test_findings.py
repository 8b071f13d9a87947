"""The feed for a SIEM: OCSF Detection Findings, none skipped, none told twice, no names."""

import json

import pytest
from commands import commands
from factories import label, owner
from flagging import flagged, person
from py_ocsf_models.events.findings.detection_finding import DetectionFinding
from recorded import project, record
from sqlalchemy import text

from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import InvalidInput, NotAllowed
from labeltrust.domain.principals import Principal
from labeltrust.services import note_forgeries, note_refusal, refuse_delivery
from labeltrust.services._ocsf import KINDS
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.list_findings import BEGINNING, Place, list_findings
from labeltrust.store.findings import LATEST_US
from labeltrust.store.history import append
from labeltrust.store.session import unit_of_work

HOSTILE = "=cmd()\x1b[31m\r\nGET / HTTP/1.1"


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, [label("i1", "alice", event_id="e1"), label("i1", "bob")])
    return deployment


def acted(deployment):
    """Do one act of every kind of finding."""
    lead = person(deployment, "ann")
    opened = flagged(deployment, freeze="label")
    decide_flag(deployment, lead, opened, verdict="dismiss", note=HOSTILE)
    decide_flag(deployment, lead, opened, verdict="reopen", note="an appeal")
    decide_flag(deployment, lead, opened, verdict="confirm", note="seen")
    other = flagged(deployment, "bob", freeze="label", contested=True)
    note_forgeries.note_forgeries(deployment, "feed", 41)
    note_refusal.note_refusal(deployment, lead, "POST /v1/projects")
    refuse_delivery.note_oversized(
        deployment, actor="key:k", source="feed", size=9, digest="00", complete=True
    )
    with pytest.raises(Exception, match="e1"):
        record(deployment, [label("i1", "alice", event_id="e1", label="fraud")])
    with unit_of_work(deployment.engine) as session:
        at = deployment.clock()
        append(session, chain="fraud", type="flag.updated", actor="labeltrust", at=at,
               detail={"flag": other, "severity": "low"})  # fmt: skip
        append(session, chain="fraud", type="gate.closed", actor="labeltrust", at=at,
               detail={"reasons": [{"code": "tampering", "detail": "record 3"}]})  # fmt: skip
        append(session, chain="fraud", type="gate.closed", actor="labeltrust", at=at,
               detail={"reasons": [{"code": "stale_assessment", "detail": "old"}]})  # fmt: skip


def told(deployment, **more):
    return list_findings(deployment, owner(), **more)


def test_every_kind_of_finding_is_one_of_the_schema(frauds):
    acted(frauds)

    found = told(frauds).findings

    assert {f["metadata"]["event_code"] for f in found} == set(KINDS)
    for one in found:
        DetectionFinding.model_validate(one)
        assert one["class_uid"] == 2004
        assert one["type_uid"] == 200_400 + one["activity_id"]
        assert json.loads(json.dumps(one, allow_nan=False)) == one


def test_a_case_is_one_finding_from_its_opening_to_its_verdict(frauds):
    acted(frauds)

    case = [f for f in told(frauds).findings if f["finding_info"]["uid"] == "fraud/flag/1"]

    assert [f["activity_name"] for f in case] == ["Create", "Close", "Update", "Close"]
    assert [f.get("verdict") for f in case] == [None, "False Positive", None, "True Positive"]


def test_only_tampering_closes_a_gate_loudly(frauds):
    acted(frauds)

    gates = [f for f in told(frauds).findings if f["metadata"]["event_code"] == "gate.closed"]

    assert [(f["severity"], f["is_alert"]) for f in gates] == [("Critical", True)]


def test_no_name_of_a_labeler_is_told(frauds):
    acted(frauds)

    assert "alice" not in json.dumps(told(frauds).findings)


@pytest.mark.parametrize("limit", [1, 2, 1_000])
def test_pages_skip_nothing_and_tell_nothing_twice(frauds, limit):
    acted(frauds)
    uids, place, more = [], BEGINNING, True

    while more:
        page = told(frauds, after=place, limit=limit)
        uids += [f["metadata"]["uid"] for f in page.findings]
        place, more = page.place, page.more

    assert len(uids) == len(set(uids)) == len(told(frauds).findings)
    assert told(frauds, after=place).findings == []


def test_what_commits_late_with_an_earlier_moment_is_told(frauds, clock):
    clock.tick(3_600)
    flagged(frauds)
    first = told(frauds)
    clock.tick(-300)  # another server, whose act began five minutes before and ends now
    flagged(frauds, "bob")

    second = told(frauds, after=first.place)

    assert [f["finding_info"]["uid"] for f in second.findings] == ["fraud/flag/2"]


def test_a_long_feed_has_a_short_place(frauds, clock):
    flagged(frauds)
    early = told(frauds).place
    clock.tick(LATEST_US / 1_000_000 + 60)
    note_forgeries.note_forgeries(frauds, "feed", 1)

    late = told(frauds, after=early).place

    assert set(late.seen) == {"system"}


def test_who_sees_one_project_is_told_of_that_alone(frauds):
    project(frauds, "theirs", source="theirs")
    acted(frauds)
    both = Principal(name="key:a", role="auditor", projects=frozenset({"fraud"}))
    none = Principal(name="key:b", role="auditor", projects=frozenset({"theirs"}))

    assert {f["metadata"]["log_name"] for f in list_findings(frauds, both).findings} == {"fraud"}
    assert list_findings(frauds, none).findings == []
    with pytest.raises(NotAllowed):
        list_findings(frauds, Principal(name="key:c", role="reviewer", projects=None))


@pytest.mark.parametrize(
    "place",
    [Place(-1), Place(2**63), Place(0, 0, {"a\0": (1, 1)}), Place(0, 0, {"a": (2**70, 1)}),
     Place(0, 0, {str(n): (1, 1) for n in range(2_000)})],
)  # fmt: skip
def test_a_place_that_was_made_up_is_refused(frauds, place):
    with pytest.raises(InvalidInput):
        told(frauds, after=place)


def test_the_command_writes_a_line_a_finding_and_reads_on(frauds, settings, monkeypatch, capsys):
    cli = commands(settings, monkeypatch, capsys)
    acted(frauds)

    lines = cli("findings", "--jsonl")
    cursor = lines.err.split("next_cursor ")[1].strip()
    again = cli("findings", "--after", cursor, "--json")
    table = cli("findings", "--since", "2026-11-01")
    late = cli("findings", "--since", "2027-01-01", "--json")

    found = [json.loads(line) for line in lines.out.splitlines()]
    assert len(found) == len(told(frauds).findings)
    assert again.document["findings"] == late.document["findings"] == []
    assert "A labeler is suspected" in table.out
    assert "\x1b" not in lines.out + table.out


def test_a_lifted_freeze_closes_its_finding(frauds):
    flagged(frauds, freeze="label")
    lift_freeze(frauds, person(frauds, "ann"), 1, reason="cleared")

    freezes = [f for f in told(frauds).findings if f["finding_info"]["uid"] == "fraud/freeze/1"]

    assert [f["status"] for f in freezes] == ["New", "Resolved"]
    since = Place(microseconds(frauds.clock()))
    assert told(frauds, after=since).findings == []


def test_findings_are_found_without_reading_labels(frauds):
    plan = "EXPLAIN QUERY PLAN SELECT * FROM event WHERE event_id IS NULL AND received_us > 1"
    if frauds.engine.dialect.name != "sqlite":
        pytest.skip("the plan of a small table on PostgreSQL is a scan")
    with frauds.engine.connect() as connection:
        said = str(connection.execute(text(plan)).all())

    assert "ix_event_acts" in said
