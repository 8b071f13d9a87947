"""Sets, spans, boxes and texts from a file to flags, gate and training set."""

import json

import pyarrow.parquet as pq
import pytest
from factories import gold, label, owner
from parts import parts_crowd
from recorded import project, record

from labeltrust.domain.projects import Question
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.list_flags import list_flags
from labeltrust.services.show_evidence import flag_evidence
from labeltrust.services.verify_snapshot import snapshot_file

KINDS = ("set", "spans", "boxes", "text")
pytestmark = pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
every_kind = pytest.mark.parametrize("kind", KINDS)


def read(kind, word):
    return word if kind == "text" else json.loads(word)


@pytest.fixture
def crowd(kind):
    return parts_crowd(kind, 11, n_labelers=16, n_items=400)


@pytest.fixture
def tags(deployment, crowd, tmp_path):
    """A project whose labels and gold came in as files."""
    labels, known = tmp_path / "labels.jsonl", tmp_path / "gold.jsonl"
    rows = [
        {"item": f"i{i}", "labeler": f"w{who}", "label": read(crowd.kind, word),
         "created_at": f"2026-11-{1 + i // 24:02}T{i % 24:02}:00:00Z"}
        for i, who, word in crowd.rows
    ]  # fmt: skip
    labels.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    right = [{"item": f"i{i}", "label": read(crowd.kind, word)} for i, word in crowd.gold.items()]
    known.write_text("\n".join(json.dumps(row) for row in right), encoding="utf-8")
    request = ImportRequest(path=labels, project="tags", scale=crowd.kind, gold=known)
    import_file(deployment, owner(), request, lambda _: None)
    return deployment


@every_kind
def test_an_imported_crowd_is_measured_and_its_bad_labelers_are_flagged(tags, crowd, kind):
    document = assess_project(tags, owner(), "tags")

    assert (document["labels"], document["labelers_n"]) == (len(crowd.rows), 16)
    assert document["alpha"]["level"] == document["scale"] == kind
    assert document["alpha"]["low"] < document["alpha"]["value"] < document["alpha"]["high"]
    assert 0.3 < document["percent_agreement"]["value"] < 0.95
    assert "counts classes" in document["gwet_ac"]["reason"]
    flags = list_flags(tags, owner(), "tags")
    named = {flag.labeler for flag in flags}
    bad = {f"w{code}" for code in crowd.bad}
    assert bad <= named
    assert len(named - bad) <= 2
    assert all("low_agreement" in flag.signals for flag in flags)
    accuracy = {e["labeler"]: e["gold_accuracy"]["value"] for e in document["labelers"]}
    worst = sorted(accuracy, key=lambda name: accuracy[name] or 0.0)[:4]
    assert bad <= set(worst)
    evidence = flag_evidence(tags, owner(), next(f.id for f in flags if f.labeler in bad))
    assert {(item.said, item.others_believe) for item in evidence.items} == {("unlike", "alike")}
    said = {line["signal"]: line["estimate"] for line in document["labelers"][0]["signals"]}
    assert "value" in said["low_agreement"]
    assert said["targeted_flip"]["value"] is None
    assert "counts classes" in said["targeted_flip"]["reason"]


@pytest.mark.parametrize("kind", ["set", "boxes"])
def test_a_training_set_holds_the_consensus_and_gold_goes_before_it(tags, crowd, kind):
    assess_project(tags, owner(), "tags")
    freeze_labels(tags, owner(), FreezeDraft(project="tags", labeler="w3", reason="audit"))

    made = create_snapshot(tags, owner(), "tags")

    path = snapshot_file(tags, owner(), made["snapshot"], "labels.parquet")
    rows = {row["item"]: row for row in pq.read_table(path).to_pylist()}
    assert made["consensus"]["label"]["method"] in {"medoid", "majority of members"}
    assert made["assessed_through"] > 0
    for item, word in crowd.gold.items():
        assert rows[f"i{item}"]["label"] == rows[f"i{item}"]["gold"] == word
    agreed = [row for row in rows.values() if not row["tied"]]
    assert len(agreed) > 300
    assert all(row["label"] is not None and 0 <= row["share"] <= 1 for row in agreed)
    given = {word for _, _, word in crowd.rows} | set(crowd.gold.values())
    assert kind == "set" or {row["label"] for row in agreed} <= given


@pytest.mark.parametrize("kind", ["spans"])
def test_labels_that_came_by_event_are_assessed_the_same(deployment, crowd, kind):
    project(deployment, questions=(Question(scale=kind),))
    record(
        deployment,
        [
            *(label(f"i{i}", f"w{who}", label=read(kind, word)) for i, who, word in crowd.rows),
            *(gold(f"i{i}", label=read(kind, word)) for i, word in crowd.gold.items()),
        ],
    )

    document = assess_project(deployment, owner(), "fraud")

    flagged = {e["labeler"] for e in document["labelers"] if e["flag"]}
    assert {f"w{code}" for code in crowd.bad} <= flagged
    assert len(flagged) <= 4
    assert document["breaker_tripped"] is False
