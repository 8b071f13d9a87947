"""Hold-back of fresh labels, snapshots made in the background, and what changed between two."""

import json

import pyarrow.parquet as pq
import pytest
from factories import label, owner
from recorded import history, project, record

from labeltrust.domain.errors import InvalidInput, NotAllowed, NotFound
from labeltrust.domain.events import Event
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Question
from labeltrust.services.background import worker_of
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.diff_snapshots import DiffPage, diff_snapshots
from labeltrust.services.list_snapshots import list_snapshots
from labeltrust.services.order_snapshot import order_snapshot, snapshots_under_way
from labeltrust.services.verify_snapshot import show_snapshot, snapshot_file, verify_snapshot


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, [label("i1", "alice", label="fraud"), label("i2", "alice")])
    return deployment


def items(deployment, manifest):
    path = snapshot_file(deployment, owner(), manifest["snapshot"], "judgments.parquet")
    return sorted(pq.read_table(path)["item"].to_pylist())


def test_fresh_labels_are_held_back_and_the_manifest_says_since_when(frauds, clock):
    clock.tick(3 * 3600)
    record(frauds, [label("i3", "alice"), label("i3", "bob")])

    made = create_snapshot(frauds, owner(), "fraud", hold_back_hours=2)

    assert items(frauds, made) == ["i1", "i2"]
    assert made["hold_back"]["hours"] == 2
    (left,) = made["excluded"]
    assert (left["code"], left["labels"], left["labeler"]) == ("fresh", 2, None)
    assert left["since"] == made["hold_back"]["since"]
    assert verify_snapshot(frauds, owner(), made["snapshot"]).ok


def test_without_hold_back_everything_goes_in(frauds):
    made = create_snapshot(frauds, owner(), "fraud")

    assert (made["hold_back"], made["excluded"]) == (None, [])


def test_fresh_labels_that_are_inside_all_the_same_are_found(frauds, monkeypatch):
    from labeltrust.services import _snapshot_facts as module  # noqa: PLC0415 - the fault itself

    monkeypatch.setattr(module, "fresh_hold", lambda _: ())
    made = create_snapshot(frauds, owner(), "fraud", hold_back_hours=2)
    monkeypatch.undo()

    found = verify_snapshot(frauds, owner(), made["snapshot"])

    assert found.problems == ("labels held back as fresh are inside",)


@pytest.mark.parametrize("hours", [-1.0, float("nan"), float("inf"), 1e6])
def test_no_other_time_is_held_back(frauds, hours):
    with pytest.raises(InvalidInput, match="hold-back"):
        create_snapshot(frauds, owner(), "fraud", hold_back_hours=hours)
    with pytest.raises(InvalidInput, match="hold-back"):
        order_snapshot(frauds, owner(), "fraud", hold_back_hours=hours)


def test_an_ordered_snapshot_is_made_in_the_name_of_who_ordered_it(frauds):
    engineer = Principal(name="person:eve", role="ml_engineer", projects=None)
    order_snapshot(frauds, engineer, "fraud", hold_back_hours=1)
    (waiting,) = snapshots_under_way(frauds, owner(), "fraud")
    worker = worker_of(frauds)
    while worker.step():
        pass

    assert (waiting.ordered_by, waiting.hold_back_hours, waiting.runs) == ("person:eve", 1, False)
    assert snapshots_under_way(frauds, owner(), "fraud") == []
    (made,) = list_snapshots(frauds, owner(), "fraud")
    assert made.created_by == "person:eve"
    assert show_snapshot(frauds, owner(), made.id)["hold_back"]["hours"] == 1
    (event,) = history(frauds, "snapshot.created")
    assert event.actor == "person:eve"


def test_an_order_that_fails_says_why_and_is_given_up_in_the_end(frauds, clock, monkeypatch):
    from labeltrust.domain.errors import Busy  # noqa: PLC0415
    from labeltrust.services import order_snapshot as module  # noqa: PLC0415 - the fault itself

    def fails(*_):
        raise Busy("the disk is full")

    monkeypatch.setattr(module, "carry_out", fails)
    order_snapshot(frauds, owner(), "fraud")
    worker = worker_of(frauds)
    worker.step()
    (failed,) = snapshots_under_way(frauds, owner(), "fraud")
    for _ in range(10):
        clock.tick(400)
        while worker.step():
            pass

    assert "the disk is full" in failed.error
    assert snapshots_under_way(frauds, owner(), "fraud") == []
    assert list_snapshots(frauds, owner(), "fraud") == []


def test_who_may_not_make_snapshots_orders_none(frauds):
    reviewer = Principal(name="person:ann", role="reviewer", projects=None)

    with pytest.raises(NotAllowed):
        order_snapshot(frauds, reviewer, "fraud")
    with pytest.raises(NotFound):
        order_snapshot(frauds, owner(), "nothing")


def changed(deployment):
    """Two snapshots: i1 changed, i2 went, i3 came, i4 stayed a tie."""
    ties = [label("i4", "alice", label="fraud"), label("i4", "bob")]
    record(deployment, [*ties, label("i2", "alice", annotation_id="a2")])
    before = create_snapshot(deployment, owner(), "fraud")["snapshot"]
    gone = Event(type="label.withdrawn", project="fraud", item="i2", labeler="alice")
    deployment.clock.tick(1)
    record(deployment, [label("i1", "alice"), label("i3", "bob"), gone])
    return before, create_snapshot(deployment, owner(), "fraud")["snapshot"]


def test_a_diff_tells_what_came_went_and_changed(frauds):
    before, after = changed(frauds)

    found = diff_snapshots(frauds, owner(), before, after)

    assert dict(found.counts) == {"added": 1, "removed": 1, "changed": 1, "same": 1}
    assert [(row.item, row.kind, row.before, row.after) for row in found.rows] == [
        ("i1", "changed", "fraud", "benign"),
        ("i2", "removed", "benign", None),
        ("i3", "added", None, "benign"),
    ]
    assert {(one.kind, one.before, one.after): one.items for one in found.by_class} == {
        ("changed", "fraud", "benign"): 1,
        ("removed", "benign", None): 1,
        ("added", None, "benign"): 1,
    }


def test_a_diff_read_backwards_is_the_mirror(frauds):
    before, after = changed(frauds)

    found = diff_snapshots(frauds, owner(), after, before)

    assert (found.counts["added"], found.counts["removed"]) == (1, 1)
    assert [row.item for row in found.rows if row.kind == "added"] == ["i2"]


def test_a_diff_comes_in_pages_of_one_kind(frauds):
    record(frauds, [label(f"x{n:03d}", "bob") for n in range(25)])
    before = create_snapshot(frauds, owner(), "fraud")["snapshot"]
    record(frauds, [label(f"y{n:03d}", "bob") for n in range(25)])
    after = create_snapshot(frauds, owner(), "fraud")["snapshot"]

    pages = [
        diff_snapshots(frauds, owner(), before, after, DiffPage(kind="added", offset=o, limit=10))
        for o in (0, 10, 20, 30)
    ]

    listed = [row.item for page in pages for row in page.rows]
    assert listed == [f"y{n:03d}" for n in range(25)]
    assert {page.total for page in pages} == {25}


def test_numbers_are_compared_by_value(deployment):
    project(deployment, questions=(Question(scale="interval"),))
    record(deployment, [label("i1", "a", label=2), label("i2", "a", label=3)])
    before = create_snapshot(deployment, owner(), "fraud")["snapshot"]
    deployment.clock.tick(1)
    record(deployment, [label("i1", "a", label=2.5)])
    after = create_snapshot(deployment, owner(), "fraud")["snapshot"]

    (row,) = diff_snapshots(deployment, owner(), before, after).rows

    assert (row.item, row.before, row.after) == ("i1", "2", "2.5")


def test_empty_snapshots_and_one_with_itself_do_not_differ(deployment):
    project(deployment)
    number = create_snapshot(deployment, owner(), "fraud")["snapshot"]

    found = diff_snapshots(deployment, owner(), number, number)

    assert (found.total, found.rows, found.by_class) == (0, (), ())


def test_snapshots_of_two_projects_are_not_compared_nor_those_out_of_scope_seen(frauds):
    project(frauds, "other", source="theirs")
    mine = create_snapshot(frauds, owner(), "fraud")["snapshot"]
    theirs = create_snapshot(frauds, owner(), "other")["snapshot"]
    narrow = Principal(name="person:ann", role="auditor", projects=frozenset({"fraud"}))

    with pytest.raises(InvalidInput, match="different projects"):
        diff_snapshots(frauds, owner(), mine, theirs)
    with pytest.raises(NotFound):
        diff_snapshots(frauds, narrow, mine, theirs)
    with pytest.raises(InvalidInput, match="kind"):
        diff_snapshots(frauds, owner(), mine, mine, DiffPage(kind="stolen"))


def test_a_changed_manifest_is_told_by_what_differs_in_it(frauds):
    made = create_snapshot(frauds, owner(), "fraud")
    path = snapshot_file(frauds, owner(), made["snapshot"], "manifest.json")
    path.write_text(json.dumps(json.loads(path.read_text()) | {"excluded": 7, "position": 1}))

    (problem,) = verify_snapshot(frauds, owner(), made["snapshot"]).problems

    assert problem.endswith("it differs in excluded, position")
