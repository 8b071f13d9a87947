"""What the suspects of an incident did: facts, estimates out of audits, and what is next."""

import pytest
from audited import crowd, drawn, person, reviewed
from commands import commands
from factories import label, owner
from flagging import flagged
from recorded import project, record

from labeltrust.domain.errors import NotAllowed, NotFound
from labeltrust.domain.estimates import Estimate
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Question
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.estimate_damage import DamageAsked, estimate_damage
from labeltrust.services.incident_damage import NOBODY, incident_damage
from labeltrust.services.incident_members import MemberDraft, add_member
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.postmortem_page import postmortem_page, postmortem_text

QA = person("quinn", "qa_lead")
HOSTILE = "=cmd|'!A0\x1b[31m\u202e<img src=x onerror=alert(1)>"


def opened(deployment, *flags, **more):
    draft = IncidentDraft(project="fraud", title="a ring", flags=flags, **more)
    return open_incident(deployment, QA, draft)


@pytest.fixture
def frauds(deployment):
    crowd(deployment)
    return deployment


@pytest.fixture
def flag(frauds):
    return flagged(frauds, "mallory")


@pytest.fixture
def case(frauds, flag):
    return opened(frauds, flag)


@pytest.fixture
def cli(settings, monkeypatch, capsys):
    return commands(settings, monkeypatch, capsys)


def test_without_an_audit_the_numbers_are_undefined_and_the_next_step_is_named(frauds, case, flag):
    found = incident_damage(frauds, QA, case)

    (report,) = found.reports
    (step,) = found.steps
    assert report.labels > 0
    assert report.damage.wrong_labels.value is None
    assert "no audit" in report.damage.wrong_labels.reason
    assert (step.labeler, step.flag, step.audit) == ("mallory", flag, None)
    assert step.command == f"labeltrust audit draw --project=fraud --flag={flag}"


def test_the_command_of_the_next_step_draws_the_audit(frauds, case, cli):
    step = incident_damage(frauds, QA, case).steps[0]

    said = cli(*step.command.split()[1:], "--json")

    assert said.code == 0
    again = incident_damage(frauds, owner(), case).steps[0]
    assert again.audit == said.document["id"]
    assert again.command == f"labeltrust audit tasks {again.audit}"


def test_an_audit_gives_the_numbers_of_its_suspects(frauds, case, flag):
    audit = drawn(frauds, QA, flag=flag).audit
    reviewed(frauds, audit.id, "ann", "ben")

    found = incident_damage(frauds, QA, case)

    asked = DamageAsked(project="fraud", labelers=("mallory",))
    assert found.reports == (estimate_damage(frauds, QA, asked),)
    assert isinstance(found.reports[0].damage.wrong_labels, Estimate)
    assert found.reports[0].damage.wrong_labels.n == 60
    assert found.steps == ()


def test_suspects_are_those_who_stand_flagged_or_are_named(frauds, case, flag):
    add_member(frauds, QA, case, MemberDraft(labeler="liar-a"))
    add_member(frauds, QA, case, MemberDraft(source="feed"))
    both = incident_damage(frauds, QA, case)
    decide_flag(frauds, QA, flag, verdict="dismiss", note="cleared")
    one = incident_damage(frauds, QA, case)

    assert [s.labeler for s in both.reports[0].suspects] == ["mallory", "liar-a"]
    assert [s.labeler for s in one.reports[0].suspects] == ["liar-a"]
    assert both.steps[1].command == "labeltrust audit draw --project=fraud --labeler=liar-a"
    assert both.sources == ("feed",)


def test_without_suspects_the_reason_is_told(frauds):
    found = incident_damage(frauds, QA, opened(frauds))

    assert (found.reports, found.steps, found.reason) == ((), (), NOBODY)


def test_each_question_with_a_flag_has_a_report_of_its_own(deployment):
    two = (Question(classes=("benign", "fraud")), Question(name="risk", classes=("low", "high")))
    project(deployment, questions=two)
    said = [("label", "benign"), ("risk", "low")]
    record(
        deployment,
        [
            label(f"i{n}", who, question=question, label=what)
            for n in range(3)
            for who in ("alice", "bob", "mallory")
            for question, what in said
        ],
    )
    flags = [
        flagged(deployment, who, evidence={"strong": True, "question": question})
        for who, question in (("mallory", "label"), ("bob", "risk"))
    ]

    found = incident_damage(deployment, QA, opened(deployment, *flags))

    assert [r.question for r in found.reports] == ["label", "risk"]
    assert [[s.labeler for s in r.suspects] for r in found.reports] == [["mallory"], ["bob"]]


def test_an_audit_under_way_is_not_told_to_who_re_labels_in_it(frauds, case, flag):
    drawn(frauds, QA, flag=flag)

    found = incident_damage(frauds, person("ann"), case)

    assert found.steps[0].audit is None


def test_rights_and_scope_hold(frauds, case):
    elsewhere = Principal(name="key:b", role="auditor", projects=frozenset({"other"}))
    source = Principal(name="key:c", role="source", projects=None, source="feed")

    with pytest.raises(NotFound):
        incident_damage(frauds, elsewhere, case)
    with pytest.raises(NotAllowed):
        incident_damage(frauds, source, case)
    for write in (postmortem_page, postmortem_text):
        with pytest.raises(NotFound):
            write(frauds, elsewhere, case)


def test_postmortems_tell_the_damage(frauds, case, flag):
    audit = drawn(frauds, QA, flag=flag).audit
    reviewed(frauds, audit.id, "ann", "ben")
    told = incident_damage(frauds, QA, case).reports[0].damage.wrong_labels

    text, page = postmortem_text(frauds, QA, case), postmortem_page(frauds, QA, case)

    sentence = f"Wrong labels of audited suspects: {told.value:,.0f} [{told.low:,.0f}, "
    assert "## Damage" in text
    assert sentence in text.replace("\\", "")
    assert "<h2>Damage</h2>" in page
    assert sentence in page


def test_commands_tell_and_write_it(frauds, case, cli, tmp_path):
    said = cli("incident", "damage", case)
    document = cli("incident", "damage", case, "--json").document
    page, text = tmp_path / "case.html", tmp_path / "case.md"
    for path in (page, text):
        assert cli("incident", "postmortem", case, "--out", path).code == 0
    again = cli("incident", "postmortem", case, "--out", page)

    assert "draw an audit, labeltrust audit draw --project=fraud" in said.out
    assert document["reports"][0]["damage"]["wrong_labels"]["value"] is None
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert "data:image/png;base64," in page.read_text("utf-8")
    assert text.read_text("utf-8").startswith("# Incident")
    assert (again.code, "is there already" in again.err) == (2, True)


def test_hostile_names_of_labels_and_labelers_stay_text(deployment):
    project(deployment, questions=(Question(classes=None),))
    said = [label(f"i{n}", who, label=HOSTILE) for n in range(3) for who in (HOSTILE, "alice")]
    record(deployment, said)
    case = opened(deployment)
    add_member(deployment, QA, case, MemberDraft(labeler=HOSTILE))

    found = incident_damage(deployment, QA, case)
    text, page = postmortem_text(deployment, QA, case), postmortem_page(deployment, QA, case)

    assert found.steps[0].command is None
    assert "\u202e" not in text + page
    assert "<img src=x" not in page
    assert "<img" not in text.replace("\\<", "")
