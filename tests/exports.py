"""Small exports of every platform that is read from files, in the shape its documentation shows.

Each tells the same: of item `pay-1` alice said `fraud` and bob `benign`, as far as the format can
name items and labelers.
"""

import io
import json
import zipfile
from dataclasses import dataclass, field

AT = "2026-11-01T10:00:00Z"
EPOCH = 1793527200
SPAN = [{"start": 0, "end": 4, "label": "Fraud"}]
BOX = [{"x": 1, "y": 2, "width": 3, "height": 4, "label": "Fraud"}]


@dataclass(frozen=True, kw_only=True)
class Sample:
    """An export: its files, settings of the import, and what is read out of it.

    Attributes:
        files: By path; one is a file by itself, several are a folder or zip.
        said: (item, labeler, question, label) of each event, in order.
        config: Settings of the source.
        labeler: Given with the import.
    """

    files: dict[str, bytes]
    said: list[tuple[object, ...]]
    config: dict[str, object] = field(default_factory=dict)
    labeler: str | None = None

    @property
    def is_one_file(self) -> bool:
        """Whether it is a file by itself."""
        return len(self.files) == 1

    @property
    def body(self) -> bytes:
        """The file, or a zip of the files."""
        return next(iter(self.files.values())) if self.is_one_file else zipped(self.files)


def zipped(files, method=zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of some files."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return body.getvalue()


def lines(*values) -> bytes:
    """JSON Lines."""
    return "".join(json.dumps(value) + "\n" for value in values).encode()


def document(value) -> bytes:
    """JSON over many lines, as for reading."""
    return json.dumps(value, indent=2).encode()


def argilla(user="alice", value="fraud", **more):
    """A record with one response."""
    answer = {"value": value, "user_id": user, "status": "submitted"}
    return {"id": "pay-1", "fields": {"text": "card"}, "metadata": {"ref": "r-1"},
            "suggestions": {}, "responses": {"verdict": [answer]}} | more  # fmt: skip


def prodigy(user="alice", label="fraud", **more):
    """A task of the interface `choice`."""
    options = [{"id": "fraud", "text": "Fraud"}, {"id": "benign", "text": "Benign"}]
    return {"text": "card", "options": options, "accept": [label], "answer": "accept",
            "_view_id": "choice", "_input_hash": -7, "_task_hash": 9,
            "_annotator_id": user, "_session_id": user, "_timestamp": EPOCH} | more  # fmt: skip


def doccano(label, **more):
    """An example."""
    return {"id": 12, "text": "card", "ref": "pay-1", "label": label, "Comments": []} | more


def labelbox(user="alice", name="fraud", **more):
    """A data row with one label."""
    label = {
        "label_kind": "Default", "version": "1.0.0", "id": f"label-{user}",
        "label_details": {"created_by": user, "created_at": AT, "updated_at": AT},
        "performance_details": {"seconds_to_create": 3, "skipped": False},
        "annotations": {"objects": [], "relationships": [], "classifications": [
            {"name": "verdict", "value": "verdict", "radio_answer": {"name": name}}]},
    } | more  # fmt: skip
    return {"data_row": {"id": "row-1", "global_key": "pay-1", "row_data": "card"},
            "projects": {"p1": {"name": "P", "labels": [label]}}}  # fmt: skip


def toloka(user="alice", value="fraud", **more):
    """An assignment as the API gives it."""
    return {"id": f"a-{len(user)}", "pool_id": "q", "user_id": user, "status": "APPROVED",
            "created": "2026-11-01T09:59:00", "submitted": "2026-11-01T10:00:00",
            "tasks": [{"id": "pay-1", "input_values": {"text": "card"}}],
            "solutions": [{"output_values": {"verdict": value}}]} | more  # fmt: skip


TOLOKA_TSV = (
    b"INPUT:text\tOUTPUT:verdict\tGOLDEN:verdict\tHINT:text\tASSIGNMENT:task_id"
    b"\tASSIGNMENT:assignment_id\tASSIGNMENT:worker_id\tASSIGNMENT:status\tASSIGNMENT:started\n"
    b"card\tfraud\tfraud\t\tpay-1\ta-1\talice\tAPPROVED\t2026-11-01T09:59:00\n"
    b"\n"
    b"card\tbenign\tfraud\t\tpay-1\ta-2\tbob\tREJECTED\t2026-11-01T09:59:00\n"
)


def manifest(label="fraud", **more):
    """A line of an output manifest."""
    metadata = {"class-name": label, "confidence": 0.9, "job-name": "labeling-job/verdict",
                "human-annotated": "yes", "creation-date": "2026-11-01T10:00:00.1",
                "type": "groundtruth/text-classification"}  # fmt: skip
    return {"source": "card", "verdict": 0, "verdict-metadata": metadata} | more


def worker(user="alice", label="fraud", **more):
    """One worker's answer."""
    return {"acceptanceTime": "2026-11-01T09:59:00Z", "submissionTime": AT,
            "timeSpentInSeconds": 3.5, "workerId": user,
            "answerContent": {"verdict": {"label": label}}} | more  # fmt: skip


TSV = (
    "#FORMAT=WebAnno TSV 3.3\n#T_SP=webanno.custom.Fraud|kind\n\n\n"
    "#Text=card used\n1-1\t0-4\tcard\t{}\t\n1-2\t5-9\tused\t_\t\n"
)
CAS = {
    "%TYPES": {},
    "%FEATURE_STRUCTURES": [
        {"%ID": 1, "%TYPE": "uima.cas.Sofa", "sofaNum": 1, "sofaString": "card used"},
        {"%ID": 2, "%TYPE": "webanno.custom.Fraud", "@sofa": 1, "begin": 0, "end": 4,
         "kind": "stolen"},
    ],
    "%VIEWS": {},
}  # fmt: skip


def v7(user="alice", name="fraud", **more):
    """An item with one tag."""
    annotation = {"id": "x", "name": name, "tag": {}, "slot_names": ["0"],
                  "annotators": [{"email": user, "full_name": user}]}  # fmt: skip
    slot = {"slot_name": "0", "type": "image", "source_files": [{"url": "https://v7/a.png?t=s"}]}
    item = {"name": "pay-1", "path": "/", "source_info": {"item_id": "pay-1"}, "slots": [slot]}
    return {"version": "2.0", "item": item, "annotations": [annotation]} | more


def cvat(user="alice", inside='<tag label="fraud" source="manual"></tag>', head=""):
    """An image of a job."""
    who = f"<assignee><username>{user}</username></assignee>" if user else "<assignee></assignee>"
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n{head}<annotations><version>1.1</version>'
        f"<meta><job><id>4</id>{who}</job></meta>"
        f'<image id="0" name="pay-1" width="9" height="9">{inside}</image></annotations>'
    ).encode()


def superannotate(user="alice", **more):
    """An item with one box."""
    who = {"email": user, "role": "Annotator"}
    instance = {"type": "bbox", "className": "Fraud",
                "points": {"x1": 1, "y1": 2, "x2": 4, "y2": 6},
                "createdBy": who, "createdAt": AT, "updatedAt": AT,
                "creationType": "Manual", "attributes": []}  # fmt: skip
    return {"metadata": {"name": "pay-1", "width": 9, "height": 9, "annotatorEmail": user},
            "instances": [instance], "tags": [], "comments": []} | more  # fmt: skip


def kili(*users, **more):
    """An asset with a label of each."""
    labels = [
        {"id": f"l-{user}", "author": {"id": f"u-{len(user)}", "email": user},
         "createdAt": AT, "labelType": "DEFAULT", "secondsToLabel": 3,
         "jsonResponse": {"VERDICT": {"categories": [{"name": name, "confidence": 100}]}}}
        for user, name in users
    ]  # fmt: skip
    return {"id": "pay-1", "externalId": "x", "content": "card", "labels": labels} | more


def encord(user="alice", name="fraud", **more):
    """A label row with one classification."""
    made = {"createdAt": "Sun, 01 Nov 2026 10:00:00 UTC", "createdBy": user,
            "manualAnnotation": True}  # fmt: skip
    told = {"name": "verdict", "value": "verdict", "classificationHash": "c1"} | made
    answer = {"name": "verdict", "answers": [{"name": name, "featureHash": "f"}]}
    unit = {"data_hash": "pay-1", "data_title": "a.png", "data_link": "https://e/a.png?s=1",
            "labels": {"objects": [], "classifications": [told]}}  # fmt: skip
    return {"label_hash": "l1", "data_units": {"pay-1": unit}, "object_answers": {},
            "classification_answers": {"c1": {"classificationHash": "c1",
                                              "classifications": [answer]}}} | more  # fmt: skip


BOTH = [("pay-1", "alice", "verdict", "fraud"), ("pay-1", "bob", "verdict", "benign")]
SAMPLES: dict[str, list[Sample]] = {
    "argilla": [
        Sample(files={"a.jsonl": lines(argilla(), argilla("bob", "benign"))}, said=BOTH),
        Sample(files={"records.json": document([argilla(), argilla("bob", "benign")])}, said=BOTH),
    ],
    "prodigy": [
        Sample(
            files={"p.jsonl": lines(prodigy(), prodigy("bob", "benign"))},
            said=[("-7", "alice", "label", "fraud"), ("-7", "bob", "label", "benign")],
        )
    ],
    "doccano": [
        Sample(
            files={"alice.jsonl": lines(doccano(["fraud"])),
                   "bob.jsonl": lines(doccano(["benign"]))},
            said=[("pay-1", "alice", "label", "fraud"), ("pay-1", "bob", "label", "benign")],
            config={"item_key": "ref"},
        ),
        Sample(
            files={"all.jsonl": lines(doccano([[0, 4, "Fraud"]]))},
            said=[("12", "team", "label", SPAN)],
            labeler="team",
        ),
    ],
    "labelbox": [
        Sample(
            files={"l.ndjson": lines(labelbox(), labelbox("bob", "benign"))},
            said=BOTH,
            config={"item_key": "global_key"},
        )
    ],
    "toloka": [
        Sample(
            files={"t.tsv": TOLOKA_TSV},
            said=[BOTH[0], ("pay-1", None, "verdict", "fraud"),
                  BOTH[1], ("pay-1", None, "verdict", "fraud")],
        ),
        Sample(files={"t.json": document([toloka(), toloka("bob", "benign")])}, said=BOTH),
    ],
    "sagemaker": [
        Sample(
            files={
                "manifests/output/output.manifest": lines(manifest()),
                "annotations/worker-response/iteration-1/0/2026.json": document(
                    {"answers": [worker(), worker("bob", "benign")]}
                ),
            },
            said=[("card", "groundtruth:verdict", "verdict", "fraud"),
                  ("card", "alice", "verdict", "fraud"), ("card", "bob", "verdict", "benign")],
        ),
        Sample(
            files={"output.manifest": lines(manifest())},
            said=[("card", "groundtruth:verdict", "verdict", "fraud")],
        ),
    ],
    "brat": [
        Sample(
            files={
                "alice/pay-1.ann": b"T1\tFraud 0 4\tcard\n#1\tAnnotatorNotes T1\tstolen\n",
                "alice/pay-1.txt": b"card used",
                "bob/pay-1.ann": b"T1\tBenign 5 9\tused\n",
                "bob/pay-1.txt": b"card used",
            },
            said=[("pay-1", "alice", "label", SPAN),
                  ("pay-1", "bob", "label", [{"start": 5, "end": 9, "label": "Benign"}])],
        ),
        Sample(
            files={"pay-1.ann": b"T1\tFraud 0 4\tcard\n"},
            said=[("pay-1", "ann", "label", SPAN)],
            labeler="ann",
        ),
    ],
    "inception": [
        Sample(
            files={
                "exportedproject.json": b"{}",
                "annotation/pay-1/alice.tsv": TSV.format("stolen").encode(),
                "annotation/pay-1/bob.json": document(CAS),
                "annotation/pay-1/INITIAL_CAS.tsv": TSV.format("stolen").encode(),
                "curation/pay-1/CURATION_USER.tsv": TSV.format("stolen").encode(),
                "source/pay-1": b"card used",
            },
            said=[("pay-1", who, "Fraud.kind", [{"start": 0, "end": 4, "label": "stolen"}])
                  for who in ("alice", "bob")],
        ),
        Sample(
            files={"pay-1.tsv": TSV.format("stolen").encode()},
            said=[("pay-1", "ann", "Fraud.kind", [{"start": 0, "end": 4, "label": "stolen"}])],
            labeler="ann",
        ),
    ],
    "v7": [
        Sample(
            files={"a.json": document(v7()), "b.json": document(v7("bob", "benign"))},
            said=[("pay-1", "alice", "tags", "fraud"), ("pay-1", "bob", "tags", "benign")],
        ),
        Sample(files={"a.json": lines(v7())}, said=[("pay-1", "alice", "tags", "fraud")]),
    ],
    "cvat": [
        Sample(files={"annotations.xml": cvat()}, said=[("pay-1", "alice", "tags", "fraud")]),
        Sample(
            files={"a/annotations.xml": cvat(""), "b/annotations.xml": cvat("")},
            said=[("pay-1", "ann", "tags", "fraud")] * 2,
            labeler="ann",
        ),
    ],
    "superannotate": [
        Sample(
            files={"pay-1.json": document(superannotate()),
                   "pay-2.json": lines(superannotate("bob")),
                   "classes/classes.json": b"[]"},
            said=[("pay-1", "alice", "objects", BOX), ("pay-1", "bob", "objects", BOX)],
        ),
        Sample(
            files={"pay-1.json": document(superannotate())},
            said=[("pay-1", "alice", "objects", BOX)],
        ),
    ],
    "kili": [
        Sample(
            files={"data.json": document([kili(("alice", "fraud"), ("bob", "benign"))])},
            said=[("pay-1", "alice", "VERDICT", "fraud"), ("pay-1", "bob", "VERDICT", "benign")],
        ),
        Sample(
            files={"labels/a.json": document(kili(("alice", "fraud"))),
                   "labels/b.json": document(kili(("bob", "benign")))},
            said=[("pay-1", "alice", "VERDICT", "fraud"), ("pay-1", "bob", "VERDICT", "benign")],
        ),
    ],
    "encord": [
        Sample(files={"e.json": document([encord(), encord("bob", "benign")])}, said=BOTH),
    ],
}  # fmt: skip

ALL = [
    (name, number, sample) for name, some in SAMPLES.items() for number, sample in enumerate(some)
]
IDS = [f"{name}-{number}" for name, number, _ in ALL]
