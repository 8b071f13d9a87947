"""What documents and sheets of each platform mean: whose they are, and what is left unknown."""

import io

import pytest
from exports import BOX, SPAN, TSV, cvat, document, encord, kili, lines, superannotate, v7, zipped

from labeltrust.domain.errors import UnreadableDelivery
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
    ("ann", "code"),
    [
        (b"T1\tFraud 0 4\tcard\nX1\todd\n", "bad_line"),
        (b"T1\tFraud 0 x\tcard\n", "bad_line"),
        (b"T1\tFraud 0 400\tcard\n", "bad_span"),
        (b"T1\tFraud 4 0\tcard\n", "bad_span"),
        (b"T1 Fraud 0 4\n", "bad_line"),
        (b"\xff", "not_utf8"),
    ],
)
def test_a_broken_line_of_brat_is_named_and_the_document_no_label(ann, code):
    body = zipped({"ann/d.ann": ann, "ann/d.txt": b"card used"})

    found = parsed(body, "brat")

    assert ([one.code for one in found.problems], found.events) == ([code], ())
    assert found.problems[0].detail.startswith("ann/d.ann: ")


def test_fragments_of_brat_are_spans_and_an_untouched_text_no_vote():
    body = zipped({"ann/d.ann": b"T1\tFraud 0 1;3 4\tc d\nR1\tOf Arg1:T1 Arg2:T1\n",
                   "ann/e.ann": b""})  # fmt: skip

    found = parsed(body, "brat")

    assert found.events[0].label == [
        {"start": 0, "end": 1, "label": "Fraud"}, {"start": 3, "end": 4, "label": "Fraud"},
    ]  # fmt: skip
    assert (len(found.events), found.ignored) == (1, 1)


def test_folders_of_which_it_cannot_be_told_who_labeled_are_refused():
    body = zipped({"export/ann/d.ann": b"", "export/bob/d.ann": b""})

    with pytest.raises(UnreadableDelivery, match="import the folder that holds the annotators"):
        parsed(body, "brat")


def test_stacked_spans_and_spans_over_tokens_of_webanno():
    tsv = (
        "#FORMAT=WebAnno TSV 3.3\n#T_SP=ner.NamedEntity|identifier|value\n"
        "#T_SP=webanno.custom.Frame|ROLE_f:Roles_link|uima.tcas.Annotation\n"
        "#T_RL=dep.Dependency|DependencyType|BT_pos.POS\n\n\n#Text=Ms Haag \\t plays\n"
        "1-1\t0-2\tMs\t*[1]|x[2]\tPER[1]|PART[2]\t_\t_\t_\t_\t\n"
        "1-2\t3-7\tHaag\t*[1]\tPER[1]\t_\t_\t_\t_\t\n"
        "1-3.1\t8-9\tp\t_\t_\tseller\t1-1\tSUBJ\t1-3\t\n"
    )

    found = parsed(tsv.encode(), "inception", labeler="ann", file="d.tsv")

    assert {one.question: one.label for one in found.events} == {
        "NamedEntity.value": [{"start": 0, "end": 2, "label": "PART"},
                              {"start": 0, "end": 7, "label": "PER"}],
        "NamedEntity.identifier": [{"start": 0, "end": 2, "label": "x"},
                                   {"start": 0, "end": 7, "label": ""}],
    }  # fmt: skip
    assert found.events[0].content == {"text": "Ms Haag \t plays"}


def test_documents_of_inception_that_are_none_are_named():
    files = {"annotation/d/ann.tsv": TSV.format("x").replace("0-4", "zero").encode(),
             "annotation/d/bob.tsv": b"no tsv", "annotation/d/cat.json": b"{}"}  # fmt: skip

    found = parsed(zipped(files), "inception")

    assert [one.code for one in found.problems] == ["bad_line", "bad_tsv", "bad_cas"]
    assert found.problems[0].detail.startswith("annotation/d/ann.tsv: line 6: ")


def test_annotations_of_several_people_of_v7_are_nobodys_and_shapes_are_read():
    made = v7()["annotations"][0]
    two = made | {"annotators": [{"email": "a"}, {"email": "b"}]}
    box = {"name": "Fraud", "bounding_box": {"x": 1, "y": 2, "w": 3, "h": 4},
           "annotators": [{"email": "alice"}]}  # fmt: skip
    body = document(v7(annotations=[two, box]))

    found = parsed(body, "v7")

    assert [one.code for one in found.problems] == ["several_labelers"]
    assert [(one.question, one.label) for one in found.events] == [("regions", BOX)]
    assert told(body, "v7", labeler="ann") == [
        ("submitted", "tags", "fraud"), ("submitted", "regions", BOX),
    ]  # fmt: skip
    nobody = made | {"annotators": []}
    assert codes(document(v7(annotations=[nobody])), "v7") == ["no_labeler"]


def test_shapes_tags_and_attributes_of_cvat():
    inside = (
        '<tag label="verdict" source="manual"><attribute name="value">fraud</attribute></tag>'
        '<box label="Fraud" source="manual" xtl="1" ytl="2" xbr="4" ybr="6"/>'
        '<polygon label="p" source="manual" points="0,0;1,0;1,1"/>'
        '<box label="auto" source="auto" xtl="1" ytl="2" xbr="4" ybr="6"/>'
        '<mask label="m" source="manual" rle="1"/>'
    )

    assert told(cvat(inside=inside), "cvat") == [
        ("submitted", "verdict.value", "fraud"), ("submitted", "tags", "verdict"),
        ("submitted", "boxes", [BOX[0], {"points": [[0, 0], [1, 0], [1, 1]], "label": "p"}]),
    ]  # fmt: skip


def test_an_export_of_cvat_that_names_nobody_asks_for_a_labeler():
    found = parsed(cvat(""), "cvat")

    assert [one.detail for one in found.problems] == [
        "assignee: names nobody who labeled; name the labeler by --labeler"
    ]
    assert told(cvat("", inside=""), "cvat") == []


def test_tasks_of_a_project_of_cvat_have_assignees_of_their_own():
    task = "<task><id>{}</id><assignee><username>{}</username></assignee></task>"
    tasks = task.format(1, "ann") + task.format(2, "bob")
    image = '<image id="{0}" name="i{0}" task_id="{0}"><tag label="x"/></image>'
    body = (f"<annotations><meta><project><tasks>{tasks}</tasks></project></meta>"
            f"{image.format(1)}{image.format(2)}</annotations>")  # fmt: skip

    found = parsed(body.encode(), "cvat").events

    assert [(one.item, one.labeler) for one in found] == [("i1", "ann"), ("i2", "bob")]


def test_tracks_of_cvat_are_refused_by_name():
    with pytest.raises(UnreadableDelivery, match="CVAT for images"):
        list(read_file(io.BytesIO(b"<annotations><track/></annotations>"),
                       RowSettings(project="p"), "cvat"))  # fmt: skip


def test_instances_of_superannotate_are_whose_they_are():
    made = superannotate()["instances"][0]
    entity = {"type": "entity", "start": 0, "end": 4, "className": "Fraud",
              "createdBy": {"email": "bob"}, "creationType": "Manual"}  # fmt: skip
    tag = {"type": "tag", "className": "verdict", "createdBy": {"email": "bob"},
           "attributes": [{"groupName": "value", "name": "fraud"}]}  # fmt: skip
    model = made | {"creationType": "Prediction"}
    edited = model | {"updatedBy": {"email": "cat"}}

    found = parsed(
        document(superannotate(instances=[made, entity, tag, model, edited], tags=["x"])),
        "superannotate",
    ).events

    assert {(one.labeler, one.question, str(one.label)) for one in found} == {
        ("alice", "tags", "x"), ("alice", "objects", str(BOX)), ("bob", "entities", str(SPAN)),
        ("bob", "tags", "verdict"), ("bob", "verdict.value", "fraud"),
        ("cat", "objects", str(BOX)),
    }  # fmt: skip


def test_labels_of_kili_by_their_type():
    def asset(**more):
        (label,) = kili(("alice", "fraud"))["labels"]
        return lines(kili(labels=[label | more]))

    assert told(asset(labelType="AUTOSAVE"), "kili") == []
    assert told(asset(labelType="PREDICTION"), "kili") == []
    (model,) = parsed(asset(labelType="PREDICTION", modelName="m1"), "kili").events
    assert (model.labeler, model.labeler_kind) == ("model:m1", "model")
    assert told(asset(skipped=True), "kili") == [("withdrawn", "VERDICT", None)]
    assert codes(asset(labelType="ODD"), "kili") == ["unknown_label"]
    assert codes(asset(author={}), "kili") == ["no_labeler"]
    found = parsed(asset(), "kili", config={"labeler_key": "id"}).events
    assert found[0].labeler == "u-5"


def test_answers_of_kili_by_their_form():
    def asset(job):
        (label,) = kili(("alice", "fraud"))["labels"]
        return lines(kili(labels=[label | {"jsonResponse": {"J": job}}]))

    ring = [{"normalizedVertices": [{"x": 0, "y": 0}, {"x": 1, "y": 0}]}]
    named = {"categories": [{"name": "A"}]}
    assert told(asset({"categories": [{"name": "A"}, {"name": "B"}]}), "kili") == [
        ("submitted", "J", ["A", "B"])
    ]
    assert told(asset({"text": "x"}), "kili") == [("submitted", "J", "x")]
    assert told(asset({"annotations": [named | {"boundingPoly": ring}]}), "kili") == [
        ("submitted", "J", [{"labels": ["A"], "points": [[0, 0], [1, 0]]}])
    ]
    part = named | {"beginOffset": 2, "content": "card"}
    assert told(asset({"annotations": [part]}), "kili") == [
        ("submitted", "J", [{"labels": ["A"], "start": 2, "end": 6}])
    ]


def test_sheets_of_encord_are_divided_by_who_drew():
    def drawn(user, **more):
        return {"name": "Fraud", "boundingBox": {"x": 1, "y": 2, "w": 3, "h": 4},
                "createdBy": user, "createdAt": "Sun, 01 Nov 2026 10:00:00 UTC",
                "manualAnnotation": True} | more  # fmt: skip

    labels = {"objects": [drawn("alice"), drawn("alice", lastEditedBy="bob"),
                          drawn("cat", manualAnnotation=False)], "classifications": []}  # fmt: skip
    row = encord(data_units={"d": {"data_hash": "pay-1", "labels": labels}})
    video = encord(data_units={"d": {"data_hash": "v", "labels": {"7": labels}}})

    found = parsed(lines(row, video), "encord").events

    assert [(one.item, one.labeler, one.label) for one in found] == [
        (item, who, BOX) for item in ("pay-1", "v/7") for who in ("alice", "bob")
    ]
    assert found[0].occurred_at.isoformat() == "2026-11-01T10:00:00+00:00"


def test_texts_lists_and_times_of_encord():
    def row(answers, at="Sun, 01 Nov 2026 10:00:00 UTC"):
        told = encord()
        inside = told["classification_answers"]["c1"]["classifications"][0]
        inside["answers"] = answers
        told["data_units"]["pay-1"]["labels"]["classifications"][0]["createdAt"] = at
        return lines(told)

    assert told(row("stolen"), "encord") == [("submitted", "verdict", "stolen")]
    assert told(row([{"name": "a"}, {"name": "b"}]), "encord") == [
        ("submitted", "verdict", ["a", "b"])
    ]
    assert codes(row("x", at="soon"), "encord") == ["bad_time"]
