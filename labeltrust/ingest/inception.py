"""INCEpTION webhooks: they say whose annotations of a document changed state, and no label.

A document that somebody finished is to be read by the AERO API. Documents under work are drafts;
the curated version is nobody's own label; other topics are passed over. Bulk changes of state are
not announced at all, and the server tries once by default.

The signature is a bare SHA-1 (see `_layouts.py`): keep `networks` set to the server's address.

Settings: `project`, or `projects` from INCEpTION's project id or name.
"""

from functools import partial

from labeltrust.domain.events import Parsed
from labeltrust.domain.pulls import PullWanted
from labeltrust.ingest._base import EVIDENCE_HEADERS, Delivery, Platform
from labeltrust.ingest._layouts import prove_aero
from labeltrust.ingest._payload import (
    NOTHING,
    Found,
    Json,
    gather,
    kind_of,
    milliseconds_at,
    read_object,
    short_id,
    unknown_kind,
    within,
)
from labeltrust.ingest._routing import Route, check_route
from labeltrust.ingest._signing import check_token

TOPIC = "x-aero-notification"
_TOPICS = frozenset({"PROJECT_STATE", "DOCUMENT_STATE", "ANNOTATION_STATE"})
_CURATION = "CURATION_USER"


def parse(delivery: Delivery) -> Parsed:
    """Read what one webhook call announces.

    Raises:
        UnreadableDelivery: No strict JSON, or an unknown topic.
        Misconfigured: The source's settings do not fit.

    >>> from datetime import UTC, datetime
    >>> body = b'{"projectId": 2, "documentId": 9, "annotationState": "COMPLETE"}'
    >>> now, config = datetime(2026, 11, 22, tzinfo=UTC), {"project": "fraud"}
    >>> told = {"headers": {"x-aero-notification": "ANNOTATION_STATE"}, "received_at": now}
    >>> parse(Delivery(source="s", body=body, config=config, **told)).pulls[0].object_id
    '9'
    """
    route = Route.of(delivery.config)
    tree = read_object(delivery.body)
    topic = kind_of(delivery.headers, TOPIC)
    if topic not in _TOPICS:
        raise unknown_kind(topic, TOPIC, _TOPICS)
    if topic != "ANNOTATION_STATE":
        return gather(lambda _: NOTHING, [tree])
    return gather(partial(_document, route), [tree])


def _document(route: Route, tree: Json) -> Found:
    project = route.to(tree.get("projectId"), tree.get("projectName"))
    finished = tree.get("annotationState") == "COMPLETE"
    if project is None or not finished or tree.get("annotationUser") == _CURATION:
        return NOTHING
    wanted = PullWanted(
        kind="document",
        object_id=short_id(tree, "documentId"),
        project=project,
        within=within(tree, project="projectId"),
        changed_at=milliseconds_at(tree, "timestamp"),
    )
    return Found(pulls=(wanted,))


_HINT = "In INCEpTION's settings.properties, set this text as the webhook's secret."

PLATFORM = Platform(
    name="inception",
    title="INCEpTION",
    parser_version="inception/1",
    prove=prove_aero,
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_token,
    check_config=check_route,
    kept_headers=(*EVIDENCE_HEADERS, TOPIC),
    needs_project=True,
    basis="source",
)
