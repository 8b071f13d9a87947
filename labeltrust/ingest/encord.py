"""Encord webhooks: they say that work waits or was handed in, and neither labeler nor label.

An agent stage where work waits, and a task that was handed in, are to be read by Encord's SDK. The
agent event is sent again every five minutes, each time under a new `uid`, while work waits: it asks
for the same read once more. Kinds that are not known are passed over, as the platform asks.

Settings: `project`, or `projects` from Encord's project hash.
"""

from functools import partial

from labeltrust.domain.events import Parsed
from labeltrust.domain.pulls import PullWanted
from labeltrust.ingest._base import EVIDENCE_HEADERS, Delivery, Platform
from labeltrust.ingest._layouts import prove_encord
from labeltrust.ingest._payload import (
    NOTHING,
    Found,
    Json,
    gather,
    kind_of,
    part_of,
    read_object,
    short_id,
    time_at,
    within,
)
from labeltrust.ingest._routing import Route, check_route
from labeltrust.ingest._signing import check_token

_STAGE = "agent_stage_work_available_event"
_SUBMITTED = "task_submitted_event"


def parse(delivery: Delivery) -> Parsed:
    """Read what one webhook call announces.

    Raises:
        UnreadableDelivery: No strict JSON, or no event type.
        Misconfigured: The source's settings do not fit.

    >>> from datetime import UTC, datetime
    >>> body = b'{"event_type": "task_submitted_event", "payload": {"project_hash": "p1"}}'
    >>> now, config = datetime(2026, 11, 22, tzinfo=UTC), {"project": "fraud"}
    >>> one = Delivery(source="s", body=body, headers={}, received_at=now, config=config)
    >>> parse(one).pulls[0].kind
    'project'
    """
    route = Route.of(delivery.config)
    tree = read_object(delivery.body)
    kind = kind_of(tree, "event_type")
    if kind not in {_STAGE, _SUBMITTED}:
        return gather(lambda _: NOTHING, [tree])
    return gather(partial(_changed, route, kind), [tree])


def _changed(route: Route, kind: str, tree: Json) -> Found:
    payload = part_of(tree, "payload")
    project = route.to(payload.get("project_hash"))
    if project is None:
        return NOTHING
    is_stage = kind == _STAGE
    wanted = PullWanted(
        kind="stage" if is_stage else "project",
        object_id=short_id(payload, "stage_uuid" if is_stage else "project_hash", "/payload"),
        project=project,
        within=within(payload, "/payload", project="project_hash"),
        changed_at=time_at(tree, "event_created_timestamp"),
    )
    return Found(pulls=(wanted,))


_HINT = (
    "Encord makes the secret and shows it when the webhook is created; give it to labeltrust with "
    "`source add --secret-file`, or `source rotate`."
)

PLATFORM = Platform(
    name="encord",
    title="Encord",
    parser_version="encord/1",
    prove=prove_encord,
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_token,
    check_config=check_route,
    kept_headers=(*EVIDENCE_HEADERS, "x-encord-timestamp"),
    needs_project=True,
    basis="documentation",
)
