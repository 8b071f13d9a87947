"""Standard Webhooks: any sender that signs by that specification and speaks generic events.

The body is either a generic event itself, or the specification's envelope

    {"type": "label.submitted", "timestamp": "2026-11-22T10:00:00Z", "data": {…} or [{…}, …]}

whose `data` holds one generic event or several. What an event in an envelope leaves out is taken
from around it: `type` and `occurred_at` from the envelope, `id` from the header `webhook-id` (with
`/0`, `/1`, … behind it where `data` is a list). A retry carries the same `webhook-id`, so that it
is a duplicate. An envelope of type `ping` is understood and ignored.
"""

from collections.abc import Mapping

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.domain.events import Parsed
from labeltrust.ingest._base import EVIDENCE_HEADERS, Delivery, Platform, collect
from labeltrust.ingest._generic_event import read_event
from labeltrust.ingest._signing import check_signing_secret, prove_standard_webhook
from labeltrust.ingest._strict_json import Flaw, read_json

_PINGS = frozenset({"ping", "webhook.test"})


def parse(delivery: Delivery) -> Parsed:
    """Read the generic events of a signed body.

    Raises:
        UnreadableDelivery: No strict JSON, or neither an event nor an envelope.

    >>> from datetime import UTC, datetime
    >>> body = b'{"type":"gold.withdrawn","data":{"project":"p","item":"i"}}'
    >>> headers, now = {"webhook-id": "msg_1"}, datetime(2026, 11, 22, tzinfo=UTC)
    >>> parse(Delivery(source="s", body=body, headers=headers, received_at=now)).events[0].event_id
    'msg_1'
    """
    tree = read_json(delivery.body)
    if isinstance(tree, Flaw):
        raise UnreadableDelivery(tree.reason, code=tree.code)
    if not isinstance(tree, dict):
        detail = "the body is neither an event nor an envelope with type and data"
        raise UnreadableDelivery(detail, code="not_an_object")
    delivery_id = delivery.headers.get("webhook-id", "")
    if "data" not in tree:
        return _one_ping(tree) or collect(read_event, [0], [{"id": delivery_id, **tree}])
    return _in_envelope(tree, delivery_id)


def _one_ping(tree: Mapping[str, object]) -> Parsed | None:
    kind = tree.get("type")
    if isinstance(kind, str) and kind in _PINGS:
        return Parsed(events=(), positions=(), ignored=1)
    return None


def _in_envelope(envelope: Mapping[str, object], delivery_id: str) -> Parsed:
    data = envelope["data"]
    around = {"type": envelope.get("type"), "occurred_at": envelope.get("timestamp")}
    if isinstance(data, list):
        trees = [_filled(one, around, f"{delivery_id}/{n}") for n, one in enumerate(data)]
    else:
        trees = [_filled(data, around, delivery_id)]
    return _one_ping(envelope) or collect(read_event, range(len(trees)), trees)


def _filled(tree: object, around: Mapping[str, object], event_id: str) -> object:
    """Return an event with what it leaves out; anything but an object stays as it is."""
    return {"id": event_id, **around, **tree} if isinstance(tree, dict) else tree


_HINT = "The sender shows a signing secret that begins with whsec_; copy it."

PLATFORM = Platform(
    name="standard-webhooks",
    title="Standard Webhooks",
    parser_version="standard-webhooks/1",
    prove=prove_standard_webhook,
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_signing_secret,
    kept_headers=(*EVIDENCE_HEADERS, "webhook-id", "webhook-timestamp", "webhook-signature"),
)
