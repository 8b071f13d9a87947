"""What a source said beside the fields of an event, as it goes into the record."""

from collections.abc import Callable, Mapping

import msgspec

from labeltrust.domain.checksums import FIELD
from labeltrust.domain.events import Event

encode = msgspec.json.Encoder(order="sorted", enc_hook=dict).encode
"""Plain values to compact JSON with sorted keys."""


def detail_text(event: Event, text: str, hide: Callable[[object], str]) -> str:
    """Return what else a source said, as compact JSON; session and network only as keyed digests.

    Args:
        event: The event.
        text: Its detail as JSON text, empty for none.
        hide: Returns the keyed digest of a text.
    """
    is_human = event.labeler_kind == "human"
    provenance = event.detail.get("provenance") if text else None
    stated = event.content_checksum
    if is_human and stated is None and not isinstance(provenance, Mapping):
        return text or "{}"
    detail = dict(event.detail)
    if stated is not None:
        detail[FIELD] = stated
    if not is_human:
        detail["labeler_kind"] = event.labeler_kind
    if isinstance(provenance, Mapping):
        detail["provenance"] = {
            name: hide(value) if name in {"session", "network"} else value
            for name, value in provenance.items()
        }
    return encode(detail).decode()
