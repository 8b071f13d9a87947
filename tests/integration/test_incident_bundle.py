"""Evidence bundles: whole, verified alone, and every kind of change to one is named."""

import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile

import pytest
from crowds import FLIP, small_crowd
from factories import label, owner
from recorded import history, project, record
from sqlalchemy import text

from labeltrust.domain.audits import AuditPlan
from labeltrust.domain.errors import Conflict, InvalidInput, NotFound, Tampered
from labeltrust.domain.principals import Principal
from labeltrust.ledger.bundle_verifier import BadBundle, NoBundle, verify
from labeltrust.ledger.signatures import pem_of
from labeltrust.services.assess_project import assess_project
from labeltrust.services.bundle_incident import bundle_incident, stream_bundle
from labeltrust.services.declare_gold import list_gold
from labeltrust.services.draw_audit import AuditDraft, draw_audit
from labeltrust.services.erase_labeler import erase_labeler
from labeltrust.services.incident_members import MemberDraft, add_member
from labeltrust.services.list_flags import list_flags
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.record_verdicts import VerdictDraft, record_verdicts
from labeltrust.services.review_audit import audit_tasks, undo_verdict
from labeltrust.services.show_incident import show_incident
from labeltrust.services.verify_ledger import verify_ledger

ANN = Principal(name="person:ann", role="reviewer", projects=None, person="ann")
HOSTILE = "../../etc/passwd\u202e<script>"


@pytest.fixture
def case(deployment):
    """An incident about a flagged labeler."""
    project(deployment)
    for part in (0, 1):
        record(deployment, small_crowd(FLIP, seed=0).events[part::2])
    assess_project(deployment, owner(), "fraud")
    flag = list_flags(deployment, owner(), "fraud")[0]
    draft = IncidentDraft(project="fraud", title="../x", flags=(flag.id,))
    number = open_incident(deployment, owner(), draft)
    _audited(deployment, flag.id)
    return number


def _audited(deployment, flag):
    """Have a reviewer answer some items of an audit, and take the last answer back."""
    plan = AuditPlan(size=30, seed=11)
    audit = draw_audit(deployment, owner(), AuditDraft(project="fraud", reason="x", flag=flag,
                                                       plan=plan)).audit.id  # fmt: skip
    tasks = audit_tasks(deployment, ANN, audit, limit=6).tasks
    record_verdicts(
        deployment, ANN, audit, [VerdictDraft(task=one.task, label="fraud") for one in tasks]
    )
    undo_verdict(deployment, ANN)


@pytest.fixture
def bundle(deployment, case, tmp_path):
    path = tmp_path / "case.zip"
    bundle_incident(deployment, owner(), case, path)
    return path


def key_of(deployment):
    return pem_of(deployment.vault.signature_key).encode()


def members(path):
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def rezipped(path, parts):
    with zipfile.ZipFile(path, "w") as file:
        for name, body in parts.items():
            file.writestr(name, body)
    return path


def restated(parts):
    """What a forger would do: checksums that fit the changed members."""
    manifest = json.loads(parts["manifest.json"])
    manifest["files"] = {
        name: {"sha256": hashlib.sha256(body).hexdigest(), "bytes": len(body)}
        for name, body in parts.items()
        if not name.startswith("manifest.")
    }
    return {**parts, "manifest.json": json.dumps(manifest).encode()}


def test_a_bundle_is_verified_by_its_own_file_alone(deployment, bundle, tmp_path):
    parts = members(bundle)
    (tmp_path / "verify.py").write_bytes(parts["verify.py"])
    (tmp_path / "key.pem").write_bytes(key_of(deployment))

    words = [sys.executable, "-I", "-S", "verify.py", bundle.name, "--key", "key.pem"]
    done = subprocess.run(  # noqa: S603 - fixed words
        words, cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "was signed by this key" in done.stdout
    assert "2 opened, 0 erased, 0 withheld" in done.stdout
    assert "assessment: is that of record" in done.stdout


def test_a_bundle_holds_the_whole_case(deployment, case, bundle):
    parts = members(bundle)
    flag = json.loads(parts["flags.json"])[0]
    events = [json.loads(line) for line in parts["events.ndjson"].splitlines()]
    suspect = {e["labeler"] for e in events if e["type"] == "flag.opened"}

    assert flag["labeler"] == show_incident(deployment, owner(), case).members[0].name
    assert {e["labeler"] for e in events if e["type"] == "label.submitted"} == suspect
    assert {"flag.opened", "assessment.made", "incident.opened"} <= {e["type"] for e in events}
    assert {"incident.json", "freezes.json", "audits.json", "postmortem.md"} <= set(parts)
    notebook = json.loads(parts["notebook.ipynb"])
    assert "PROJECT = 'fraud'" in str(notebook["cells"])
    assert any(name.startswith(f"charts/{flag['id']}-") for name in parts)


def lines(parts, name):
    return [json.loads(line) for line in parts[name].splitlines()]


def test_a_bundle_holds_the_assessment_that_raised_the_flag_and_not_only_the_newest(
    deployment, case, tmp_path
):
    flag = list_flags(deployment, owner(), "fraud")[0]
    before = next(row for row in history(deployment, "assessment.made"))
    record(
        deployment, [label("i1", flag.labeler, label="fraud"), label("i2", "new", label="fraud")]
    )
    assess_project(deployment, owner(), "fraud")

    bundle_incident(deployment, owner(), case, tmp_path / "case.zip")

    parts = members(tmp_path / "case.zip")
    raised, newest = json.loads(parts[_raised(parts)]), json.loads(parts["assessment.json"])
    (stated,) = json.loads(parts["manifest.json"])["raised"]
    assert (stated["flag"], stated["sequence"]) == (flag.id, before.sequence)
    assert _raised(parts) == f"assessments/{before.sequence}.json"
    assert raised["events_through"] < newest["events_through"]
    assert raised["labels"] == newest["labels"] - 2
    assert not any("labeler" in entry for entry in raised["labelers"])
    names = json.loads(parts["labelers.json"])
    assert {names[str(entry["id"])] for entry in raised["labelers"]} == {
        entry["labeler"] for entry in newest["labelers"] if entry["labeler"] != "new"
    }
    assert "1 assessments are those that raised flags, 0 were not kept" in " ".join(
        verify(str(tmp_path / "case.zip"))
    )


def test_a_bundle_holds_gold_of_the_suspects_items_and_the_verdicts_of_audits(
    deployment, case, bundle
):
    parts = members(bundle)
    flag = list_flags(deployment, owner(), "fraud")[0]
    events = lines(parts, "events.ndjson")
    theirs = {e["item"] for e in events if e["type"] == "label.submitted"}
    names = {n["pseudonym"]: n["name"] for n in lines(parts, "names.ndjson")}
    known = {g.item: g.label for g in list_gold(deployment, owner(), "fraud")}

    gold, verdicts = lines(parts, "gold.ndjson"), lines(parts, "verdicts.ndjson")

    wanted = {names[item] for item in theirs} & set(known)
    assert {g["name"] for g in gold} == wanted
    assert len(gold) == len(wanted) > 0
    assert len(known) > len(wanted)  # of items that they did not touch, nothing
    assert [v["withdrawn"] is None for v in verdicts] == [True] * 5 + [False]
    assert {v["reviewer"] for v in verdicts} == {"ann"}
    assert all(names[v["item"]] == v["name"] and v["said"] for v in verdicts)
    assert json.loads(parts["damage.json"])["reports"][0]["suspects"][0]["labeler"] == flag.labeler


def test_a_bundle_holds_the_postmortem_to_be_read_anywhere(bundle):
    page = members(bundle)["postmortem.html"].decode()

    assert page.startswith("<!doctype html>")
    assert "data:image/png;base64," in page
    assert "<script" not in page
    assert "<h2>Damage</h2>" in page


def test_an_audit_that_the_reader_re_labels_in_is_left_out(deployment, case, tmp_path):
    bundle_incident(deployment, ANN, case, tmp_path / "case.zip")

    parts = members(tmp_path / "case.zip")
    events = lines(parts, "events.ndjson")
    assert parts["verdicts.ndjson"] == b""
    assert not [e for e in events if e["type"].startswith("audit.")]
    assert verify(str(tmp_path / "case.zip"))


def test_a_kept_assessment_that_was_changed_is_no_evidence(deployment, case, tmp_path):
    change = "UPDATE kept_assessment SET body = :body"
    with deployment.engine.execution_options(labeltrust_writes=True).begin() as connection:
        connection.execute(text(change), {"body": b"x"})

    with pytest.raises(Tampered, match="not what its record says"):
        bundle_incident(deployment, owner(), case, tmp_path / "case.zip")
    assert not (tmp_path / "case.zip").exists()


def test_an_erased_labeler_is_in_a_kept_assessment_by_number_alone(deployment, case, tmp_path):
    honest = json.loads(json.dumps(assess_project(deployment, owner(), "fraud")))["labelers"][0]
    erase_labeler(deployment, owner(), honest["id"], reason="asked for")

    bundle_incident(deployment, owner(), case, tmp_path / "case.zip")

    parts = members(tmp_path / "case.zip")
    assert json.loads(parts["labelers.json"])[str(honest["id"])] == f"labeler #{honest['id']}"
    assert verify(str(tmp_path / "case.zip"), key_of(deployment))


def test_who_took_a_bundle_is_in_history(deployment, case, bundle):
    (event,) = history(deployment, "incident.bundled")

    manifest = hashlib.sha256(members(bundle)["manifest.json"]).hexdigest()
    assert json.loads(event.detail)["manifest"] == manifest
    assert show_incident(deployment, owner(), case).timeline[-1].what == "incident bundled"
    assert verify_ledger(deployment, owner()).ok


def test_any_changed_member_is_named(bundle):
    parts = members(bundle)

    for name in parts.keys() - {"manifest.json", "manifest.sig"}:
        body = bytearray(parts[name])
        body[len(body) // 2] ^= 1
        with pytest.raises(BadBundle, match=re.escape(name)):
            verify(str(rezipped(bundle, {**parts, name: bytes(body)})))


def test_a_missing_an_added_and_a_twofold_member_are_named(bundle):
    parts = members(bundle)
    less = {name: body for name, body in parts.items() if name != "audits.json"}
    for changed, named in (
        (less, "'audits.json': is missing"),
        ({**parts, "more.json": b"{}"}, "more.json: is not in the manifest"),
        ({**parts, "../up.json": b"{}"}, r"'\.\./up\.json': no name"),
        ({**parts, "/abs": b""}, "'/abs': no name"),
    ):
        with pytest.raises(BadBundle, match=named):
            verify(str(rezipped(bundle, changed)))
    rezipped(bundle, parts)
    with zipfile.ZipFile(bundle, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("flags.json", b"[]")
    with pytest.raises(BadBundle, match=r"flags\.json: is there twice"):
        verify(str(bundle))


def _swapped(parts, name, old, new):
    assert old in parts[name]
    return {**parts, name: parts[name].replace(old, new, 1)}


def _first(parts, name):
    return parts[name].split(b"\n", 1)[0] + b"\n"


FORGERIES = (
    (lambda p: _swapped(p, "events.ndjson", b'"label.submitted"', b'"label.withdrawn"'),
     "events.ndjson: record .* was changed"),
    (lambda p: {**p, "events.ndjson": p["events.ndjson"].split(b"\n", 1)[1]}, r"\d+ events, \d+"),
    (lambda p: {**p, "events.ndjson": p["events.ndjson"] + _first(p, "events.ndjson")},
     "out of its place"),
    (lambda p: {**p, "events.ndjson": b"[]\n"}, "line 1 is no record"),
    (lambda p: {**p, "events.ndjson": b"{}"}, "whole line"),
    (lambda p: {**p, "chain.bin": p["chain.bin"][::-1]}, "chain.bin: the leaves"),
    (lambda p: {**p, "chain.bin": p["chain.bin"][:-32]}, "chain.bin: does not hold"),
    (lambda p: _swapped(p, "names.ndjson", b'"name": "', b'"name": "x'), "names.ndjson"),
    (lambda p: {**p, "names.ndjson": b"{}\n"}, "names.ndjson: does not say"),
    (lambda p: {**p, "deliveries.ndjson": _first(p, "deliveries.ndjson")}, "is missing"),
    (lambda p: _swapped(p, "deliveries.ndjson", b'"opened"', b'"lost"'), "no known status"),
    (lambda p: {**p, **{n: b"x" for n in p if n.endswith(".raw")}}, "not what was received"),
    (lambda p: _swapped(p, "assessment.json", b'"labels": ', b'"labels": 1'), "assessment"),
    (lambda p: _swapped(p, _raised(p), b'"labels":', b'"labels":1'),
     "is not the assessment that its record says"),
    (lambda p: {**p, "assessments/1.json": p[_raised(p)]}, "1.json: raised no flag"),
    (lambda p: {n: body for n, body in p.items() if n != _raised(p)}, "json: is missing"),
    (lambda p: _swapped(p, "manifest.json", b'"raised": [', b'"raised": [1, '),
     "what raised the flags is not"),
    (lambda p: _swapped(p, "gold.ndjson", b'"label": "benign"', b'"label": "fraud"'),
     "gold.ndjson: line .* is not what record"),
    (lambda p: _swapped(p, "gold.ndjson", b'"name": "', b'"name": "x'), "names another item"),
    (lambda p: {**p, "gold.ndjson": p["gold.ndjson"].split(b"\n", 1)[1]}, "gold of record"),
    (lambda p: {**p, "gold.ndjson": p["gold.ndjson"] + _first(p, "gold.ndjson")},
     "gold.ndjson: line .* is not what record"),
    (lambda p: _swapped(p, "verdicts.ndjson", b'"reviewer": "ann"', b'"reviewer": "ben"'),
     "verdicts.ndjson: line 1 is not what record"),
    (lambda p: _swapped(p, "verdicts.ndjson", b'"name": "', b'"name": "x'), "names another item"),
    (lambda p: {**p, "verdicts.ndjson": _first(p, "verdicts.ndjson")}, "verdict of record"),
    (lambda p: {**p, "verdicts.ndjson": p["verdicts.ndjson"].replace(
        p["verdicts.ndjson"].rpartition(b'"withdrawn": ')[2].partition(b",")[0], b"null")},
     "verdicts.ndjson: line 6 is not what record"),
)  # fmt: skip


def _raised(parts):
    """The assessment that raised the flag."""
    (name,) = [name for name in parts if name.startswith("assessments/")]
    return name


def test_what_a_forger_fits_with_checksums_the_chain_still_names(bundle):
    parts = members(bundle)

    for forge, named in FORGERIES:
        with pytest.raises(BadBundle, match=named):
            verify(str(rezipped(bundle, restated(forge(parts)))))


def test_whom_a_forger_cannot_sign_for_is_told_by_the_key(deployment, bundle):
    forged = restated({**members(bundle), "flags.json": b"[]"})
    rezipped(bundle, forged)

    assert verify(str(bundle))[0].startswith("signature: not checked")
    with pytest.raises(BadBundle, match="no signature of it by this key"):
        verify(str(bundle), key_of(deployment))
    with pytest.raises(NoBundle, match="Ed25519"):
        verify(str(bundle), b"no key")
    with pytest.raises(NoBundle, match="ZIP"):
        verify(io.BytesIO(b"no zip"))


def test_originals_are_named_where_they_are_erased_or_not_for_the_reader(
    deployment, case, tmp_path
):
    reader, elsewhere = _readers()
    erase = "UPDATE delivery SET body = NULL, data_key = NULL WHERE id = :id"

    hidden = bundle_incident(deployment, reader, case, tmp_path / "1.zip")
    with deployment.engine.execution_options(labeltrust_writes=True).begin() as connection:
        first = connection.execute(text("SELECT min(id) FROM delivery")).scalar_one()
        connection.execute(text(erase), {"id": first})
    partly = bundle_incident(deployment, owner(), case, tmp_path / "2.zip")

    assert (hidden.opened, hidden.withheld) == (0, 2)
    assert (partly.opened, partly.erased, partly.withheld) == (1, 1, 0)
    assert "1 opened, 1 erased" in " ".join(verify(str(tmp_path / "2.zip")))
    with pytest.raises(NotFound):
        bundle_incident(deployment, elsewhere, case, tmp_path / "3.zip")


def _readers():
    reader = Principal(name="key:a", role="investigator", projects=None)
    return reader, Principal(name="key:b", role="auditor", projects=frozenset({"other"}))


def test_hostile_names_become_no_paths(deployment, tmp_path):
    project(deployment)
    record(deployment, [label(HOSTILE, HOSTILE)])
    number = open_incident(deployment, owner(), IncidentDraft(project="fraud", title="../x"))
    add_member(deployment, owner(), number, MemberDraft(labeler=HOSTILE))

    bundle_incident(deployment, owner(), number, tmp_path / "case.zip")

    parts = members(tmp_path / "case.zip")
    assert all(re.fullmatch(r"[a-z]+(/\d+)?\.[a-z]+", name) for name in parts), list(parts)
    assert verify(str(tmp_path / "case.zip"), key_of(deployment))
    assert json.loads(parts["names.ndjson"].splitlines()[0])["name"] == HOSTILE


def test_a_file_that_is_there_stays_as_it_is(deployment, case, bundle, tmp_path):
    before = bundle.read_bytes()

    with pytest.raises(Conflict, match="there already"):
        bundle_incident(deployment, owner(), case, bundle)
    with pytest.raises(InvalidInput, match="cannot be written"):
        bundle_incident(deployment, owner(), case, tmp_path / "none" / "x.zip")

    assert bundle.read_bytes() == before
    assert list(tmp_path.glob("*.part")) == []


def test_a_streamed_bundle_leaves_no_file_behind(deployment, case):
    made, pieces = stream_bundle(deployment, owner(), case)

    body = b"".join(pieces)

    assert len(body) == made.bytes
    assert verify(io.BytesIO(body), key_of(deployment))
    assert list(deployment.settings.home.glob(".bundle-*")) == []
