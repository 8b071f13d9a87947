"""SuperAnnotate webhooks: they say that an item's status changed, and no label.

An item that a labeler handed in (status `QualityCheck` or `Completed`) is to be read by the API.
Items under work are drafts; events of projects, folders and exports are passed over.

What exactly is signed is not documented; this adapter takes it to be the raw body.

Settings: `project`, or `projects` from SuperAnnotate's project id.
"""

from functools import partial

from labeltrust.domain.events import Parsed
from labeltrust.domain.pulls import PullWanted
from labeltrust.ingest._base import EVIDENCE_HEADERS, Delivery, Platform
from labeltrust.ingest._layouts import HexHmac, prove_hex
from labeltrust.ingest._payload import (
    NOTHING,
    Found,
    Json,
    gather,
    kind_of,
    maybe_part,
    milliseconds_at,
    part_of,
    read_object,
    short_id,
    unknown_kind,
    within,
)
from labeltrust.ingest._routing import Route, check_route
from labeltrust.ingest._signing import check_token

_HANDED_IN = frozenset({"QualityCheck", "Completed"})
_OPERATIONS = frozenset({"c", "u", "d", "r"})


def parse(delivery: Delivery) -> Parsed:
    """Read what one webhook call announces.

    Raises:
        UnreadableDelivery: No strict JSON, or an unknown operation.
        Misconfigured: The source's settings do not fit.

    >>> from datetime import UTC, datetime
    >>> body = b'{"op": "u", "after": {"id": 5, "annotation_status": "Completed"}}'
    >>> now, config = datetime(2026, 11, 22, tzinfo=UTC), {"project": "fraud"}
    >>> one = Delivery(source="s", body=body, headers={}, received_at=now, config=config)
    >>> parse(one).pulls[0].object_id
    '5'
    """
    route = Route.of(delivery.config)
    tree = read_object(delivery.body)
    operation = kind_of(tree, "op")
    if operation not in _OPERATIONS:
        raise unknown_kind(operation, "op", _OPERATIONS)
    about = delivery.headers.get("x-event", "item").partition(" ")[0]
    if operation not in {"c", "u"} or about != "item":
        return gather(lambda _: NOTHING, [tree])
    return gather(partial(_item, route), [tree])


def _item(route: Route, tree: Json) -> Found:
    after, before = part_of(tree, "after"), maybe_part(tree, "before")
    project = route.to(after.get("project_id"))
    status = after.get("annotation_status")
    handed_in = isinstance(status, str) and status in _HANDED_IN
    if project is None or not handed_in or status == before.get("annotation_status"):
        return NOTHING
    changed_at = milliseconds_at(after, "updatedAt", "/after")
    wanted = PullWanted(
        kind="item",
        object_id=short_id(after, "id", "/after"),
        project=project,
        within=within(after, "/after", project="project_id", folder="folder_id", name="name"),
        changed_at=changed_at or milliseconds_at(tree, "ts_ms"),
    )
    return Found(pulls=(wanted,))


_HINT = (
    "In SuperAnnotate, give the webhook this text as its secret, or give labeltrust the one that "
    "is set there with `--secret-file`."
)

PLATFORM = Platform(
    name="superannotate",
    title="SuperAnnotate",
    parser_version="superannotate/1",
    prove=prove_hex(HexHmac(header="x-authorization-content-sha256", algorithm="sha256")),
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_token,
    check_config=check_route,
    kept_headers=(*EVIDENCE_HEADERS, "x-event", "x-delivery"),
    needs_project=True,
    basis="documentation",
)
