"""Training sets: what is inside, what is not, and that both can be checked."""

import json
from datetime import timedelta

import pyarrow.parquet as pq
import pytest
from factories import START, gold, label, owner
from recorded import project, record

from labeltrust.domain.access import SourceChange
from labeltrust.domain.errors import NotFound
from labeltrust.domain.projects import Question
from labeltrust.services.add_source import change_source
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.verify_snapshot import show_snapshot, snapshot_file, verify_snapshot


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(
        deployment,
        [
            label("i1", "alice", label="fraud"),
            label("i1", "bob", label="fraud"),
            label("i1", "mallory", label="benign"),
            label("i2", "alice", label="fraud"),
            label("i2", "mallory", label="benign"),
            label("i3", "mallory", label="benign"),
            gold("i1", label="fraud"),
        ],
    )
    return deployment


def freeze(deployment, **more):
    values = {"project": "fraud", "labeler": "mallory", "reason": "audit"} | more
    return freeze_labels(deployment, owner(), FreezeDraft(**values))


def rows(deployment, snapshot, name="labels.parquet"):
    return pq.read_table(snapshot_file(deployment, owner(), snapshot, name)).to_pylist()


def labels(deployment, snapshot):
    return {row["item"]: row["label"] for row in rows(deployment, snapshot)}


def test_a_snapshot_holds_the_consensus_label_of_every_item_and_says_ties(frauds):
    made = create_snapshot(frauds, owner(), "fraud")

    assert made["files"]["labels.parquet"]["rows"] == 3
    assert labels(frauds, made["snapshot"]) == {"i1": "fraud", "i2": None, "i3": "benign"}
    first, second, _ = sorted(rows(frauds, made["snapshot"]), key=lambda row: row["item"])
    assert (first["n_labelers"], first["share"], first["gold"]) == (
        3,
        pytest.approx(2 / 3),
        "fraud",
    )
    assert (second["tied"], second["gold"]) == (True, None)
    said = made["consensus"]["label"]
    assert (said["method"], said["ties"]) == ("majority", 1)
    assert (said["inferred"]["method"], said["inferred"]["weighted_by_trust"]) == (
        "dawid_skene",
        False,
    )
    assert (first["inferred"], first["posterior"], first["n_labels"]) == ("fraud", 1.0, 3)
    assert 0 < second["posterior"] <= 1


def test_the_judgments_behind_it_come_with_it(frauds):
    made = create_snapshot(frauds, owner(), "fraud")

    found = rows(frauds, made["snapshot"], "judgments.parquet")

    assert len(found) == 6
    assert {row["labeler"] for row in found} == {"alice", "bob", "mallory"}
    assert found[0]["received_at"] == START
    assert {row["source"] for row in found} == {"feed"}


def test_frozen_labels_stay_out_with_reason_and_count_and_return_with_the_lift(frauds):
    frozen = freeze(frauds)

    without = create_snapshot(frauds, owner(), "fraud")
    lift_freeze(frauds, owner(), frozen.id, reason="cleared")
    whole = create_snapshot(frauds, owner(), "fraud")

    assert labels(frauds, without["snapshot"]) == {"i1": "fraud", "i2": "fraud"}
    (reason,) = without["excluded"]
    assert (reason["code"], reason["labels"], reason["labeler"]) == ("frozen", 3, "mallory")
    assert reason["freeze"] == frozen.id
    assert len(rows(frauds, whole["snapshot"], "judgments.parquet")) == 6
    assert whole["excluded"] == []


def test_a_freeze_since_a_moment_keeps_what_came_before(frauds, clock):
    clock.tick(3600)
    record(frauds, [label("i4", "mallory"), label("i4", "bob")])
    freeze(frauds, since=START + timedelta(minutes=30))

    made = create_snapshot(frauds, owner(), "fraud")

    found = rows(frauds, made["snapshot"], "judgments.parquet")
    assert {row["item"] for row in found if row["labeler"] == "mallory"} == {"i1", "i2", "i3"}
    assert made["excluded"][0]["labels"] == 1


def test_a_freeze_by_the_claimed_clock_looks_at_the_claimed_time(frauds):
    early = START - timedelta(days=2)
    record(frauds, [label("i5", "mallory", occurred_at=early)])
    freeze(frauds, since=START - timedelta(days=1), clock="occurred")

    made = create_snapshot(frauds, owner(), "fraud")

    found = rows(frauds, made["snapshot"], "judgments.parquet")
    assert [row["item"] for row in found if row["labeler"] == "mallory"] == ["i5"]


def test_an_import_and_a_source_can_be_left_out(frauds):
    brought = record(frauds, [label("i6", "carol"), label("i7", "carol")])
    freeze(frauds, labeler=None, import_id=brought.delivery_id)
    by_import = create_snapshot(frauds, owner(), "fraud")
    freeze(frauds, labeler=None, source="feed")
    by_source = create_snapshot(frauds, owner(), "fraud")

    assert set(labels(frauds, by_import["snapshot"])) == {"i1", "i2", "i3"}
    assert labels(frauds, by_source["snapshot"]) == {}
    assert [e["labels"] for e in by_source["excluded"]] == [2, 6]


def test_labels_of_a_source_on_probation_do_not_count(frauds):
    change_source(frauds, owner(), "feed", SourceChange(status="probation"))

    made = create_snapshot(frauds, owner(), "fraud")

    assert labels(frauds, made["snapshot"]) == {}
    assert made["excluded"][0]["code"] == "probation"


def test_a_snapshot_verifies_until_a_byte_changes(frauds):
    made = create_snapshot(frauds, owner(), "fraud")
    number = made["snapshot"]
    fine = verify_snapshot(frauds, owner(), number)
    path = snapshot_file(frauds, owner(), number, "labels.parquet")
    body = bytearray(path.read_bytes())
    body[len(body) // 2] ^= 1
    path.write_bytes(body)

    changed = verify_snapshot(frauds, owner(), number)

    assert (fine.ok, fine.problems, fine.rows) == (True, (), 3)
    assert not changed.ok
    assert "labels.parquet does not match its checksum" in changed.problems[0]


@pytest.mark.parametrize("name", ["manifest.json", "judgments.parquet"])
def test_a_missing_file_is_named(frauds, name):
    number = create_snapshot(frauds, owner(), "fraud")["snapshot"]
    snapshot_file(frauds, owner(), number, name).unlink()

    found = verify_snapshot(frauds, owner(), number)

    assert f"{name} is missing" in found.problems[0]


def test_a_manifest_rewritten_with_its_files_is_not_the_one_on_record(frauds):
    number = create_snapshot(frauds, owner(), "fraud")["snapshot"]
    path = snapshot_file(frauds, owner(), number, "manifest.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"excluded": []}))

    found = verify_snapshot(frauds, owner(), number)

    assert "is not the manifest on record" in found.problems[0]


def test_a_snapshot_made_before_a_freeze_still_verifies(frauds, clock):
    number = create_snapshot(frauds, owner(), "fraud")["snapshot"]
    clock.tick(1)
    freeze(frauds)

    assert verify_snapshot(frauds, owner(), number).ok


def test_a_label_that_was_frozen_then_is_found_inside(frauds, clock, monkeypatch):
    freeze(frauds)
    clock.tick(1)
    from labeltrust.services import _snapshot_facts as module  # noqa: PLC0415 - the fault itself

    monkeypatch.setattr(module, "standing_holds", lambda *_: [])
    number = create_snapshot(frauds, owner(), "fraud")["snapshot"]

    found = verify_snapshot(frauds, owner(), number)

    assert found.problems == ("labels held by freeze 1 are inside",)


def test_every_question_is_in_the_set_with_its_own_scale(deployment):
    asked = (Question(classes=("benign", "fraud")), Question(name="sum", scale="interval"))
    project(deployment, questions=asked)
    record(
        deployment,
        [
            label("i1", "a"),
            label("i1", "a", question="sum", label=2),
            label("i1", "b", question="sum", label=5),
        ],
    )

    made = create_snapshot(deployment, owner(), "fraud")

    found = {row["question"]: row for row in rows(deployment, made["snapshot"])}
    assert (found["label"]["label"], found["sum"]["value"]) == ("benign", 3.5)
    assert (made["consensus"]["sum"]["method"], made["consensus"]["sum"]["ties"]) == ("median", 0)


def test_an_orphan_folder_of_a_lost_transaction_is_moved_aside(frauds):
    orphan = frauds.settings.home / "snapshots" / "1"
    orphan.mkdir(parents=True)
    (orphan / "labels.parquet").write_text("half")

    made = create_snapshot(frauds, owner(), "fraud")

    assert verify_snapshot(frauds, owner(), made["snapshot"]).ok


def test_a_failed_snapshot_leaves_neither_row_nor_files(frauds, monkeypatch):
    from labeltrust.services import create_snapshot as module  # noqa: PLC0415 - the fault itself

    def fails(*_):
        raise OSError("no space left")

    monkeypatch.setattr(module, "move_into_place", fails)
    with pytest.raises(OSError, match="no space left"):
        create_snapshot(frauds, owner(), "fraud")

    assert list((frauds.settings.home / "snapshots").iterdir()) == []
    with pytest.raises(NotFound):
        show_snapshot(frauds, owner(), 1)


def test_an_empty_project_gives_an_empty_set(deployment):
    project(deployment)

    made = create_snapshot(deployment, owner(), "fraud")

    assert made["files"]["labels.parquet"]["rows"] == 0
    assert verify_snapshot(deployment, owner(), made["snapshot"]).ok
