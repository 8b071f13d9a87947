"""Deliveries in the shapes that platforms document, written for these tests: headers and body.

One list for each adapter module; contract tests change them at random, sign them, and send them to
real servers. Each sample states or announces something of the platform's project `p1` (or `2`).
"""

from collections.abc import Mapping
from typing import Any

Sample = tuple[Mapping[str, str], Any]

LABEL = {
    "id": "e1", "type": "label.submitted", "project": "fraud", "item": "i", "labeler": "a",
    "label": ["x"], "content": {"text": "t"}, "occurred_at": "2026-11-22T10:00:00Z",
}  # fmt: skip
ANNOTATION = {
    "id": 5, "completed_by": 2, "updated_by": 3, "lead_time": 1.5, "ground_truth": True,
    "updated_at": "2026-11-22T10:00:00Z", "prediction": {"model_version": "m", "result": []},
    "result": [
        {"id": "a", "from_name": "v", "type": "choices", "value": {"choices": ["x", "y"]}},
        {"id": "b", "from_name": "n", "type": "labels", "value": {"start": 0, "labels": ["P"]}},
        {"id": "c", "from_name": "t", "type": "taxonomy", "value": {"taxonomy": [["A", "B"]]}},
        {"id": "d", "from_name": "r", "type": "ranker", "value": {"ranker": {"rank": ["1"]}}},
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"},
    ],
}  # fmt: skip
TASK = {"id": 1, "data": {"text": "t"}, "meta": {"a": 1}, "created_at": "2026-11-22T10:00:00Z"}
PROJECT = {"id": 1, "model_version": "m", "parsed_label_config": {"v": {}, "n": {}}}

DATASET = {"id": "p1", "name": "payments", "questions": [{"name": "verdict"}, {"name": "spans"}]}
RECORD = {
    "id": "rec-5", "external_id": "pay-001", "fields": {"text": "card used twice"},
    "metadata": {"ref": "R1"}, "dataset": DATASET,
}  # fmt: skip
RESPONSE = {
    "id": "res-7", "status": "submitted", "record": RECORD, "user": {"id": "usr-6"},
    "values": {
        "verdict": {"value": "fraud"}, "tags": {"value": ["a", "b"]}, "stars": {"value": 4},
        "spans": {"value": [{"label": "PER", "start": 0, "end": 3}]},
        "rank": {"value": [{"value": "r1", "rank": 1}, {"value": "r2", "rank": 2}]},
    },
    "inserted_at": "2026-01-31T12:00:00.123456", "updated_at": "2026-01-31T12:00:00.123456",
}  # fmt: skip
AT = "2026-01-31T12:00:00.123456Z"

JOB = {
    "id": 41, "task_id": 9, "project_id": 2, "assignee": {"id": 7, "username": "alice"},
    "stage": "annotation", "state": "completed", "updated_date": "2026-01-31T12:00:00.000000Z",
}  # fmt: skip

LABELBOX_LABEL = {
    "id": "l1",
    "label_details": {
        "created_by": "alice@example.com", "created_at": "2026-01-31T11:59:00Z",
        "updated_at": "2026-01-31T12:00:00Z",
    },
    "performance_details": {"seconds_to_create": 12, "skipped": False},
    "annotations": {
        "classifications": [
            {"name": "verdict", "radio_answer": {"name": "fraud", "classifications": [
                {"name": "why", "text_answer": {"content": "stolen"}}]}},
            {"name": "tags", "checklist_answers": [{"name": "card"}, {"name": "abroad"}]},
        ],
        "objects": [
            {"name": "car", "bounding_box": {"top": 1, "left": 2, "height": 3, "width": 4}},
            {"name": "road", "polygon": [{"x": 0, "y": 0}, {"x": 4, "y": 0}, {"x": 4, "y": 4}]},
            {"name": "PER", "location": {"start": 0, "end": 3}},
            {"name": "eye", "point": {"x": 1, "y": 2}},
        ],
    },
}  # fmt: skip
LABELBOX = {
    "data_row": {"id": "dr1", "global_key": "pay-001", "row_data": "card used twice"},
    "projects": {"p1": {"labels": [LABELBOX_LABEL]}},
}

KILI_JOBS = {
    "VERDICT": {"categories": [{"name": "FRAUD", "confidence": 100}]},
    "TAGS": {"categories": [{"name": "A"}, {"name": "B"}]},
    "NOTE": {"text": "stolen"},
    "NER": {"annotations": [{"beginOffset": 0, "content": "card", "mid": "m1",
                             "categories": [{"name": "WORD"}]}]},
    "BOXES": {"annotations": [{"categories": [{"name": "CAR"}], "type": "rectangle",
              "boundingPoly": [{"normalizedVertices": [{"x": 0.1, "y": 0.2}, {"x": 0.3, "y": 0.2},
                                                       {"x": 0.3, "y": 0.4}]}]}]},
}  # fmt: skip
KILI = {
    "eventType": "onSubmit", "logPayload": {"runId": "r1", "projectId": "p1"},
    "payload": {"asset_id": "a1", "label": {
        "id": "l1", "author": {"id": "u1", "email": "alice@example.com"}, "secondsToLabel": 8,
        "createdAt": "2026-01-31T12:00:00Z", "labelType": "DEFAULT", "jsonResponse": KILI_JOBS}},
}  # fmt: skip

SUPERANNOTATE = {
    "op": "u", "ts_ms": 1769860800123, "before": {"id": 5, "annotation_status": "InProgress"},
    "after": {
        "id": 5, "name": "pay-001", "project_id": 2, "annotator_id": "alice@example.com",
        "annotation_status": "Completed", "updatedAt": 1769860800000,
    },
}  # fmt: skip

ALICE = [{"full_name": "Alice A", "email": "alice@example.com"}]
V7_STAGE = {
    "item": {"id": "i1", "name": "pay-001.png", "source_info": {"dataset": {"id": 2}}},
    "annotations": [
        {"id": "x1", "name": "fraud", "tag": {}, "annotators": ALICE},
        {"id": "x2", "name": "car", "bounding_box": {"x": 1, "y": 2, "w": 3, "h": 4},
         "annotators": ALICE},
        {"id": "x3", "name": "road", "annotators": ALICE,
         "polygon": {"paths": [[{"x": 0, "y": 0}, {"x": 1, "y": 0}, {"x": 1, "y": 1}]]}},
        {"id": "x4", "name": "note", "text": {"text": "stolen"}, "annotators": ALICE},
    ],
}  # fmt: skip
V7_OLD = {
    "event_type": "workflow_complete",
    "payload": {
        "dataset_id": 2, "filename": "pay-001.png",
        "annotations": [{"class_name": "fraud", "data": {"tag": {}}}],
    },
}  # fmt: skip

ENCORD = {
    "uid": "0b1f", "version": 1, "source": "encord",
    "event_type": "agent_stage_work_available_event",
    "event_created_timestamp": "2026-01-31T12:00:00Z",
    "payload": {"project_hash": "p1", "stage_uuid": "st-1", "pending_count": 4},
}  # fmt: skip

TOLOKA = {
    "events": [
        {"uuid": "e1", "type": "ASSIGNMENT_SUBMITTED", "event_time": "2026-01-31T12:00:00",
         "project_id": "p1", "pool_id": "q1", "task_suite_id": "s1", "assignment_id": "a1"},
        {"uuid": "e2", "type": "ASSIGNMENT_EXPIRED", "project_id": "p1", "assignment_id": "a2"},
    ]
}  # fmt: skip

INCEPTION = {
    "timestamp": 1769860800000, "projectId": 2, "projectName": "payments", "documentId": 9,
    "documentName": "pay-001.txt", "user": "alice", "annotationUser": "alice",
    "annotationPreviousState": "IN-PROGRESS", "annotationState": "COMPLETE",
    "annotatorComment": None,
}  # fmt: skip

PUSH = {
    "event": {"action": "update", "scope": "repo.content"},
    "repo": {"type": "dataset", "name": "p1", "id": "66", "headSha": "ab12", "private": True},
    "updatedRefs": [{"ref": "refs/heads/main", "oldSha": "aa", "newSha": "ab"}],
    "webhook": {"id": "77", "version": 3},
}  # fmt: skip
COMMENT = {
    "event": {"action": "create", "scope": "discussion.comment"}, "repo": PUSH["repo"],
    "discussion": {"id": "d1", "num": 3}, "webhook": {"id": "77", "version": 3},
    "comment": {"id": "c1", "author": {"id": "u1"}, "content": "wrong label", "hidden": False},
}  # fmt: skip

CLOUDEVENT = {
    "specversion": "1.0", "id": "7", "source": "/crm", "type": "org.example.label.submitted",
    "time": "2026-11-22T10:00:00Z", "datacontenttype": "application/json",
    "data": {"project": "fraud", "item": "i", "labeler": "a", "label": "x"},
}  # fmt: skip
BINARY = {
    "content-type": "application/json", "ce-specversion": "1.0", "ce-id": "7", "ce-source": "/crm",
    "ce-type": "label.submitted", "ce-time": "2026-11-22T10:00:00Z",
}  # fmt: skip

SAMPLES: Mapping[str, list[Sample]] = {
    "generic": [({}, LABEL), ({}, [LABEL, LABEL])],
    "standard_webhooks": [
        ({}, {"type": "label.submitted", "timestamp": None, "data": [LABEL]}),
    ],
    "label_studio": [
        ({}, {"action": "ANNOTATION_UPDATED", "annotation": ANNOTATION, "task": TASK,
              "project": PROJECT}),
        ({}, {"action": "ANNOTATIONS_CREATED", "annotation": [ANNOTATION] * 2, "task": [TASK] * 2}),
        ({}, {"action": "ANNOTATIONS_DELETED", "annotations": [{"id": 5}]}),
        ({}, {"action": "TASKS_CREATED", "tasks": [TASK], "project": PROJECT}),
    ],
    "argilla": [
        ({}, {"type": "response.created", "version": 1, "timestamp": AT, "data": RESPONSE}),
        ({}, {"type": "response.updated", "timestamp": AT,
              "data": RESPONSE | {"status": "discarded", "values": None}}),
        ({}, {"type": "response.deleted", "timestamp": AT, "data": RESPONSE}),
        ({}, {"type": "record.created", "timestamp": AT, "data": RECORD}),
    ],
    "cvat": [
        ({}, {"event": "update:job", "webhook_id": 3, "job": JOB,
              "before_update": {"state": "in progress"}, "sender": {"id": 7}}),
    ],
    "labelbox": [
        ({"x-labelbox-event": "LABEL_CREATED", "x-labelbox-id": "dl-1"}, LABELBOX),
        ({"x-labelbox-event": "LABEL_UPDATED"}, LABELBOX),
        ({"x-labelbox-event": "LABEL_DELETED"}, LABELBOX),
        ({"x-labelbox-event": "LABEL_CREATED"}, {"project": {"id": "p1"}}),
    ],
    "kili": [({}, KILI)],
    "superannotate": [({"x-event": "item u", "x-delivery": "9"}, SUPERANNOTATE)],
    "v7": [({}, V7_STAGE), ({}, V7_OLD)],
    "encord": [({}, ENCORD), ({}, ENCORD | {"event_type": "task_submitted_event"})],
    "toloka": [({}, TOLOKA)],
    "inception": [({"x-aero-notification": "ANNOTATION_STATE"}, INCEPTION)],
    "huggingface_hub": [({}, PUSH), ({}, COMMENT)],
    "cloudevents": [
        ({"content-type": "application/cloudevents+json"}, CLOUDEVENT),
        ({"content-type": "application/cloudevents-batch+json"}, [CLOUDEVENT, CLOUDEVENT]),
        (BINARY, LABEL),
    ],
}  # fmt: skip
