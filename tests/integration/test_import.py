"""Files through the same record as webhooks: once, whole, and with every bad row named."""

import gzip
import json
from itertools import pairwise

import pytest
from factories import owner
from records import chain_rows
from sqlmodel import func, select

from labeltrust.domain.access import SourceDraft
from labeltrust.domain.errors import InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import ProjectChange, ProjectDraft, Question
from labeltrust.services.add_source import add_source
from labeltrust.services.change_project import change_project
from labeltrust.services.create_project import create_project
from labeltrust.services.declare_gold import list_gold
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.list_quarantine import list_quarantine, show_quarantine
from labeltrust.services.retry_quarantine import retry_quarantine
from labeltrust.services.show_project import show_project
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.store.judgments import read_judgments
from labeltrust.store.session import reading
from labeltrust.store.tables import Delivery, Event, Quarantine

HEADER = "item,labeler,label\n"


@pytest.fixture
def load(deployment, tmp_path):
    """Import some text as a file."""

    def run(text, name="labels.csv", principal=None, **more):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        request = ImportRequest(path=path, **({"project": "fraud"} | more))
        return import_file(deployment, principal or owner(), request, lambda _: None)

    return run


def counted(deployment):
    with reading(deployment.engine) as session:
        return tuple(
            session.exec(select(func.count()).select_from(table)).one()
            for table in (Event, Delivery, Quarantine)
        )


def rows(n, start=0):
    return HEADER + "".join(f"i{k // 3},l{k % 7},{'ab'[k % 2]}\n" for k in range(start, start + n))


def test_a_missing_project_is_made_and_said_so(deployment, load):
    report = load(rows(30))

    assert (report.project_created, report.accepted, report.rows) == (True, 30, 30)
    project = show_project(deployment, owner(), "fraud")
    assert [q.name for q in project.questions] == ["label"]
    assert project.sources == ("import",)
    assert len(read_judgments(deployment.engine, "fraud").label) == 30


@pytest.mark.parametrize("times", [2, 3])
def test_the_same_file_again_adds_nothing(deployment, load, times):
    text = rows(30) + "i1,,x\nbroken\n"
    first = load(text)
    before = counted(deployment)

    for _ in range(times - 1):
        again = load(text, name="renamed.csv")

    assert counted(deployment) == before
    assert (again.accepted, again.duplicates, again.quarantined) == (0, 30, 2)
    assert (again.project_created, again.import_id) == (False, first.import_id)


def test_a_file_that_grew_adds_only_what_is_new(load):
    load(rows(30))

    report = load(rows(40))

    assert (report.accepted, report.duplicates) == (10, 30)


def test_rows_that_stand_twice_are_two_answers_that_stay_two(deployment, load):
    text = HEADER + "i1,ann,a\n" * 3

    load(text)
    load(text)

    assert counted(deployment)[0] == len(chain_rows(deployment, "system")) + 4


def test_gzip_gives_the_same_events_as_plain_text(load):
    load(rows(30))

    report = load(gzip.compress(rows(30).encode()), name="labels.csv.gz")

    assert (report.accepted, report.duplicates) == (0, 30)


def test_bad_rows_are_named_by_their_row_and_held(deployment, load):
    text = HEADER + "i1,ann,a\n,ann,b\ni2,bob,b,extra\ni3,cat,c\n"

    report = load(text)

    assert (report.accepted, report.quarantined) == (2, 2)
    assert [p.index for p in report.problems] == [2, 3]
    assert all(p.detail.startswith(f"row {p.index}: ") for p in report.problems)
    held = list_quarantine(deployment, owner())
    assert [row.row for row in held] == [2, 3]
    assert "extra" in show_quarantine(deployment, owner(), held[1].id).body


def test_rows_outside_the_scale_go_in_once_the_scale_has_them(deployment, load):
    questions = (Question(classes=("a", "b")),)
    create_project(deployment, owner(), ProjectDraft(name="fraud", questions=questions))
    text = HEADER + "i1,ann,a\n" + "i1,bob,c\n" * 2
    report = load(text)
    wider = ProjectChange(questions=(Question(classes=("a", "b", "c")),))
    change_project(deployment, owner(), "fraud", wider)

    for held in list_quarantine(deployment, owner()):
        assert retry_quarantine(deployment, owner(), held.id).held.status == "accepted"

    again = load(text)
    assert (report.accepted, report.quarantined) == (1, 2)
    assert (again.accepted, again.duplicates, again.quarantined) == (0, 3, 0)
    assert list_quarantine(deployment, owner()) == []
    assert verify_ledger(deployment, owner()).ok


def test_gold_comes_from_a_second_file_and_meets_the_same_items(deployment, load, tmp_path):
    gold = tmp_path / "gold.csv"
    gold.write_text("item,label\ni1,a\ni9,b\n")

    report = load(rows(30), gold=gold)

    assert (report.gold.accepted, report.accepted) == (2, 30)
    found = {g.item: g.label for g in list_gold(deployment, owner(), "fraud")}
    assert found == {"i1": "a", "i9": "b"}
    loaded = read_judgments(deployment.engine, "fraud")
    assert set(loaded.gold_item.tolist()) & set(loaded.item.tolist())


def test_the_rows_of_a_file_in_pieces_stay_in_their_order(deployment, load):
    n = 4_500
    text = HEADER + "".join(f"same,ann,{k}\n" for k in range(n))

    load(text)

    loaded = read_judgments(deployment.engine, "fraud")
    assert [loaded.words[code] for code in loaded.label] == [str(n - 1)]
    received = [
        r.received_us for r in chain_rows(deployment, "fraud") if r.type.startswith("label")
    ]
    assert all(earlier < later for earlier, later in pairwise(received))


def test_progress_is_told_and_ends_at_the_end(deployment, tmp_path):
    path = tmp_path / "labels.csv"
    path.write_text(rows(4_500))
    steps = []

    import_file(deployment, owner(), ImportRequest(path=path, project="p"), steps.append)

    assert [step.rows for step in steps] == [2_000, 4_000, 4_500]
    assert steps[-1].bytes_read == steps[-1].bytes_total == path.stat().st_size


def test_all_pieces_of_a_file_are_one_import(deployment, load):
    report = load(rows(4_500))

    loaded = read_judgments(deployment.engine, "fraud")
    assert set(loaded.delivery.tolist()) == {report.import_id}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("item,labeler\ni,a\n", "label"),
        (HEADER.replace("label\n", "lable\n"), "lable"),
        ("PAR1nonsense", "parquet"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_and_makes_nothing(deployment, load, text, words):
    with pytest.raises(InvalidInput, match=r"labels\.csv") as refused:
        load(text)

    assert words in str(refused.value).lower()
    with pytest.raises(NotFound):
        show_project(deployment, owner(), "fraud")


def test_a_file_that_is_not_there_is_named(load, deployment, tmp_path):
    request = ImportRequest(path=tmp_path / "nothing.csv", project="fraud")

    with pytest.raises(InvalidInput, match=r"nothing\.csv: cannot be read"):
        import_file(deployment, owner(), request, lambda _: None)


def test_the_scale_of_a_new_project_is_the_one_asked_for(deployment, load):
    load(HEADER + "i1,ann,3.50\ni1,bob,x\n", scale="interval")

    loaded = read_judgments(deployment.engine, "fraud")
    assert (loaded.scale, loaded.words) == ("interval", ("3.5",))


def test_another_scale_than_the_projects_own_is_refused(load):
    load(rows(3))

    with pytest.raises(InvalidInput, match="nominal, not ordinal"):
        load(rows(3), scale="ordinal")


def test_an_export_of_label_studio_asks_the_questions_it_holds(deployment, load):
    result = [
        {"from_name": "verdict", "to_name": "t", "type": "choices",
         "value": {"choices": ["fraud"]}}
    ]  # fmt: skip
    annotation = {
        "id": 5, "completed_by": 7, "result": result, "was_cancelled": False,
        "ground_truth": False, "created_at": "2026-11-20T10:00:00Z",
        "updated_at": "2026-11-20T10:00:00Z", "lead_time": 3.0,
    }  # fmt: skip
    task = {"id": 1, "data": {"text": "x"}, "annotations": [annotation], "predictions": []}

    report = load(json.dumps([task]), name="export.json")

    assert (report.format, report.quarantined) == ("label-studio", 0)
    loaded = read_judgments(deployment.engine, "fraud", "verdict")
    assert (loaded.words, loaded.labelers[0].name) == (("fraud",), "7")


def test_who_may_not_write_or_not_declare_gold_imports_nothing(deployment, load, tmp_path):
    reader = Principal(name="key:lt_a", role="auditor", projects=None)
    with pytest.raises(NotAllowed):
        load(rows(3), principal=reader)

    assert counted(deployment)[1:] == (0, 0)


def test_a_webhook_source_is_lent_more_projects_only_by_who_manages(deployment, load):
    create_project(deployment, owner(), ProjectDraft(name="other"))
    draft = SourceDraft(name="crm", platform="generic", projects=("other",))
    add_source(deployment, owner(), draft)
    lead = Principal(name="key:lt_b", role="qa_lead", projects=None)

    with pytest.raises(NotAllowed):
        load(rows(3), source="crm", principal=lead)

    assert load(rows(3), source="crm").accepted == 3


def test_every_row_says_who_brought_it_in(deployment, load):
    load(rows(3))

    row = chain_rows(deployment, "fraud")[-1]
    assert (row.actor, row.parser, row.key_id) == ("os:tester", "csv/1", None)
