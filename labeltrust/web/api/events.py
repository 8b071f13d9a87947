"""Generic events: one object, a JSON array, or a line each."""

from dataclasses import dataclass
from http import HTTPStatus

import msgspec
from litestar import post
from litestar.di import NamedDependency
from litestar.openapi.spec import (
    Example,
    OpenAPIMediaType,
    Operation,
    Reference,
    RequestBody,
    Schema,
)
from litestar.openapi.spec.enums import OpenAPIType
from litestar.response.base import ASGIResponse

from labeltrust.domain.checksums import with_checksum
from labeltrust.domain.errors import LabeltrustError
from labeltrust.domain.events import Outcome
from labeltrust.services.record_events import record_events
from labeltrust.web.access import by_key
from labeltrust.web.deliveries import (
    RESPONSES,
    Arrived,
    Reception,
    address_of,
    arrived,
    count_outcome,
    count_refusal,
    told,
)
from labeltrust.web.errors import MEDIA_TYPE, problem
from labeltrust.web.openapi import example
from labeltrust.web.requests import StrictRequest

_LABEL = {
    "id": "evt-123",
    "type": "label.submitted",
    "project": "fraud",
    "item": "txn-9",
    "labeler": "alice",
    "label": "benign",
    "occurred_at": "2026-11-22T10:00:00Z",
    "duration_seconds": 3.2,
    "content": {"text": "12.50 at a kiosk"},
}
_PROVED = with_checksum(_LABEL | {"item_features": {"amount": 12.5, "country": "SE"}})
_GOLD = {"id": "evt-124", "type": "gold.declared", "project": "fraud", "item": "txn-9",
         "label": "fraud"}  # fmt: skip


@dataclass
class EventsOperation(Operation):
    """Describes the body, which the handler reads itself."""

    def __post_init__(self) -> None:
        """Say what may be sent."""
        event = Schema(type=OpenAPIType.OBJECT, required=["id", "type", "project", "item"])
        events = Schema(one_of=[event, Schema(type=OpenAPIType.ARRAY, items=event)])
        examples: dict[str, Example | Reference] = {
            "label": example("One label", _LABEL),
            "proved": example("One with a checksum of what it shows", _PROVED),
            "batch": example("Two", [_LABEL, _GOLD]),
        }
        self.request_body = RequestBody(
            required=True,
            description="gzip is understood; a body holds at most 1 MiB and 1,000 events",
            content={
                "application/json": OpenAPIMediaType(schema=events, examples=examples),
                "application/x-ndjson": OpenAPIMediaType(schema=event),
            },
        )


@post(
    "/v1/events",
    opt=by_key("write_events") | {"own_ids": True},
    status_code=202,
    responses=RESPONSES,
    request_max_body_size=None,  # read to the same cap, but digested beyond it
    operation_class=EventsOperation,
    tags=["events"],
    summary="Send events",
)
async def receive(request: StrictRequest, reception: NamedDependency[Reception]) -> ASGIResponse:
    """Record events; 2xx only after a durable commit, and the same event twice is one event."""
    principal = request.user  # and no second dependency: two are resolved in a task group
    source = principal.source or principal.name
    try:
        if principal.source is not None:
            await reception.intake.require_network(source, address_of(reception, request))
        came = await arrived(reception, request, source=source, actor=principal.name)
        outcome = await record_events(reception.intake, principal, came.body, came.headers)
    except LabeltrustError as error:
        count_refusal(reception.meters, error)
        raise
    count_outcome(reception.meters, outcome)
    if outcome.quarantine_id is not None:
        return _unreadable(came, outcome, str(request.scope["state"].get("request_id", "")))
    return told(outcome)


def _unreadable(came: Arrived, outcome: Outcome, request_id: str) -> ASGIResponse:
    """Return why nothing could be read, and where the delivery is held."""
    first = outcome.problems[0] if outcome.problems else None
    code = first.code if came.flaw is None and first is not None else "bad_gzip"
    detail = first.detail if came.flaw is None and first is not None else str(came.flaw)
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    held = outcome.quarantine_id
    document = problem(status, code, detail, quarantine_id=held, request_id=request_id)
    return ASGIResponse(
        body=msgspec.json.encode(document), status_code=status, media_type=MEDIA_TYPE
    )


HANDLERS = (receive,)
