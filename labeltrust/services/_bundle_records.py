"""Records, originals and names of a bundle, read from the store and handed on one by one."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Engine

from labeltrust.domain.errors import Tampered
from labeltrust.domain.principals import Principal
from labeltrust.ledger.canonical import Record, canonical_bytes
from labeltrust.services._bundle_facts import Facts
from labeltrust.services._bundle_findings import Findings
from labeltrust.services.deployment import Deployment
from labeltrust.store.chains import ChainEnd
from labeltrust.store.evidence import (
    Link,
    SealedOriginal,
    known_names,
    links_about,
    sealed_originals,
)

_OF_PROJECT = frozenset({"assessment.made", "gate.opened", "gate.closed", "snapshot.created"})


@dataclass(slots=True)
class Seen:
    """What was met among the records so far: the rows that they point at, and their places."""

    first: int = 0
    start: bytes = bytes(32)
    events: int = 0
    deliveries: set[int] = field(default_factory=set)
    labelers: set[int] = field(default_factory=set)
    items: set[int] = field(default_factory=set)
    assessments: dict[str, int] = field(default_factory=dict)
    findings: Findings = field(default_factory=Findings)
    item_names: dict[str, str | None] = field(default_factory=dict)
    tally: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("opened", "erased", "withheld"), 0)
    )

    def meet(self, link: Link) -> None:
        """Remember one more record."""
        if not self.events:
            self.first, self.start = link.record.sequence, link.previous
        self.events += 1
        for known, number in (
            (self.deliveries, link.delivery_id),
            (self.labelers, link.labeler_alias_id),
            (self.items, link.item_alias_id),
        ):
            if number is not None:
                known.add(number)
        self.findings.meet(link)
        if link.record.type == "assessment.made":
            self.assessments[json.loads(link.record.detail)["sha256"]] = link.record.sequence

    def stated(self, end: ChainEnd) -> dict[str, object]:
        """Return what the manifest says of the chain."""
        return {
            "name": end.name,
            "first": self.first,
            "last": end.position,
            "start": self.start.hex(),
            "head": end.head.hex(),
            "events": self.events,
        }


def records(engine: Engine, facts: Facts, seen: Seen) -> Iterator[bytes]:
    """Yield the canonical bytes of each record that belongs to the incident, one a line."""
    for link in links_about(engine, facts.end, facts.labelers, facts.sources):
        if _belongs(link, facts):
            seen.meet(link)
            yield canonical_bytes(link.record) + b"\n"


def _belongs(link: Link, facts: Facts) -> bool:
    """Say whether a record is about the incident; acts of blind audits under way are not told."""
    record = link.record
    if record.event is not None:
        return _is_about(record, link, facts) or link.item_alias_id in facts.items
    if record.type in _OF_PROJECT:
        return True
    detail: Mapping[str, object] = json.loads(record.detail)
    if record.type.startswith("audit."):
        return detail.get("audit") in facts.audits
    if record.type.startswith("incident."):
        return detail.get("incident") == facts.case.incident.id
    return detail.get("flag") in facts.flags or _is_about(record, link, facts)


def _is_about(record: Record, link: Link, facts: Facts) -> bool:
    return link.labeler_alias_id in facts.labelers or record.source in facts.source_names


def originals(
    deployment: Deployment, principal: Principal, seen: Seen
) -> Iterator[tuple[Mapping[str, object], bytes | None]]:
    """Yield each delivery as the list names it, with its body where the reader may see it.

    Raises:
        Tampered: A sealed delivery was changed, or is not what its digest says.
    """
    for one in sealed_originals(deployment.engine, seen.deliveries):
        status, reason, body = _opened(deployment, principal, one)
        seen.tally[status] += 1
        line = {
            "id": one.id,
            "sha256": one.digest.hex(),
            "bytes": one.size,
            "source": one.source,
            "key": one.key_id,
            "received_at": one.received_at.isoformat(),
            "parser": one.parser,
            "status": status,
            "reason": reason,
        }
        yield line if body is None else {**line, "headers": json.loads(one.headers)}, body


def _opened(
    deployment: Deployment, principal: Principal, one: SealedOriginal
) -> tuple[str, str, bytes | None]:
    if one.body is None or one.data_key is None:
        return "erased", "destroyed, as the retention settings or an erasure say", None
    if not principal.may("read_raw"):
        return "withheld", f"not for role {principal.role}: it can hold secrets", None
    if principal.projects is not None and not one.projects <= principal.projects:
        return "withheld", "its source speaks for projects out of the reader's scope, too", None
    try:
        return "opened", "", deployment.vault.open(one.body, one.data_key)
    except Tampered as error:
        raise Tampered(f"delivery {one.id}: {error}") from None


def names(engine: Engine, seen: Seen) -> Iterator[Mapping[str, object]]:
    """Yield the outside ids of labelers and items in the records, None where erased."""
    for one in known_names(engine, seen.labelers, seen.items):
        erased = one.name is None or one.salt is None
        if one.kind == "item":
            seen.item_names[one.pseudonym.hex()] = None if erased else one.name
        yield {
            "kind": one.kind,
            "pseudonym": one.pseudonym.hex(),
            "name": None if erased else one.name,
            "salt": None if erased or one.salt is None else one.salt.hex(),
        }
