"""The damage of suspects: what changes without them is counted, what is wrong rests on audits."""

import numpy as np
import pytest
from audited import crowd, drawn, person, reviewed, truth_of
from commands import commands
from factories import label, owner
from flagging import flagged
from recorded import project, record

from labeltrust.domain.errors import InvalidInput, NotAllowed, NotFound
from labeltrust.domain.estimates import Estimate, Undefined
from labeltrust.domain.projects import Question
from labeltrust.notebook import Project
from labeltrust.services.estimate_damage import DamageAsked, DamageReport, estimate_damage
from labeltrust.services.read_judgments import read_current, read_item_names
from labeltrust.services.record_verdicts import VerdictDraft, record_verdicts
from labeltrust.services.review_audit import audit_tasks

QA = person("quinn", "qa_lead")
HOSTILE = "=cmd|'!A0\x1b[31m\u202e<img src=x onerror=alert(1)>"


@pytest.fixture
def wrong(deployment):
    """The share of wrong labels of each labeler."""
    return crowd(deployment)


@pytest.fixture
def frauds(deployment, wrong):
    return deployment


def damage(deployment, *labelers: str, who=QA) -> DamageReport:
    return estimate_damage(deployment, who, DamageAsked(project="fraud", labelers=labelers))


def majorities(deployment, but: set[str]) -> dict[str, str | None]:
    """The majority of every item in plain Python, None at a tie."""
    found = read_current(deployment, owner(), "fraud")
    names = read_item_names(deployment, owner(), "fraud", found.item.tolist())
    votes: dict[str, list[str]] = {}
    for item, who, said in zip(found.item, found.labeler, found.label, strict=True):
        if found.labelers[who].name not in but:
            votes.setdefault(names[item], []).append(found.words[said])
    return {item: _majority(said) for item, said in votes.items()}


def _majority(said: list[str]) -> str | None:
    counts = sorted(((said.count(word), word) for word in set(said)), reverse=True)
    return None if len(counts) > 1 and counts[0][0] == counts[1][0] else counts[0][1]


def test_training_labels_are_compared_with_and_without_the_suspects(frauds):
    before, after = majorities(frauds, set()), majorities(frauds, {"mallory", "liar-a"})
    names = ("mallory", "liar-a")

    found = damage(frauds, *names)

    pairs = [(before[item], after.get(item)) for item in before]
    assert found.labels == 240
    assert found.items == 240
    assert found.changed == sum(a != b and b is not None for a, b in pairs) > 0
    assert found.undecided == sum(a is not None and b is None for a, b in pairs) > 0
    assert {(c.before, c.after): c.items for c in found.changes} == {
        pair: pairs.count(pair) for pair in set(pairs) if pair[0] != pair[1]
    }


def test_what_is_wrong_is_weighed_up_from_the_audit(frauds, wrong):
    audit = drawn(frauds, QA, labeler="mallory").audit
    reviewed(frauds, audit.id, "ann", "ben")
    before = majorities(frauds, set())

    found = damage(frauds, "mallory")

    told = found.damage
    assert (told.labels, told.audited) == (120, 60)
    true = wrong["mallory"] * 120
    assert told.wrong_labels.low <= true <= told.wrong_labels.high
    assert told.wrong_labels.high - told.wrong_labels.low < 30
    mine = [f"txn-{n}" for n in range(0, 240, 2)]
    items = sum(before[item] not in {None, truth_of(item)} for item in mine)
    assert told.wrong_items.low <= items <= told.wrong_items.high
    assert told.usual_rate.value < 0.15
    assert told.excess_rate.low > 0.3
    assert {(p.given, p.found) for p in told.pairs} == {("benign", "fraud"), ("fraud", "benign")}
    assert sum(p.labels.value for p in told.pairs) == pytest.approx(told.wrong_labels.value)


def test_an_item_of_two_suspects_counts_once(frauds):
    for who in ("liar-a", "liar-b"):
        audit = drawn(frauds, QA, labeler=who, plan={"size": 120, "twice": 0.0}).audit
        reviewed(frauds, audit.id, "ann", "ben")
    before = majorities(frauds, set())

    found = damage(frauds, "liar-a", "liar-b").damage

    theirs = [f"txn-{n}" for n in range(1, 240, 2)]
    items = sum(before[item] not in {None, truth_of(item)} for item in theirs)
    assert found.wrong_items == Estimate(value=items, low=items, high=items, n=240)
    assert found.labels == found.audited == 240


def test_without_an_audit_nothing_is_claimed(frauds):
    found = damage(frauds, "mallory")

    assert found.damage.wrong_labels == Undefined(
        reason="no audit of the suspects' labels has a verdict yet"
    )
    assert found.damage.pairs == ()
    (share,) = found.suspects
    assert share.why_not == "no audit of these labels has a verdict yet"


def test_who_re_labels_in_an_audit_does_not_see_what_it_found(frauds):
    audit = drawn(frauds, QA, labeler="mallory").audit
    reviewed(frauds, audit.id, "ann", "ben")

    found = damage(frauds, "mallory", who=person("ann"))

    assert isinstance(found.damage.wrong_labels, Undefined)
    assert found.suspects[0].why_not == "the audit under way is hidden from those who re-label"


def test_a_sample_of_unequal_chances_is_not_taken_for_another(frauds):
    audit = drawn(frauds, QA, labeler="mallory", plan={"sampling": "posterior"}).audit
    reviewed(frauds, audit.id, "ann", "ben")

    found = damage(frauds, "mallory")

    assert isinstance(found.damage.wrong_labels, Undefined)
    assert "unequal chances" in found.suspects[0].why_not


def test_of_a_flagged_labeler_labels_since_the_onset_count(frauds, clock):
    later = clock.tick(3_600)
    record(frauds, [label(f"late-{n}", "mallory", label="fraud") for n in range(30)])
    flag = flagged(frauds, "mallory", since=later)

    found = damage(frauds)

    assert [s.labeler for s in found.suspects] == ["mallory"]
    assert found.labels == 30
    audit = drawn(frauds, QA, flag=flag, plan={"size": 20}).audit
    tasks = {f"late-{n}": "benign" for n in range(30)}
    _reviewed(frauds, audit.id, tasks)
    assert damage(frauds).damage.wrong_labels.value == pytest.approx(30)


def _reviewed(deployment, audit, truth):
    for name in ("ann", "ben"):
        tasks = audit_tasks(deployment, person(name), audit, limit=1_000).tasks
        verdicts = [VerdictDraft(task=t.task, label=truth[t.item]) for t in tasks]
        record_verdicts(deployment, person(name), audit, verdicts)


def test_numbers_are_compared_by_their_median(deployment):
    project(deployment, questions=(Question(scale="interval"),))
    said = {"a": [1.0, 5.0], "b": [2.0, 5.0], "eve": [9.0, 5.0]}
    record(deployment, [
        label(f"i{n}", who, label=value[n]) for who, value in said.items() for n in range(2)
    ])  # fmt: skip

    found = damage(deployment, "eve")

    assert (found.items, found.changed, found.undecided) == (2, 1, 0)
    assert [(c.before, c.after) for c in found.changes] == [("2.0", "1.5")]


@pytest.mark.parametrize(
    ("labelers", "error", "said"),
    [((), InvalidInput, "nobody is flagged"), (("nobody",), NotFound, "nobody")],
)
def test_whom_it_cannot_speak_of_it_names(frauds, labelers, error, said):
    with pytest.raises(error, match=said):
        damage(frauds, *labelers)


def test_other_projects_are_out_of_scope(frauds):
    with pytest.raises((NotAllowed, NotFound)):
        damage(frauds, "mallory", who=person("zoe", projects=frozenset({"other"})))


def test_the_command_tells_it_safely(frauds, settings, monkeypatch, capsys):
    record(frauds, [label("txn-0", HOSTILE, label="fraud")])
    cli = commands(settings, monkeypatch, capsys)

    said = cli("damage", "-p", "fraud", "--labeler", "mallory", "--labeler", HOSTILE)
    document = cli("damage", "-p", "fraud", "--labeler", "mallory", "--json").document

    assert "\x1b" not in said.out
    assert "\u202e" not in said.out
    assert "another training label" in said.out
    assert document["damage"]["wrong_labels"] == {
        "value": None, "reason": "no audit of the suspects' labels has a verdict yet"
    }  # fmt: skip
    assert document["labels"] == 120


def test_a_notebook_reads_it_as_frames(frauds):
    audit = drawn(frauds, QA, labeler="mallory").audit
    reviewed(frauds, audit.id, "ann", "ben")

    found = Project(deployment=frauds, name="fraud").damage(["mallory"])

    assert found.suspects()["labels"].tolist() == [120]
    estimates = found.estimates().set_index("name")
    assert estimates.loc["wrong_labels", "low"] < estimates.loc["wrong_labels", "high"]
    assert np.isclose(found.mistaken()["value"].sum(), estimates.loc["wrong_labels", "value"])
    assert found.changes()["items"].sum() == found.report.changed + found.report.undecided
