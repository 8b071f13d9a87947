"""Argilla 2's API: every response of a dataset, as it is now. After its source, not a live server.

Records come page by page in the order in which they were made. The dataset must stay the same
meanwhile: where the number of records changes, or one comes twice, the pull is given up and made
again when it is due, since pages are counted and not pointed at. A response cannot be asked for by
itself; that it is gone is told by a complete pull alone. The search engine behind the API shows no
more than 10,000 records of one dataset: larger ones are refused by it, and so by us.

Responses are read as a webhook about them would be. A draft withdraws what was submitted before.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import msgspec

from labeltrust.connectors._argilla_members import PAUSE, UNOFFERED
from labeltrust.connectors._asked import Asked
from labeltrust.connectors._base import Connector, Page, Pulled
from labeltrust.connectors._web import Api, Params, Signer, StaticHeader
from labeltrust.domain.errors import InvalidInput, NoAnswer, UnreadableDelivery
from labeltrust.domain.events import Event, Problem
from labeltrust.domain.platform_access import Access
from labeltrust.ingest import argilla
from labeltrust.ingest._base import Delivery
from labeltrust.ingest._strict_json import check as check_json

PAGE_RECORDS: Final = 100
_NAMES: Final = "labeler_key"


def sign(access: Access) -> Signer:
    """Return how requests prove who asks.

    >>> sign(Access(url="https://a.test", remote="x", token="key")).name
    'X-Argilla-Api-Key'
    """
    return StaticHeader(name="X-Argilla-Api-Key", value=access.token)


def check(access: Access) -> None:
    """Refuse ids that no dataset of Argilla has.

    Raises:
        InvalidInput: Names the place.

    >>> check(Access(url="https://a.test", remote=str(UUID(int=4)), token="t"))
    """
    try:
        known = [UUID(part) for part in access.remotes]
    except ValueError:
        known = []
    if not known:
        detail = "name the dataset by its id, a UUID, as in its address: /dataset/ID/"
        raise InvalidInput(detail, place="remote")


def pages(api: Api, asked: Asked) -> Iterator[Page]:
    """Yield every response of the datasets, and return when that was all.

    Raises:
        NoAnswer: Something is missing, or the dataset changed while it was read.
        Misconfigured: The source's settings do not fit.
    """
    names = _users(api) if asked.config.get(_NAMES) else {}
    for remote in asked.access.remotes:
        dataset = _dataset(api, remote)
        yield from _records(api, _Reading(asked, dataset, names), remote)


@dataclass(frozen=True, slots=True)
class _Reading:
    asked: Asked
    dataset: Mapping[str, Any]
    names: Mapping[str, str]


def _dataset(api: Api, remote: str) -> dict[str, Any]:
    """Return what webhooks say of a dataset: id, name and the names of its questions."""
    path = f"/api/v1/datasets/{remote}"
    told, asked = api.get(path), api.get(f"{path}/questions")
    questions = [{"name": one.get("name")} for one in _items(asked, f"{path}/questions")]
    name = told.get("name") if isinstance(told, dict) else None
    return {"id": remote, "name": name, "questions": questions}


def _users(api: Api) -> dict[str, str]:
    """Return names of users by id, which only an owner's key may read."""
    found = _items(api.get("/api/v1/users"), "/api/v1/users")
    return {str(one.get("id")): str(one.get("username")) for one in found}


def _records(api: Api, reading: _Reading, remote: str) -> Iterator[Page]:
    path, seen, total = f"/api/v1/datasets/{remote}/records", set[str](), -1
    while total < 0 or len(seen) < total:
        which: Params = {"include": "responses", "limit": PAGE_RECORDS, "offset": len(seen)}
        found = api.get(path, which)
        records = _items(found, path)
        ids = [str(one.get("id")) for one in records]
        now = found.get("total")
        changed = total not in {-1, now} or not seen.isdisjoint(ids) or len(set(ids)) < len(ids)
        if changed or not isinstance(now, int) or (not ids and len(seen) < now):
            raise NoAnswer(f"{path}: the dataset changed while it was read")
        total = now
        seen.update(ids)
        yield Page(annotations=tuple(one for record in records for one in _pulled(record, reading)))


def _items(found: object, path: str) -> list[dict[str, Any]]:
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise NoAnswer(f"{path}: no list of items")
    return items


def _pulled(record: Mapping[str, Any], reading: _Reading) -> Iterator[Pulled]:
    responses = record.get("responses")
    if not isinstance(responses, list):
        detail = f"record {record.get('id')} comes without its responses"
        raise NoAnswer(detail)
    around = {name: record.get(name) for name in ("id", "external_id", "fields", "metadata")}
    for response in responses:
        told = response if isinstance(response, dict) else {}
        user = str(told.get("user_id"))
        known = {"id": user} | ({"username": reading.names[user]} if user in reading.names else {})
        data = {**told, "user": known, "record": {**around, "dataset": reading.dataset}}
        yield _response(data, reading)


def _response(data: dict[str, Any], reading: _Reading) -> Pulled:
    number = str(data.get("id"))
    try:
        check_json(data, "/response")
        body = {"type": "response.updated", "timestamp": _moment(data), "data": data}
        parsed = argilla.parse(
            Delivery(
                source=reading.asked.source,
                body=json.dumps(body).encode(),
                headers={},
                received_at=datetime.now(UTC),
                config=reading.asked.config,
            )
        )
    except (InvalidInput, UnreadableDelivery) as error:
        problem = Problem(index=None, code=error.code, detail=error.detail)
        return Pulled(annotation_id=number, problem=problem)
    if parsed.problems:
        return Pulled(annotation_id=number, problem=parsed.problems[0])
    raw = {name: part for name, part in data.items() if name != "user"}
    draft = data.get("status") != "submitted"
    events = tuple(_renamed(event) for event in parsed.events)
    return Pulled(annotation_id=number, events=events, raw=raw, only_ends=draft)


def _renamed(event: Event) -> Event:
    """Return an event under an id that no webhook has."""
    detail = {**event.detail, "action": "response.reconciled"}
    return msgspec.structs.replace(event, event_id=f"reconciled:{event.event_id}", detail=detail)


def _moment(data: Mapping[str, Any]) -> str | None:
    """Return when the response was last changed; the API names no zone and means UTC."""
    at = data.get("updated_at")
    if not isinstance(at, str):
        return None
    return at if at.endswith("Z") or "+" in at else f"{at}Z"


CONNECTOR = Connector(
    name="argilla",
    title="Argilla",
    parser_version="argilla-pull/1",
    access_hint=(
        "In Argilla, under My settings, copy the API key of an owner or admin; the dataset is the "
        "UUID in its address."
    ),
    sign=sign,
    check=check,
    pages=pages,
    acts=(PAUSE,),
    unoffered=UNOFFERED,
)
