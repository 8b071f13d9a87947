"""Sets rebuilt without some labels, the set in use, and where labels went."""

import json
import shutil
from datetime import timedelta

import pyarrow.parquet as pq
import pytest
from commands import commands
from factories import START, label, owner
from recorded import history, project, record

from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Question
from labeltrust.domain.training_sets import Window, Without
from labeltrust.notebook import Project
from labeltrust.services.background import worker_of
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.list_snapshots import list_snapshots
from labeltrust.services.order_snapshot import order_snapshot
from labeltrust.services.register_model import list_models, register_model
from labeltrust.services.trace_labels import Whose, trace_labels
from labeltrust.services.use_snapshot import current_set, use_snapshot
from labeltrust.services.verify_snapshot import show_snapshot, snapshot_file, verify_snapshot

HOUR = timedelta(hours=1)


@pytest.fixture
def frauds(deployment, clock):
    """Three labelers on i1 to i3; mallory turns i1 and is alone on i3; carol came an hour later."""
    project(deployment)
    record(
        deployment,
        [
            label("i1", "alice", label="fraud"),
            label("i1", "mallory"),
            label("i1", "trudy"),
            label("i2", "alice"),
            label("i2", "mallory"),
            label("i3", "mallory"),
        ],
    )
    clock.tick(3600)
    record(deployment, [label("i4", "carol"), label("i4", "alice")])
    return deployment


def inside(deployment, manifest, column="labeler"):
    path = snapshot_file(deployment, owner(), manifest["snapshot"], "judgments.parquet")
    return set(pq.read_table(path)[column].to_pylist())


def test_a_set_is_rebuilt_without_labelers_and_says_why_and_from_which(frauds):
    first = create_snapshot(frauds, owner(), "fraud")["snapshot"]
    without = Without(labelers=("mallory", "trudy"), reason="ring 7")

    made = create_snapshot(frauds, owner(), "fraud", without=without, parent=first)

    assert inside(frauds, made) == {"alice", "carol"}
    assert [(e["code"], e["labeler"], e["labels"], e["reason"]) for e in made["excluded"]] == [
        ("left_out", "mallory", 3, "ring 7"),
        ("left_out", "trudy", 1, "ring 7"),
    ]
    assert made["parent"] == first
    assert list_snapshots(frauds, owner(), "fraud")[0].parent == first
    assert verify_snapshot(frauds, owner(), made["snapshot"]).ok
    again = create_snapshot(frauds, owner(), "fraud")
    assert "mallory" in inside(frauds, again)


def test_a_source_an_import_and_a_window_of_received_time_are_left_out(frauds):
    brought = record(frauds, [label("i5", "dave")])
    late = Without(windows=(Window(start=START + HOUR / 2, end=START + HOUR),))
    later = Without(windows=(Window(start=START + HOUR / 2, end=START + 2 * HOUR),))

    by_import = create_snapshot(
        frauds, owner(), "fraud", without=Without(imports=(brought.delivery_id,))
    )
    by_source = create_snapshot(frauds, owner(), "fraud", without=Without(sources=("feed",)))
    before, after = (create_snapshot(frauds, owner(), "fraud", without=w) for w in (late, later))

    assert inside(frauds, by_import, "item") == {"i1", "i2", "i3", "i4"}
    assert inside(frauds, by_source) == set()
    assert "carol" in inside(frauds, before)  # a window ends before its end
    assert inside(frauds, after) == {"alice", "mallory", "trudy"}
    assert after["excluded"][0]["until"] == (START + 2 * HOUR).isoformat()
    assert after["excluded"][0]["clock"] == "received"
    assert "wish" in after["excluded"][0]["reason"]


def test_what_is_frozen_too_counts_as_frozen(frauds):
    freeze_labels(
        frauds, owner(), FreezeDraft(project="fraud", labeler="mallory", reason="audit 3")
    )

    made = create_snapshot(frauds, owner(), "fraud", without=Without(labelers=("mallory",)))

    assert [(e["code"], e["labels"]) for e in made["excluded"]] == [("frozen", 3), ("left_out", 0)]
    assert made["excluded"][0]["reason"] == "audit 3"


def test_labels_that_were_to_be_left_out_are_found_inside(frauds, monkeypatch):
    from labeltrust.services import create_snapshot as module  # noqa: PLC0415 - the fault itself

    real = module.tables_of
    all_in = lambda q, loaded, kept, *rest: real(q, loaded, kept | True, *rest)  # noqa: E731
    monkeypatch.setattr(module, "tables_of", all_in)
    made = create_snapshot(frauds, owner(), "fraud", without=Without(labelers=("mallory",)))

    found = verify_snapshot(frauds, owner(), made["snapshot"])

    assert found.problems == ("labels that were to be left out are inside",)


@pytest.mark.parametrize(
    ("without", "error"),
    [
        (Without(labelers=("nobody",)), NotFound),
        (Without(sources=("nothing",)), NotFound),
        (Without(imports=(99,)), NotFound),
        (Without(windows=(Window(start=START, end=START),)), InvalidInput),
        (Without(labelers=("mallory",) * 201), InvalidInput),
    ],
)
def test_what_is_not_there_cannot_be_left_out(frauds, without, error):
    with pytest.raises(error):
        create_snapshot(frauds, owner(), "fraud", without=without)
    with pytest.raises(error):
        order_snapshot(frauds, owner(), "fraud", without=without)


def test_a_parent_is_a_snapshot_of_the_same_project(frauds):
    project(frauds, "other", source="theirs")
    theirs = create_snapshot(frauds, owner(), "other")["snapshot"]

    with pytest.raises(InvalidInput, match="another project"):
        create_snapshot(frauds, owner(), "fraud", parent=theirs)
    with pytest.raises(NotFound):
        create_snapshot(frauds, owner(), "fraud", parent=77)


def test_an_order_in_the_background_keeps_what_is_to_be_left_out(frauds):
    window = Window(start=START, end=START + HOUR / 2)
    without = Without(labelers=("trudy",), windows=(window,), reason="x")
    order_snapshot(frauds, owner(), "fraud", without=without)
    worker = worker_of(frauds)
    while worker.step():
        pass

    (made,) = list_snapshots(frauds, owner(), "fraud")

    assert inside(frauds, show_snapshot(frauds, owner(), made.id)) == {"alice", "carol"}


def test_a_project_trains_on_the_named_set_and_goes_back_to_a_former_one(frauds, clock):
    first, second = (create_snapshot(frauds, owner(), "fraud")["snapshot"] for _ in range(2))
    assert current_set(frauds, owner(), "fraud").current is None

    use_snapshot(frauds, owner(), first, reason="the first")
    clock.tick(1)
    used = use_snapshot(frauds, owner(), second, reason="newer")
    with pytest.raises(Conflict):
        use_snapshot(frauds, owner(), second, reason="again")
    back = use_snapshot(frauds, owner(), first, reason="ring 7 is inside #2")

    assert used.undo == f"labeltrust snapshot use {first} --reason …"
    assert back.current.snapshot == first
    assert [one.snapshot for one in back.history] == [first, second, first]
    told = [json.loads(event.detail) for event in history(frauds, "snapshot.used")]
    assert [(one["snapshot"], one["before"]) for one in told] == [(1, None), (2, 1), (1, 2)]


def test_who_may_not_make_sets_names_none_and_a_reason_is_asked_for(frauds):
    number = create_snapshot(frauds, owner(), "fraud")["snapshot"]
    reviewer = Principal(name="person:ann", role="reviewer", projects=None)
    stranger = Principal(name="person:eve", role="ml_engineer", projects=frozenset({"other"}))

    with pytest.raises(NotAllowed):
        use_snapshot(frauds, reviewer, number, reason="x")
    with pytest.raises(NotAllowed):
        register_model(frauds, reviewer, number, model="m", version="1")
    with pytest.raises(NotFound):
        use_snapshot(frauds, stranger, number, reason="x")
    with pytest.raises(NotFound):
        trace_labels(frauds, stranger, "fraud", Whose(labeler="mallory"))
    with pytest.raises(InvalidInput):
        use_snapshot(frauds, owner(), number, reason=" ")


def test_a_model_is_told_once_however_often(frauds):
    number = create_snapshot(frauds, owner(), "fraud")["snapshot"]

    for _ in range(2):
        register_model(frauds, owner(), number, model="net", version="1", words="run 12")

    (model,) = list_models(frauds, owner(), number)
    assert (model.model, model.version, model.note) == ("net", "1", "run 12")
    (event,) = history(frauds, "model.trained")
    assert json.loads(event.detail)["snapshot"] == number
    with pytest.raises(InvalidInput):
        register_model(frauds, owner(), number, model="", version="1")


def test_lineage_tells_sets_models_and_what_rests_on_the_labels(frauds):
    first = create_snapshot(frauds, owner(), "fraud")["snapshot"]
    create_snapshot(frauds, owner(), "fraud", without=Without(labelers=("mallory",)), parent=first)
    register_model(frauds, owner(), first, model="net", version="1")
    register_model(frauds, owner(), 2, model="net", version="2")
    use_snapshot(frauds, owner(), first, reason="x")

    found = trace_labels(frauds, owner(), "fraud", Whose(labeler="mallory"))

    (trace,) = found.snapshots
    assert (trace.snapshot, trace.in_use, found.looked_at) == (first, True, 2)
    # i1 becomes a tie, i3 has nobody else's label, i2 stays as it is.
    share = trace.share
    assert (share.labels, share.items, share.alone, share.changes) == (3, 3, 1, 2)
    assert [(model.model, model.version) for model in found.models] == [("net", "1")]


def test_lineage_of_a_source_of_an_import_and_of_files_that_are_gone(frauds):
    brought = record(frauds, [label("i5", "dave")])
    made = create_snapshot(frauds, owner(), "fraud")
    by_source = trace_labels(frauds, owner(), "fraud", Whose(source="feed"))
    by_import = trace_labels(frauds, owner(), "fraud", Whose(import_id=brought.delivery_id))
    snapshot_file(frauds, owner(), made["snapshot"], "judgments.parquet").unlink()
    kept = trace_labels(frauds, owner(), "fraud", Whose(source="feed"))
    shutil.rmtree(frauds.settings.home / "snapshots" / ".shares")
    gone = trace_labels(frauds, owner(), "fraud", Whose(source="feed"))

    assert by_source.snapshots[0].share.labels == 9
    assert by_import.snapshots[0].share.alone == 1
    assert kept == by_source
    assert (gone.snapshots[0].share, gone.models) == (None, ())
    assert "cannot be read" in gone.snapshots[0].reason
    for whose in (Whose(), Whose(labeler="alice", import_id=1)):
        with pytest.raises(InvalidInput):
            trace_labels(frauds, owner(), "fraud", whose)


def test_lineage_does_not_compare_what_is_no_majority(deployment):
    project(deployment, questions=(Question(scale="interval"),))
    record(deployment, [label("i1", "a", label=2), label("i1", "b", label=5)])
    create_snapshot(deployment, owner(), "fraud")

    (trace,) = trace_labels(deployment, owner(), "fraud", Whose(labeler="a")).snapshots

    assert (trace.share.items, trace.share.changes, trace.share.not_compared) == (1, 0, 1)


def test_the_notebook_has_lineage_as_a_tidy_frame(frauds):
    create_snapshot(frauds, owner(), "fraud")
    register_model(frauds, owner(), 1, model="net", version="1")
    opened = Project(deployment=frauds, name="fraud")

    frame = opened.lineage("mallory")

    assert frame[
        ["snapshot", "labels", "items", "alone", "changes", "models"]
    ].to_numpy().tolist() == [[1, 3, 3, 1, 2, "net 1"]]
    assert opened.lineage("carol", source="feed")["labels"].tolist() == [1]


def test_several_windows_are_left_out_by_a_command(frauds, settings, monkeypatch, capsys):
    cli = commands(settings, monkeypatch, capsys)
    day = "2026-11-22T"

    made = cli(
        "snapshot", "create", "--without-window", f"{day}11:00", f"{day}11:30", "-p", "fraud",
        "--without-window", f"{day}09:00", f"{day}11:00", "--json",
    )  # fmt: skip
    half = cli("snapshot", "create", "-p", "fraud", "--without-window", f"{day}11:00")
    stray = cli("snapshot", "create", "-p", "fraud", "elsewhere")

    assert [(e["since"][11:16], e["until"][11:16]) for e in made.document["excluded"]] == [
        ("11:00", "11:30"),
        ("09:00", "11:00"),
    ]
    assert (half.code, stray.code) == (2, 2)
    assert "a window has a start and an end" in half.err
    assert "unexpected word 'elsewhere'" in stray.err


def test_the_whole_way_back_by_commands(frauds, settings, monkeypatch, capsys):
    cli = commands(settings, monkeypatch, capsys)
    cli("snapshot", "create", "-p", "fraud")
    cli("snapshot", "use", 1, "--reason", "first")
    cli("snapshot", "trained", 1, "--model", "net", "--version", "1")
    made = cli(
        "snapshot", "create", "-p", "fraud", "--from", 1, "--without-labeler", "mallory",
        "--without-labeler", "trudy", "--reason", "ring", "--without-window", "2026-11-22T11:00",
        "2026-11-22T11:30", "--json",
    )  # fmt: skip
    changed = cli("snapshot", "diff", 2, "--json")
    used = cli("snapshot", "use", 2, "--reason", "without the ring")
    current = cli("snapshot", "current", "-p", "fraud", "--json")
    traced = cli("lineage", "-p", "fraud", "--labeler", "mallory")
    as_json = cli("lineage", "-p", "fraud", "--labeler", "mallory", "--json")

    assert [e["labels"] for e in made.document["excluded"]] == [3, 1, 2]
    assert (changed.document["before"], changed.document["after"]) == (1, 2)
    assert cli("snapshot", "diff", 1).code == 2
    assert "undo: labeltrust snapshot use 1" in used.out
    assert current.document["current"]["snapshot"] == 2
    assert "net 1" in traced.out
    assert as_json.document["snapshots"][0]["share"]["changes"] == 2
    assert cli("snapshot", "create", "-p", "fraud", "--without-window", "x", "y").code == 2
    assert cli("lineage", "-p", "fraud").code == 2
    assert cli("lineage", "-p", "fraud", "--labeler", "nobody").code == 2
