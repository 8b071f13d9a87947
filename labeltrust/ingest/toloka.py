"""Toloka webhooks: a list of events that say which assignment changed, and no label.

An assignment that was submitted, approved or rejected is to be read by the API, which tells who
worked on it and what was answered. Skipped and expired assignments hold no answer; the combined
answer of a task (`DYNAMIC_OVERLAP_COMPLETED`) is nobody's own label. Both are passed over.

Times of events name no zone, so they are not taken.

Settings: `project`, or `projects` from Toloka's project id.
"""

from functools import partial

from labeltrust.domain.errors import InvalidEvent, UnreadableDelivery
from labeltrust.domain.events import Parsed
from labeltrust.domain.pulls import PullWanted
from labeltrust.ingest._base import Delivery, Platform
from labeltrust.ingest._layouts import prove_toloka
from labeltrust.ingest._payload import (
    NOTHING,
    Found,
    as_object,
    gather,
    read_object,
    short_id,
    within,
)
from labeltrust.ingest._routing import Route, check_route
from labeltrust.ingest._signing import check_token
from labeltrust.ingest._strict_json import shown

_ANSWERED = frozenset({"ASSIGNMENT_SUBMITTED", "ASSIGNMENT_APPROVED", "ASSIGNMENT_REJECTED"})


def parse(delivery: Delivery) -> Parsed:
    """Read what one webhook call announces.

    Raises:
        UnreadableDelivery: No strict JSON, or no list of events.
        Misconfigured: The source's settings do not fit.

    >>> from datetime import UTC, datetime
    >>> body = b'{"events": [{"type": "ASSIGNMENT_SUBMITTED", "assignment_id": "a1"}]}'
    >>> now, config = datetime(2026, 11, 22, tzinfo=UTC), {"project": "fraud"}
    >>> one = Delivery(source="s", body=body, headers={}, received_at=now, config=config)
    >>> parse(one).pulls[0].object_id
    'a1'
    """
    route = Route.of(delivery.config)
    events = read_object(delivery.body).get("events")
    if not isinstance(events, list):
        raise UnreadableDelivery("holds no list of events", place="/events", code="unknown_event")
    return gather(partial(_event, route), events)


def _event(route: Route, value: object) -> Found:
    told = as_object(value, "/events")
    kind = told.get("type")
    if not isinstance(kind, str):
        raise InvalidEvent(f"is {shown(kind)}, not a text", place="/events/type", code="wrong_type")
    project = route.to(told.get("project_id"))
    if project is None or kind not in _ANSWERED:
        return NOTHING
    wanted = PullWanted(
        kind="assignment",
        object_id=short_id(told, "assignment_id", "/events"),
        project=project,
        within=within(told, "/events", project="project_id", pool="pool_id", suite="task_suite_id"),
    )
    return Found(pulls=(wanted,))


_HINT = "Give the subscription this text as its `secret_key`; without one Toloka signs nothing."

PLATFORM = Platform(
    name="toloka",
    title="Toloka",
    parser_version="toloka/1",
    prove=prove_toloka,
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_token,
    check_config=check_route,
    needs_project=True,
    basis="source",
)
