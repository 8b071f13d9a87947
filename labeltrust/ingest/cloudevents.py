"""CloudEvents 1.0 with JSON: any sender that wraps our generic events in that envelope.

Structured mode (`application/cloudevents+json`), batched mode
(`application/cloudevents-batch+json`) and binary mode (attributes in `ce-` headers, the event as
the body) say the same. `data` is one generic event or a list of them; what an event leaves out is
taken from around it: `type` from the envelope's type, whose end is one of ours
(`org.example.label.submitted`), `occurred_at` from `time`, and `id` from `source` and `id`, which
together are unique by the specification.

The proof is a Standard Webhooks signature, or the secret as a bearer token where no signature is
sent; the setting `proof` (`signature` or `bearer`) takes one of them only. In binary mode a
signature does not cover the attributes: name type, time and id inside the event to have them
signed.
"""

from collections.abc import Mapping, Sequence
from typing import get_args
from urllib.parse import unquote

from labeltrust.domain.errors import InvalidEvent, Misconfigured, UnreadableDelivery
from labeltrust.domain.events import Event, EventType, Parsed
from labeltrust.ingest._base import EVIDENCE_HEADERS, Delivery, Platform, Secret, collect
from labeltrust.ingest._generic_event import read_event
from labeltrust.ingest._payload import Json
from labeltrust.ingest._signing import (
    check_signing_secret,
    lower_names,
    prove_header,
    prove_standard_webhook,
)
from labeltrust.ingest._strict_json import Flaw, read_json, shown

MAX_EVENTS = 1_000
STRUCTURED = "application/cloudevents+json"
BATCHED = "application/cloudevents-batch+json"
_ATTRIBUTES = ("specversion", "id", "source", "type", "time")
_HEADERS = tuple(f"ce-{name}" for name in _ATTRIBUTES)
_TYPES: tuple[str, ...] = get_args(EventType)
_PROOFS = frozenset({"signature", "bearer"})


def prove(delivery: Delivery, secrets: Sequence[Secret]) -> str:
    """Return the key id whose signature or token a delivery carries.

    Raises:
        NotProven: Neither, or not the one that the settings ask for.
    """
    wanted = delivery.config.get("proof")
    signed = "webhook-signature" in lower_names(delivery.headers)
    if wanted == "signature" or (signed and wanted != "bearer"):
        return prove_standard_webhook(delivery, secrets)
    return prove_header(delivery, secrets)


def parse(delivery: Delivery) -> Parsed:
    """Read the generic events of one or several CloudEvents.

    Raises:
        UnreadableDelivery: No strict JSON, no CloudEvent, or more than 1,000 events.

    >>> from datetime import UTC, datetime
    >>> headers = {"ce-specversion": "1.0", "ce-id": "7", "ce-source": "/crm", "ce-type": "x"}
    >>> body = b'{"type": "gold.withdrawn", "project": "p", "item": "i"}'
    >>> now = datetime(2026, 11, 22, tzinfo=UTC)
    >>> parse(Delivery(source="s", body=body, headers=headers, received_at=now)).events[0].event_id
    '/crm#7'
    """
    media = delivery.headers.get("content-type", "").partition(";")[0].strip().lower()
    tree = read_json(delivery.body)
    if isinstance(tree, Flaw):
        raise UnreadableDelivery(tree.reason, code=tree.code)
    if media == BATCHED:
        if not isinstance(tree, list):
            raise UnreadableDelivery("a batch is a list of CloudEvents", code="not_a_list")
        return _read(tree)
    if media == STRUCTURED or "ce-specversion" not in delivery.headers:
        return _read([tree])
    return _read([{**_from_headers(delivery.headers), "data": tree}])


def check_config(config: Mapping[str, object]) -> None:
    """Refuse settings that do not fit.

    Raises:
        Misconfigured: Names the setting.

    >>> check_config({"proof": "signature"})
    """
    proof = config.get("proof")
    if proof is not None and (not isinstance(proof, str) or proof not in _PROOFS):
        raise Misconfigured("setting 'proof' must be 'signature' or 'bearer'")


def _from_headers(headers: Mapping[str, str]) -> dict[str, object]:
    """Return the attributes of binary mode; their values are percent-encoded."""
    there = [name for name in _ATTRIBUTES if f"ce-{name}" in headers]
    return {name: unquote(headers[f"ce-{name}"]) for name in there}


def _read(envelopes: Sequence[object]) -> Parsed:
    trees = [one for envelope in envelopes for one in _events(envelope)]
    if len(trees) > MAX_EVENTS:
        detail = f"the delivery holds more than {MAX_EVENTS} events"
        raise UnreadableDelivery(detail, code="too_many_events")
    return collect(_one, range(len(trees)), trees)


def _one(tree: object) -> Event:
    if isinstance(tree, InvalidEvent):
        raise tree
    return read_event(tree)


def _events(envelope: object) -> list[object]:
    """Return the events of an envelope, each filled from around; or why there are none."""
    if not isinstance(envelope, dict):
        detail = f"a CloudEvent is an object, not {shown(envelope)}"
        return [InvalidEvent(detail, code="not_an_object")]
    flaw = _flaw(envelope)
    if flaw is not None:
        return [flaw]
    data, name = envelope["data"], f"{envelope['source']}#{envelope['id']}"
    around = {"occurred_at": envelope.get("time"), **_type(envelope["type"])}
    if isinstance(data, list):
        return [_filled(one, around, f"{name}/{n}") for n, one in enumerate(data)]
    return [_filled(data, around, name)]


def _flaw(envelope: Json) -> InvalidEvent | None:
    if envelope.get("specversion") != "1.0":
        return InvalidEvent("must be '1.0'", place="specversion", code="no_cloudevent")
    for name in ("id", "source", "type"):
        value = envelope.get(name)
        if not isinstance(value, str) or not value:
            return InvalidEvent("must be a text", place=name, code="no_cloudevent")
    if "data" not in envelope:
        detail = "holds no JSON data; data_base64 and other content are not read"
        return InvalidEvent(detail, place="data", code="no_cloudevent")
    return None


def _type(text: object) -> dict[str, object]:
    """Return our type at the end of the envelope's; without one the event must say it itself."""
    found = [one for one in _TYPES if isinstance(text, str) and f".{text}".endswith(f".{one}")]
    return {"type": found[0]} if found else {}


def _filled(tree: object, around: Json, event_id: str) -> object:
    """Return an event with what it leaves out; anything but an object stays as it is."""
    return {"id": event_id, **around, **tree} if isinstance(tree, dict) else tree


_HINT = (
    "Sign with this secret by Standard Webhooks, or send it with every call as "
    "'Authorization: Bearer SECRET'."
)

PLATFORM = Platform(
    name="cloudevents",
    title="CloudEvents",
    parser_version="cloudevents/1",
    prove=prove,
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_signing_secret,
    check_config=check_config,
    kept_headers=(
        *EVIDENCE_HEADERS,
        *_HEADERS,
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    ),
    basis="documentation",
)
