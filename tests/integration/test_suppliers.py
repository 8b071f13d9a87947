"""Signed manifests of files and the vetting of sources, on real databases."""

import json
from base64 import b64decode, b64encode

import numpy as np
import pytest
from commands import commands
from factories import label, owner
from recorded import history, project, record
from suppliers import key_pair, labels_file, manifest_of

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.add_source import add_source, list_sources
from labeltrust.services.assess_project import assess_project
from labeltrust.services.check_gate import check_gate
from labeltrust.services.declare_gold import GoldDraft, declare_gold
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.supplier_keys import (
    add_supplier_key,
    revoke_supplier_key,
    show_supplier,
)
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.services.vet_source import decide_vetting, vet_source


@pytest.fixture
def keys(deployment, tmp_path):
    """A project, and a supplier whose key is registered: its source is made, on probation."""
    project(deployment)
    private, public = key_pair(tmp_path)
    pem = public.read_bytes()
    add_supplier_key(deployment, owner(), "acme", pem, projects=("fraud",), reason="read by phone")
    return private


def status(deployment, name="acme"):
    return {one.name: one.status for one in list_sources(deployment, owner())}[name]


def closed_by(deployment):
    return {reason.code for reason in check_gate(deployment, owner(), "fraud").reasons}


def brought(deployment, path, manifest):
    request = ImportRequest(path=path, project="fraud", source="acme", manifest=manifest)
    return import_file(deployment, owner(), request, lambda _: None)


def test_a_file_that_fits_is_taken_and_does_not_count_until_it_is_vetted(
    deployment, keys, tmp_path
):
    path = labels_file(tmp_path)

    report = brought(deployment, path, manifest_of(path, keys))

    assert report.accepted == 30
    assert status(deployment) == "probation"
    assert "source_on_probation" in {
        r.code for r in check_gate(deployment, owner(), "fraud").reasons
    }
    assert assess_project(deployment, owner(), "fraud")["labels"] == 0
    [manifest] = show_supplier(deployment, owner(), "acme").manifests
    assert (manifest.code, manifest.rows, manifest.supplier) == ("", 30, "Acme")
    assert [one.type for one in history(deployment, "manifest.")] == ["manifest.accepted"]


def changed(path, manifest, keys):
    path.write_text(path.read_text().replace("i3,sam,fraud", "i3,sam,benign"))


def cut(path, manifest, keys):
    """Sign the cut file with the number of rows of the whole one."""
    document = json.loads(manifest.read_text())
    statement = json.loads(b64decode(document["payload"]))
    statement["predicate"]["rows"]["labels.csv"] = 31
    document["payload"] = b64encode(json.dumps(statement).encode()).decode()
    manifest.write_text(json.dumps(document))


def forged(path, manifest, keys):
    other, _ = key_pair(path.parent, "mallory")
    manifest_of(path, other)


def unreadable(path, manifest, keys):
    manifest.write_text('{"payload": 3}')


@pytest.mark.parametrize(
    ("harm", "code"),
    [(changed, "manifest_digest"), (cut, "manifest_signature"), (forged, "manifest_signature"),
     (unreadable, "manifest_unreadable")],
)  # fmt: skip
def test_a_bad_manifest_is_refused_and_the_source_is_on_probation(
    deployment, keys, tmp_path, harm, code
):
    decide_vetting(deployment, owner(), "acme", "trust", reason="known for years")
    path = labels_file(tmp_path)
    manifest = manifest_of(path, keys)
    harm(path, manifest, keys)

    with pytest.raises(InvalidInput) as refused:
        brought(deployment, path, manifest)

    assert refused.value.code == code
    assert str(path) in str(refused.value)
    assert status(deployment) == "probation"
    assert show_supplier(deployment, owner(), "acme").manifests[0].code == code
    assert history(deployment, "label.") == []
    assert verify_ledger(deployment, owner()).ok


def test_the_number_of_rows_is_held_against_the_file(deployment, keys, tmp_path):
    path = labels_file(tmp_path, 30, tag='"a\nb')  # a row of two lines is one row
    path.write_text(path.read_text().replace(",sam", '",sam'))

    assert brought(deployment, path, manifest_of(path, keys)).rows == 30


def test_a_source_with_a_key_takes_no_file_without_a_manifest(deployment, keys, tmp_path):
    path = labels_file(tmp_path)
    with pytest.raises(InvalidInput, match="--manifest"):
        brought(deployment, path, None)
    [key] = show_supplier(deployment, owner(), "acme").keys
    revoke_supplier_key(deployment, owner(), "acme", key.key_id, reason="stolen")

    with pytest.raises(InvalidInput, match="no key"):
        brought(deployment, path, manifest_of(path, keys))
    with pytest.raises(NotFound):
        revoke_supplier_key(deployment, owner(), "acme", key.key_id, reason="again")


def test_keys_are_registered_once_by_those_who_may(deployment, keys, tmp_path):
    pem = (tmp_path / "acme.pem").read_bytes()
    lead = Principal(name="key:l", role="qa_lead", projects=None)

    with pytest.raises(Conflict):
        add_supplier_key(deployment, owner(), "acme", pem, reason="twice")
    with pytest.raises(NotAllowed):
        add_supplier_key(deployment, lead, "acme", pem, reason="why")
    with pytest.raises(InvalidInput):
        add_supplier_key(deployment, owner(), "acme", b"no key", reason="why")
    with pytest.raises(NotFound):
        add_supplier_key(deployment, owner(), "nobody", pem, reason="why")


@pytest.fixture
def beside(deployment):
    """A trusted source with 120 items of three labels, and one on probation."""
    project(deployment)
    draft = SourceDraft(name="new", platform="generic", projects=("fraud",), status="probation",
                        id_space="source:feed")  # fmt: skip
    add_source(deployment, owner(), draft)
    truth = ["fraud" if n % 4 == 0 else "benign" for n in range(120)]
    record(deployment, [told(n, who, truth[n]) for n in range(120) for who in ("a", "b", "c")])
    for n in range(40):
        declare_gold(deployment, owner(), GoldDraft(project="fraud", item=f"i{n}", label=truth[n],
                                                    source="feed"))  # fmt: skip
    return truth


def told(n, who, word, **more):
    return label(f"i{n}", who, label=word, content={"text": f"item {n}"}, **more)


def of(vetting):
    return {one.name: one for one in vetting.comparisons}


def test_an_honest_source_raises_no_concern_before_it_counts(deployment, beside):
    record(deployment, [told(n, "n1", beside[n]) for n in range(120)], source="new")

    vetting = vet_source(deployment, owner(), "new", "fraud")

    found = of(vetting)
    assert (vetting.labels, vetting.trusted, vetting.concerns) == (120, 360, 0)
    assert (found["agreement"].new.value, found["agreement"].new.n) == (1.0, 120)
    assert (found["gold_accuracy"].new.n, found["gold_accuracy"].trusted.n) == (40, 40)
    assert found["duplicates"].new.value == 0.0
    assert status(deployment, "new") == "probation"


def test_a_bribed_source_with_copies_raises_concerns(deployment, beside):
    rows = [told(n, "n1", "benign") for n in range(120)]
    rows += [label(f"x{n}", "n1", label="benign", content={"text": "copy"}) for n in range(60)]
    record(deployment, rows, source="new")

    found = of(vet_source(deployment, owner(), "new", "fraud"))

    assert {name for name, one in found.items() if one.concern} == {
        "label_mix", "agreement", "gold_accuracy", "duplicates",
    }  # fmt: skip
    assert found["gold_accuracy"].new.high < found["gold_accuracy"].trusted.low
    assert found["duplicates"].new.n == 180


def test_features_of_a_sources_items_are_compared(deployment, beside):
    rng = np.random.default_rng(1)
    for source, mean in (("feed", 0.0), ("new", 1.0)):
        record(deployment, [
            label(f"{source}{n}", "z", item_features={"amount": float(rng.normal(mean))})
            for n in range(200)
        ], source=source)  # fmt: skip

    found = of(vet_source(deployment, owner(), "new", "fraud"))

    assert found["feature: amount"].concern
    assert found["feature: amount"].new.n == 200


def test_decisions_are_acts_and_a_rejected_source_closes_no_gate(deployment, beside):
    record(deployment, [told(n, "n1", "fraud") for n in range(120)], source="new")

    decide_vetting(deployment, owner(), "new", "reject", reason="all one label")
    rejected = assess_project(deployment, owner(), "fraud")
    codes = closed_by(deployment)
    decide_vetting(deployment, owner(), "new", "trust", reason="it was our mistake")
    trusted = assess_project(deployment, owner(), "fraud")

    assert (rejected["labels"], trusted["labels"]) == (360, 480)
    assert "source_on_probation" not in codes
    assert [json.loads(one.detail)["decision"] for one in history(deployment, "source.vetted")] == [
        "reject", "trust",
    ]  # fmt: skip
    with pytest.raises(InvalidInput):
        decide_vetting(deployment, owner(), "new", "maybe", reason="why")


def test_nothing_to_compare_is_said(deployment):
    project(deployment)

    found = of(vet_source(deployment, owner(), "feed", "fraud"))

    assert all(one.new.value is None and one.new.reason for one in found.values())
    with pytest.raises(NotFound):
        vet_source(deployment, owner(), "feed", "theirs")


def test_the_commands(deployment, keys, tmp_path, monkeypatch, capsys):
    run = commands(deployment.settings, monkeypatch, capsys)
    path, manifest = labels_file(tmp_path), tmp_path / "m.json"
    signed = run("supplier", "sign", path, "--supplier", "Acme", "--key", keys, "--out", manifest)
    sent = ("import", path, "--project", "fraud", "--source", "acme", "--manifest", manifest)

    taken = run(*sent, "--json")
    vetting = run("source", "vet", "acme", "--project", "fraud", "--json")
    path.write_text(path.read_text() + "i99,sam,fraud\n")
    refused = run(*sent)

    assert (signed.code, taken.document["accepted"]) == (0, 30)
    assert vetting.document["labels"] == 30
    assert refused.code == 2
    assert "digest" in refused.err
    assert "refused" not in run("supplier", "show", "acme").err
    assert run("source", "vet", "acme", "--project", "fraud", "--decide", "trust").code == 2
