"""Argilla 2: the records of a dataset, as the Python SDK and the API write them.

| written by | responses |
| --- | --- |
| `dataset.records.to_json()` | by question, a list of `{"value", "user_id", "status"}` |
| `to_list(flatten=True)` | `QUESTION.responses`, `.responses.users`, `.responses.status` |
| the API, `GET …/records?include=responses` | a list of `{"values", "status", "user_id"}` |

Items are the record's `id`: the one given from outside in the first two, the server's in the last.
In an import into a source whose webhooks come in, they are the server's as there, which files of
the SDK hold as `_server_id`; with `item_key` `external_id` the outside one in all of them.

Only what is submitted is a vote; drafts are none, and a discarded response withdraws its author's
answers. Where the file holds no status (SDK before 2.0), every response counts as submitted, as
that SDK exported no others. A suggestion by a named agent is a label of that model. Labelers are
the ids of their accounts. A row is a record.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event, LabelValue, Piece
from labeltrust.ingest._fields import identifier
from labeltrust.ingest._regions import one_or_list, ranking
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._around import (
    Around,
    Json,
    a_list,
    a_number,
    a_text,
    an_object,
    maybe_time,
)
from labeltrust.ingest.files._base import FileFormat, Readable, RowSettings
from labeltrust.ingest.files._json_list import Naming
from labeltrust.ingest.files._look import Look
from labeltrust.ingest.files._parts import ordered, span
from labeltrust.ingest.files._records import Part, Records, read_records

_USERS, _STATUS = ".responses.users", ".responses.status"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Response:
    question: str
    value: object
    user: object
    status: str
    at: object = None


def read(stream: Readable, settings: RowSettings) -> Iterator[Piece]:
    """Yield the records of an export piece by piece.

    Raises:
        UnreadableDelivery: No JSON, or a broken list.

    >>> import io
    >>> record = b'{"id": "r1", "fields": {}, "responses": {"v": [{"value": "a", "user_id": "u"}]}}'
    >>> next(read(io.BytesIO(record), RowSettings(project="p"))).parsed.events[0].label
    'a'
    """
    return read_records(stream, settings, _RECORDS)


def _parts(record: Json, around: Around) -> list[Part]:
    flat = [name for name in record if name.endswith(_USERS)]
    if "responses" not in record and not flat and "suggestions" not in record:
        raise InvalidEvent("no record of a dataset: no responses", code="not_a_record")
    found = list(_flat(record, flat)) if flat else list(_responses(record.get("responses")))
    suggestions = _suggestions(record.get("suggestions"))
    return [
        *(partial(_answer, one, record, suggestions, around) for one in found),
        *(partial(_suggested, name, one, record, around) for name, one in suggestions.items()),
    ]


def _responses(value: object) -> Iterator[_Response]:
    if isinstance(value, dict):
        for question, answers in value.items():
            for told in a_list(answers, f"responses/{question}"):
                one = an_object(told, f"responses/{question}")
                yield _Response(
                    question=question,
                    value=one.get("value"),
                    user=one.get("user_id"),
                    status=_status(one.get("status")),
                )
        return
    for told in a_list(value, "responses"):
        one = an_object(told, "responses")
        values = one.get("values")
        for question, answer in (an_object(values, "values") if values else {}).items():
            yield _Response(
                question=question,
                value=an_object(answer, f"values/{question}").get("value"),
                user=one.get("user_id"),
                status=_status(one.get("status")),
                at=one.get("updated_at") or one.get("inserted_at"),
            )


def _flat(record: Json, names: Iterable[str]) -> Iterator[_Response]:
    for name in names:
        question = name.removesuffix(_USERS)
        users = a_list(record[name], name)
        values = a_list(record.get(f"{question}.responses"), f"{question}.responses")
        states = a_list(record.get(question + _STATUS), question + _STATUS) or [None] * len(users)
        if not len(users) == len(values) == len(states):
            detail = f"{len(values)} values of {len(users)} users"
            raise InvalidEvent(detail, place=f"{question}.responses", code="bad_response")
        for value, user, status in zip(values, users, states, strict=True):
            yield _Response(question=question, value=value, user=user, status=_status(status))


def _status(value: object) -> str:
    status = "submitted" if value is None else value
    if status not in ("submitted", "draft", "discarded"):
        raise InvalidEvent(f"unknown status {shown(value)}", place="status", code="bad_response")
    return str(status)


def _answer(
    said: _Response, record: Json, suggestions: Mapping[str, Json], around: Around
) -> list[Event]:
    if said.status == "draft":
        return []
    is_vote = said.status == "submitted"
    label, scale = _label(said.value, f"responses/{said.question}") if is_vote else (None, None)
    question = around.question(said.question, scale)
    if question is None or (is_vote and label in (None, "", [])):
        return []
    at = maybe_time(said.at, "updated_at", in_utc=True)
    told = suggestions.get(said.question, {}).get("value")
    return [
        around.event(
            type="label.submitted" if is_vote else "label.withdrawn",
            item=_item(record, around),
            labeler=around.labeler(said.user, f"responses/{said.question}/user_id"),
            question=question,
            label=label,
            occurred_at=at,
            revised_at=at,
            content=_fields(record),
            detail={} if told is None else {"suggestion": told},
        )
    ]


def _suggestions(value: object) -> dict[str, Json]:
    if isinstance(value, dict):
        return {name: an_object(one, f"suggestions/{name}") for name, one in value.items()}
    found = [an_object(one, "suggestions") for one in a_list(value, "suggestions")]
    return {str(one["question_name"]): one for one in found if one.get("question_name")}


def _suggested(name: str, told: Json, record: Json, around: Around) -> list[Event]:
    agent = told.get("agent")
    question = around.question(name)
    if question is None or agent in (None, "") or told.get("value") is None:
        return []
    label, scale = _label(told["value"], f"suggestions/{name}")
    around.question(name, scale)
    score = told.get("score")
    return [
        around.event(
            item=_item(record, around),
            labeler=f"model:{a_text(agent, f'suggestions/{name}/agent')}",
            labeler_kind="model",
            question=question,
            label=label,
            content=_fields(record),
            detail={} if score is None else {"score": score},
        )
    ]


def _item(record: Json, around: Around) -> str:
    """Return a record's id; in a file of the SDK the one that was given from outside.

    Of a source whose webhooks come in, it is the id that they name.
    """
    own, server = record.get("id"), record.get("_server_id")
    if around.item_key == "external_id" and "external_id" not in record:
        return identifier(own, "id")
    if own is None or (around.settings.platform == "argilla" and server is not None):
        own = server
    return around.item(own, "id", record, record.get("metadata"), _fields(record))


def _fields(record: Json) -> Json:
    fields = record.get("fields")
    return fields if isinstance(fields, dict) else {}


def _label(value: object, place: str) -> tuple[LabelValue, str]:
    """Return a label and its scale: the kind of question shows in the form of its answer."""
    if isinstance(value, bool) or value is None:
        raise InvalidEvent(f"{shown(value)} is no answer", place=place, code="bad_response")
    if isinstance(value, int | float):
        return value, "ordinal"
    if isinstance(value, str):
        return value, "nominal"
    parts = a_list(value, place)
    if all(isinstance(part, str) for part in parts):
        return one_or_list([a_text(part, place) for part in parts]), "set"
    objects = [an_object(part, place) for part in parts]
    if not all("start" in one for one in objects):
        return ranking([_ranked(one, place) for one in objects]), "spans"
    spans = [span(s.get("start"), s.get("end"), s.get("label"), place) for s in objects]
    return ordered(spans), "spans"


def _ranked(told: Json, place: str) -> tuple[float | None, str]:
    rank = None if told.get("rank") is None else a_number(told["rank"], place)
    return rank, a_text(told.get("value"), place)


def _looks_like(look: Look) -> bool:
    is_record = look.has("fields") and look.has_any("responses", "suggestions")
    return is_record or any(key.endswith(_USERS) for key in look.keys)


_RECORDS = Records(naming=Naming("Argilla export", "record"), parts=_parts)
FORMAT = FileFormat(
    name="argilla",
    title="Argilla records (JSON)",
    parser_version="argilla-records/2",
    read=read,
    looks_like=_looks_like,
    known_from="source",
)
