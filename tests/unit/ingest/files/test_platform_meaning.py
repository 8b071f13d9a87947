"""What answers of each platform mean: votes, skips, drafts, models, and what is left unknown."""

import io

import pytest
from deliveries import read
from exports import (
    BOX,
    SPAN,
    argilla,
    doccano,
    document,
    labelbox,
    lines,
    manifest,
    prodigy,
    toloka,
    worker,
    zipped,
)

from labeltrust.domain.errors import InvalidEvent, UnreadableDelivery
from labeltrust.ingest.argilla import PLATFORM
from labeltrust.ingest.files import RowSettings, read_file


def parsed(body, name, **more):
    (piece,) = read_file(io.BytesIO(body), RowSettings(project="p", **more), name)
    return piece.parsed


def told(body, name, **more):
    found = parsed(body, name, **more)
    assert not found.problems, found.problems
    return [(one.type.partition(".")[2], one.question, one.label) for one in found.events]


def codes(body, name, **more):
    return [one.code for one in parsed(body, name, **more).problems]


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ({"accept": ["fraud", "benign"]}, [("submitted", "label", ["fraud", "benign"])]),
        ({"accept": [], "config": {"choice_style": "multiple"}}, [("submitted", "label", [])]),
        ({"accept": []}, [("withdrawn", "label", None)]),
        ({"answer": "ignore"}, [("withdrawn", "label", None)]),
        ({"answer": "reject"}, [("withdrawn", "label", None)]),
    ],
)
def test_a_choice_of_prodigy(task, said):
    assert told(lines(prodigy(**task)), "prodigy") == said


TEXTCAT = {"options": None, "_view_id": "classification", "label": "FRAUD"}
MANUAL = {"_view_id": "ner_manual", "spans": [{"start": 0, "end": 4, "label": "Fraud"}]}
IMAGE = {"_view_id": "image_manual", "image": "data:image/png;base64,AAAA"}
RECT = {"type": "rect", "x": 1, "y": 2, "width": 3, "height": 4, "label": "Fraud"}


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (TEXTCAT, [("submitted", "FRAUD", "accept")]),
        (TEXTCAT | {"answer": "reject"}, [("submitted", "FRAUD", "reject")]),
        (TEXTCAT | {"answer": "ignore"}, [("withdrawn", "FRAUD", None)]),
        (MANUAL, [("submitted", "spans", SPAN)]),
        (MANUAL | {"answer": "reject"}, [("withdrawn", "spans", None)]),
        (MANUAL | {"spans": []}, [("submitted", "spans", [])]),
        (MANUAL | {"_view_id": "ner"}, [("submitted", "ner", "accept")]),
        (MANUAL | {"_view_id": "relations", "relations": [{}]}, [("submitted", "spans", SPAN)]),
        (IMAGE | {"spans": [RECT]}, [("submitted", "boxes", BOX)]),
        ({"_view_id": "text_input", "user_input": "stolen"},
         [("submitted", "user_input", "stolen")]),
        ({"_view_id": "relations", "relations": [{"head": 1, "child": 2}]}, []),
    ],
)  # fmt: skip
def test_other_tasks_of_prodigy(task, said):
    body = {k: v for k, v in (prodigy() | {"options": None, "accept": None} | task).items()
            if v is not None}  # fmt: skip

    assert told(lines(body), "prodigy") == said


def test_prodigy_names_time_item_and_nobody_by_a_time_stamp():
    (one,) = parsed(lines(prodigy(image="data:x", html="<b>")), "prodigy").events
    assert one.occurred_at.isoformat() == "2026-11-01T10:00:00+00:00"
    assert one.content == {"text": "card", "html": "<b>"}

    nobody = prodigy("2026-11-01_10-00-00")
    assert codes(lines(nobody), "prodigy") == ["no_labeler"]
    (named,) = parsed(lines(nobody), "prodigy", labeler="ann").events
    assert named.labeler == "ann"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"answer": "maybe"}, "not_an_answer"),
        ({"_timestamp": "soon"}, "wrong_type"),
        ({"_timestamp": -1}, "bad_time"),
        ({"_input_hash": None}, "missing_field"),
        ({"accept": "fraud"}, "wrong_type"),
    ],
)
def test_tasks_of_prodigy_that_are_none(change, code):
    assert codes(lines(prodigy(**change)), "prodigy") == [code]


@pytest.mark.parametrize(
    ("value", "label"),
    [
        (4, 4),
        (["a", "b"], ["a", "b"]),
        (["a"], "a"),
        ([{"start": 0, "end": 4, "label": "Fraud"}], SPAN),
        ([{"value": "b", "rank": 2}, {"value": "a", "rank": 1}],
         [{"rank": 1, "items": ["a"]}, {"rank": 2, "items": ["b"]}]),
    ],
)  # fmt: skip
def test_every_kind_of_question_of_argilla(value, label):
    assert told(lines(argilla(value=value)), "argilla") == [("submitted", "verdict", label)]


@pytest.mark.parametrize(
    ("settings", "item"),
    [
        ({}, "pay-1"),  # a file of its own: as people know the record
        ({"platform": "argilla"}, "5c1e"),  # beside the webhooks of the source
        ({"platform": "argilla", "config": {"item_key": "external_id"}}, "pay-1"),
        ({"config": {"item_key": "external_id"}}, "pay-1"),
        ({"platform": "argilla", "config": {"item_key": "ref"}}, "r-1"),
    ],
)
def test_a_record_of_argilla_is_the_item_that_the_webhook_names(settings, item):
    (said,) = parsed(lines(argilla(_server_id="5c1e")), "argilla", **settings).events
    config = settings.get("config", {})
    record = {"id": "5c1e", "external_id": "pay-1", "metadata": {"ref": "r-1"}, "fields": {},
              "dataset": {"id": "d", "name": "p", "questions": []}}  # fmt: skip
    data = {"id": "a", "status": "submitted", "user": {"id": "alice"}, "record": record,
            "values": {"verdict": {"value": "fraud"}}}  # fmt: skip
    body = {"type": "response.created", "timestamp": "2026-11-22T10:00:00Z", "data": data}
    (sent,) = read(PLATFORM, body, project="fraud", **config).events

    assert said.item == item
    assert said.labeler == sent.labeler
    assert settings == {} or "platform" not in settings or said.item == sent.item


def test_a_record_of_argilla_without_an_outside_id_is_the_servers():
    (said,) = parsed(lines(argilla(id=None, _server_id="5c1e")), "argilla").events

    assert said.item == "5c1e"


def test_ratings_of_argilla_are_ordinal_and_rankings_kept():
    assert parsed(lines(argilla(value=4)), "argilla").scales == {"verdict": "ordinal"}
    assert parsed(lines(argilla(value=[{"value": "a", "rank": 1}])), "argilla").scales == {
        "verdict": "spans"
    }


def test_drafts_of_argilla_are_no_votes_and_agents_are_models():
    answers = [{"value": "x", "user_id": f"u{n}", "status": status}
               for n, status in enumerate(["draft", "discarded", "submitted"])]  # fmt: skip
    record = argilla(
        responses={"verdict": answers},
        suggestions={"verdict": {"value": "y", "agent": "m-1", "score": 0.4},
                     "other": {"value": "z", "agent": None}},
    )  # fmt: skip

    found = parsed(lines(record), "argilla").events

    assert [(one.labeler, one.labeler_kind, one.label) for one in found] == [
        ("u1", "human", None), ("u2", "human", "x"), ("model:m-1", "model", "y"),
    ]  # fmt: skip
    assert found[1].detail == {"suggestion": "y"}


def test_argilla_as_flat_rows_and_as_the_api_gives_it():
    flat = {"id": "pay-1", "verdict.responses": ["a", "b"], "verdict.responses.users": ["u", "w"],
            "verdict.responses.status": ["submitted", "draft"]}  # fmt: skip
    answer = {"values": {"verdict": {"value": "a"}}, "user_id": "u", "status": "submitted",
              "updated_at": "2026-11-01T10:00:00.5"}  # fmt: skip
    suggestion = {"question_name": "verdict", "value": "b", "agent": None}
    api = argilla(responses=[answer], suggestions=[suggestion])

    assert told(lines(flat), "argilla") == [("submitted", "verdict", "a")]
    (one,) = parsed(lines(api), "argilla").events
    assert one.revised_at.isoformat() == "2026-11-01T10:00:00.500000+00:00"


@pytest.mark.parametrize(
    ("example", "said"),
    [
        (doccano([]), []),
        (doccano(["a", "b"]), [("submitted", "label", ["a", "b"])]),
        (doccano([[0, 4, "Fraud"]]), [("submitted", "label", SPAN)]),
        ({"id": 1, "text": "x", "cats": ["a"], "relations": [],
          "entities": [{"id": 3, "label": "Fraud", "start_offset": 0, "end_offset": 4}]},
         [("submitted", "cats", "a"), ("submitted", "entities", SPAN)]),
        ({"id": 1, "filename": "a.png",
          "bbox": [{"x": 1, "y": 2, "width": 3, "height": 4, "label": "Fraud"}]},
         [("submitted", "bbox", BOX)]),
    ],
)  # fmt: skip
def test_every_project_of_doccano(example, said):
    body = zipped({"ann.jsonl": lines(example), "bob.jsonl": lines(doccano([]))})

    first, _ = read_file(io.BytesIO(body), RowSettings(project="p"), "doccano")

    found = first.parsed.events
    assert [(one.type.partition(".")[2], one.question, one.label) for one in found] == said
    assert {one.labeler for one in found} <= {"ann"}


def test_shared_annotation_of_doccano_names_nobody():
    assert codes(lines(doccano(["a"])), "doccano") == ["no_labeler"]
    assert codes(zipped({"all.jsonl": lines(doccano(["a"]))}), "doccano") == ["no_labeler"]


def test_answers_and_objects_of_labelbox():
    inner = [{"name": "why", "text_answer": {"content": "x"}}]
    checked = [{"name": "a", "classifications": inner}, {"name": "b"}]
    annotations = {
        "classifications": [{"name": "topics", "checklist_answers": checked}],
        "objects": [
            {"name": "Fraud", "bounding_box": {"left": 1, "top": 2, "width": 3, "height": 4}},
            {"name": "m", "mask": {"url": "x"}},
        ],
    }  # fmt: skip

    assert told(lines(labelbox(annotations=annotations)), "labelbox") == [
        ("submitted", "topics", ["a", "b"]), ("submitted", "why", "x"),
        ("submitted", "objects", BOX),
    ]  # fmt: skip
    text = {"objects": [{"name": "Fraud", "location": {"start": 0, "end": 4}}]}
    found = parsed(lines(labelbox(annotations=text)), "labelbox")
    assert (found.events[0].label, found.scales) == (SPAN, {"objects": "spans"})
    assert (found.events[0].duration_seconds, found.events[0].annotation_id) == (3, "label-alice")


def test_a_skip_of_labelbox_withdraws_and_unknown_answers_are_refused():
    skipped = labelbox(performance_details={"skipped": True}, annotations={})
    config = {"questions": {"verdict": "label"}}
    assert told(lines(skipped), "labelbox", config=config) == [("withdrawn", "label", None)]
    odd = labelbox(annotations={"classifications": [{"name": "v", "slider": 3}]})
    assert codes(lines(odd), "labelbox") == ["unknown_answer"]
    assert codes(lines(labelbox(label_details={})), "labelbox") == ["no_labeler"]


@pytest.mark.parametrize("status", ["SKIPPED", "EXPIRED", "ACTIVE"])
def test_assignments_of_toloka_without_answers_are_none(status):
    assert told(lines(toloka(status=status)), "toloka") == []


def test_known_solutions_of_toloka_are_gold_once():
    task = {"id": "pay-1", "input_values": {"text": "x"},
            "known_solutions": [{"output_values": {"verdict": "fraud"}}]}  # fmt: skip
    found = parsed(lines(toloka(tasks=[task]), toloka("bob", tasks=[task])), "toloka").events

    gold = [one for one in found if one.type == "gold.declared"]
    assert len(gold) == 2
    assert gold[0] == gold[1]
    assert gold[0].event_id.startswith("golden-")
    two = [{"output_values": {"verdict": v}} for v in ("fraud", "benign")]
    many = toloka(tasks=[task | {"known_solutions": two}])
    assert told(lines(many), "toloka") == [("submitted", "verdict", "fraud")]


def test_toloka_tells_times_and_no_time_for_one_task():
    (one,) = parsed(lines(toloka()), "toloka").events

    assert one.occurred_at.isoformat() == "2026-11-01T10:00:00+00:00"
    assert one.duration_seconds is None
    assert one.detail["assigned_at"] == "2026-11-01T09:59:00+00:00"


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ("INPUT:a\tINPUT:b\tOUTPUT:v\tASSIGNMENT:worker_id\nx\ty\tz\tw\n", "missing_field"),
        ("INPUT:a\tOUTPUT:v\tASSIGNMENT:worker_id\nx\tz\n", "wrong_columns"),
        ("INPUT:a\tOUTPUT:v\tASSIGNMENT:worker_id\nx\tz\t\n", "no_labeler"),
        ("INPUT:a\tOUTPUT:v\tASSIGNMENT:worker_id\tASSIGNMENT:status\nx\tz\tw\tLOST\n",
         "bad_status"),
    ],
)  # fmt: skip
def test_rows_of_toloka_that_are_none(table, reason):
    assert codes(table.encode(), "toloka") == [reason]


def test_a_table_of_toloka_is_told_from_others():
    with pytest.raises(UnreadableDelivery, match="no table of assignments"):
        parsed(b"item\tlabel\nx\ty\n", "toloka")


def answers(content):
    return document({"answers": [worker(answerContent=content)]})


def job(content):
    """The answers of a worker in the folder of a job."""
    return zipped({"worker-response/iteration-1/0/x.json": answers(content)})


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"crowd-classifier": {"label": "fraud"}}, [("submitted", "crowd-classifier", "fraud")]),
        ({"m": {"labels": ["a", "b"]}}, [("submitted", "m", ["a", "b"])]),
        ({"note": "stolen"}, [("submitted", "note", "stolen")]),
        ({"b": {"boundingBoxes": [{"left": 1, "top": 2, "width": 3, "height": 4,
                                   "label": "Fraud"}], "inputImageProperties": {}}},
         [("submitted", "b", BOX)]),
        ({"e": {"entities": [{"startOffset": 0, "endOffset": 4, "label": "Fraud"}]}},
         [("submitted", "e", SPAN)]),
    ],
)  # fmt: skip
def test_every_element_of_a_workers_page(content, said):
    assert told(job(content), "sagemaker") == said


def test_elements_that_are_not_known_are_refused_by_name():
    assert codes(job({"q": {"odd": 1}}), "sagemaker") == ["unknown_answer"]
    with pytest.raises(InvalidEvent, match="import the folder of the job"):
        parsed(answers({"q": "x"}), "sagemaker", file="0.json")


def test_a_manifest_tells_whose_label_it_is():
    auto = manifest()
    auto["verdict-metadata"]["human-annotated"] = "no"
    (one,) = parsed(lines(auto), "sagemaker").events
    assert (one.labeler, one.labeler_kind) == ("groundtruth-auto:verdict", "model")
    assert one.occurred_at is None
    (two,) = parsed(lines(manifest()), "sagemaker").events
    assert (two.labeler_kind, two.detail["confidence"]) == ("heuristic", 0.9)


def test_every_type_of_manifest_of_ground_truth():
    def line(value, **metadata):
        return lines({"source-ref": "s3://b/a.png", "v": value, "v-metadata": metadata})

    boxes = {"annotations": [{"class_id": 0, "left": 1, "top": 2, "width": 3, "height": 4}]}
    entities = {"annotations": {"entities": [{"startOffset": 0, "endOffset": 4,
                                              "label": "Fraud"}]}}  # fmt: skip
    data = {"content": '{"v": {"label": "fraud"}}'}
    kept = {"annotationsFromAllWorkers": [{"workerId": "w1", "annotationData": data}]}
    classes = {"class-map": {"0": "Fraud", "1": "Benign"}}

    assert told(line(boxes, **classes), "sagemaker") == [("submitted", "v", BOX)]
    assert told(line(entities), "sagemaker") == [("submitted", "v", SPAN)]
    assert told(line([0, 1], **classes), "sagemaker") == [("submitted", "v", ["Fraud", "Benign"])]
    (one,) = parsed(line(kept), "sagemaker").events
    assert (one.labeler, one.item, one.label) == ("w1", "s3://b/a.png", "fraud")
    assert codes(line("s3://b/mask.png"), "sagemaker") == ["unknown_answer"]


def test_answers_are_joined_to_their_line_and_else_numbered():
    path = "annotations/worker-response/iteration-1/1/x.json"
    files = {path: answers({"v": {"label": "a"}}),
           "manifests/output/output.manifest": lines(manifest(source="first"),
                                                     manifest(source="second"))}  # fmt: skip

    pieces = list(read_file(io.BytesIO(zipped(files)), RowSettings(project="p")))
    assert [one.item for piece in pieces for one in piece.parsed.events] == [
        "first", "second", "second",
    ]  # fmt: skip
    alone = zipped(
        {path: files[path], "annotations/worker-response/iteration-1/0/y.json": files[path]}
    )
    (piece,) = read_file(io.BytesIO(alone), RowSettings(project="p"))
    assert [one.item for one in piece.parsed.events] == ["0", "1"]
