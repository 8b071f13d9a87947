"""Amazon SageMaker Ground Truth: the output manifest, and the single answers of workers.

| file | labeler | label |
| --- | --- | --- |
| `*.manifest` | `groundtruth:JOB`, a heuristic; `groundtruth-auto:JOB`, a model | consolidated |
| `*.manifest` of a custom job that keeps all answers | the workers | each answer |
| `annotations/worker-response/iteration-N/OBJECT/*.json` | the worker | each answer |

A manifest holds no worker but in custom jobs: its label is what Ground Truth made of the answers,
so it is the label of a heuristic, or of the model where `human-annotated` is `no`. Import the
folder of the job, or a zip of it, to have the workers: `OBJECT` is the number of a manifest's line
from 0 (no document confirms that numbering), and the item what that line names (`source-ref`, else
`source`). Without a manifest the number is the item.

Questions are the names of the label attribute, and of the elements of the worker's page. Times of
a manifest have no zone and are left out. A row is a line, or the answers to one object.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from io import BytesIO
from pathlib import PurePosixPath

import msgspec

from labeltrust.domain.errors import InvalidEvent, InvalidInput
from labeltrust.domain.events import Event, Piece
from labeltrust.ingest._fields import duration
from labeltrust.ingest._strict_json import check, read_json
from labeltrust.ingest.files._around import (
    Around,
    Json,
    a_list,
    a_text,
    an_object,
    maybe_text,
    maybe_time,
)
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._documents import Documents, Files, read_documents
from labeltrust.ingest.files._ground_truth import METADATA, consolidated, content_of, element
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._lines import blocks
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._members import Members
from labeltrust.ingest.files._records import Part, Records, read_records
from labeltrust.ingest.files._zip import members_of

_FOLDER = "worker-response"
_ENDINGS = (".manifest", ".jsonl")
_SOURCE = "labeltrust:source"
"""Added to a worker's answers when they are kept: what the manifest says of their object."""


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the lines of a manifest, and the answers of workers, piece by piece.

    Raises:
        UnreadableDelivery: Neither is there.
    """
    members = members_of(stream, settings)
    has_answers = bool(_groups(members.names))
    if members.is_alone:
        has_answers = members.look().has("answers")
    if not has_answers or list(members.ending(*_ENDINGS)):
        yield from read_records(members, settings, _MANIFEST)
    if has_answers:
        joined = members if members.is_packed or members.is_alone else _Joined(members)
        yield from read_documents(joined, settings, _ANSWERS)


class _Joined(Members):
    """The files of a job, in which the answers to an object say what the object is."""

    def __init__(self, members: Members) -> None:
        self.names, self.labeler = members.names, members.labeler
        self._members = members
        self._sources = list(_sources(members))

    def open(self, name: str) -> Readable:
        stream = self._members.open(name)
        number = PurePosixPath(name).parent.name
        if _FOLDER not in name or not number.isdecimal() or int(number) >= len(self._sources):
            return stream
        body, source = self._members.document(name), self._sources[int(number)]
        try:
            told = read_json(body)
        except InvalidInput:
            return BytesIO(body)  # whoever reads it says what is wrong with it
        if not isinstance(told, dict) or source is None:
            return BytesIO(body)
        joined = {**told, _SOURCE: source}
        try:
            check(joined)
        except InvalidInput:
            return BytesIO(body)
        return BytesIO(msgspec.json.encode(joined))


def _sources(members: Members) -> Iterator[str | None]:
    """Yield what the lines of the manifest name, one text a line."""
    name = next(iter(sorted(members.ending(*_ENDINGS), key=_is_output, reverse=True)), None)
    if name is None:
        return
    for block in blocks(members.open(name)):
        for line in block.split(b"\n")[: block.count(b"\n") + (not block.endswith(b"\n"))]:
            try:
                told = read_json(line)
            except InvalidInput:
                told = None
            yield _source(told) if isinstance(told, dict) else None


def _is_output(name: str) -> bool:
    return "output" in name


def _source(line: Json) -> str | None:
    return maybe_text(line.get("source-ref")) or maybe_text(line.get("source"))


def _groups(names: Sequence[str]) -> list[tuple[str, ...]]:
    return [(n,) for n in names if f"{_FOLDER}/" in n and n.endswith(".json")]


def _answer_parts(files: Files, around: Around) -> list[Part]:
    ((name, body),) = files.items()
    value = read_json(body)
    check(value)
    told = an_object(value, "answers")
    number = PurePosixPath(name).parent.name
    item = told.get(_SOURCE) or _source(told) or number
    if item == "":
        detail = "nothing says which object this answers; import the folder of the job"
        raise InvalidEvent(detail, place="answers", code="missing_field")
    answers = a_list(told.get("answers"), "answers")
    return [partial(_worker, one, item, f"answers/{n}", around) for n, one in enumerate(answers)]


def _worker(value: object, item: object, place: str, around: Around) -> list[Event]:
    told = an_object(value, place)
    content = an_object(told.get("answerContent"), f"{place}/answerContent")
    seconds = told.get("timeSpentInSeconds")
    at = maybe_time(told.get("submissionTime"), f"{place}/submissionTime")
    assigned = maybe_time(told.get("acceptanceTime"), f"{place}/acceptanceTime")
    base = {
        "item": around.item(item, place),
        "labeler": around.labeler(told.get("workerId"), f"{place}/workerId"),
        "occurred_at": at,
        "revised_at": at,
        "duration_seconds": None if seconds is None else duration(seconds, "timeSpentInSeconds"),
        "content": content_of(item),
        "detail": {} if assigned is None else {"assigned_at": assigned.isoformat()},
    }
    return _said(content, base, f"{place}/answerContent", around)


def _said(content: Json, base: Mapping[str, object], place: str, around: Around) -> list[Event]:
    events = []
    for name, inner in content.items():
        label, scale = element(inner, f"{place}/{name}")
        question = around.question(name, scale)
        if question is not None:
            events.append(around.event(**base, question=question, label=label))
    return events


def _line_parts(line: Json, around: Around) -> list[Part]:
    names = [key.removesuffix(METADATA) for key in line if key.endswith(METADATA)]
    if not names or _source(line) is None:
        detail = "no line of an output manifest: has no source, or no NAME-metadata"
        raise InvalidEvent(detail, code="not_a_manifest")
    return [partial(_consolidated, line, name, around) for name in names if name in line]


def _consolidated(line: Json, name: str, around: Around) -> list[Event]:
    metadata = an_object(line[name + METADATA], name + METADATA)
    value, source = line[name], _source(line)
    item = around.item(source, "source-ref", line)
    if isinstance(value, dict) and "annotationsFromAllWorkers" in value:
        told = a_list(value["annotationsFromAllWorkers"], f"{name}/annotationsFromAllWorkers")
        return [event for one in told for event in _kept_answer(one, item, source, name, around)]
    if "failure-reason" in metadata:
        return []
    label, scale = consolidated(value, metadata, name)
    question = around.question(name, scale)
    if question is None:
        return []
    job = (maybe_text(metadata.get("job-name")) or "unknown").removeprefix("labeling-job/")
    by_model = metadata.get("human-annotated") == "no"
    kept = {"confidence": metadata.get("confidence"), "created_at": metadata.get("creation-date")}
    return [
        around.event(
            item=item,
            labeler=f"groundtruth-auto:{job}" if by_model else f"groundtruth:{job}",
            labeler_kind="model" if by_model else "heuristic",
            question=question,
            label=label,
            content=content_of(source),
            detail={key: one for key, one in kept.items() if one is not None},
        )
    ]


def _kept_answer(
    value: object, item: str, source: object, name: str, around: Around
) -> list[Event]:
    told = an_object(value, f"{name}/annotationsFromAllWorkers")
    data = an_object(told.get("annotationData"), f"{name}/annotationData")
    content = read_json(a_text(data.get("content"), f"{name}/annotationData/content").encode())
    check(content)
    base = {
        "item": item,
        "labeler": around.labeler(told.get("workerId"), f"{name}/workerId"),
        "content": content_of(source),
    }
    return _said(an_object(content, f"{name}/content"), base, f"{name}/content", around)


def _looks_like(look: Look) -> bool:
    is_manifest = any(key.endswith(METADATA) for key in look.keys)
    is_line = is_manifest and look.has_any("source-ref", "source")
    return is_line or look.has("answers", "answerContent") or bool(_groups(look.names))


_MANIFEST = Records(
    naming=Naming("Ground Truth manifest", "line"), parts=_line_parts, endings=_ENDINGS
)
_ANSWERS = Documents(
    naming=Naming("Ground Truth job", "answer"), groups=_groups, parts=_answer_parts
)
FORMAT = FileFormat(
    name="sagemaker",
    title="SageMaker Ground Truth (manifest, worker responses)",
    parser_version="sagemaker-output/1",
    read=read,
    looks_like=_looks_like,
    known_from="docs",
)
