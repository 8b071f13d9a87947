"""What webhooks and generic events share: reading the body, and telling what became of it."""

import asyncio
import contextlib
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import msgspec
from litestar import Request
from litestar.openapi import ResponseSpec
from litestar.response.base import ASGIResponse

from labeltrust.domain.errors import Busy, LabeltrustError, NotProven, UnreadableDelivery
from labeltrust.domain.events import Outcome, Problem, Receipt
from labeltrust.domain.networks import Address, caller_address
from labeltrust.services.deployment import Deployment
from labeltrust.services.intake import Intake
from labeltrust.services.note_forgeries import note_forgeries
from labeltrust.services.refuse_delivery import note_oversized
from labeltrust.web.bodies import OverCap, check_encoding, chunks_of, read_capped, unpacked
from labeltrust.web.budget import Budget, Tally
from labeltrust.web.monitoring import Meters

# More digests an hour than this are counted and logged, not kept: refusals must not fill the disk.
_KEPT_AN_HOUR = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Reception:
    """The way in with its counters.

    Attributes:
        intake: Where deliveries are recorded.
        meters: What is counted.
        budget: Bounds how many digests of refused bodies are kept.
        forgeries: Counts deliveries without proof of origin.
    """

    intake: Intake
    meters: Meters
    budget: Budget = field(default_factory=lambda: Budget(_KEPT_AN_HOUR))
    forgeries: Tally = field(default_factory=Tally)

    @property
    def deployment(self) -> Deployment:
        """The installation."""
        return self.intake.deployment


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A body as it is to be recorded; `flaw` says why it could not be decompressed."""

    body: bytes
    headers: dict[str, str]
    flaw: UnreadableDelivery | None = None


_FORWARDED = b"x-forwarded-for"


def address_of(reception: Reception, request: Request[Any, Any, Any]) -> Address | None:
    """Return the address that a call came from, past the proxies that settings trust."""
    forwarded = [v.decode("latin-1") for n, v in request.scope["headers"] if n == _FORWARDED]
    peer = request.client.host if request.client is not None else None
    return caller_address(peer, forwarded, reception.deployment.settings.proxies)


async def arrived(
    reception: Reception, request: Request[Any, Any, Any], *, source: str, actor: str
) -> Arrived:
    """Read and decompress the body of a delivery.

    A body that is no gzip is recorded as it came: proven or not is decided over it, later.

    Raises:
        UnsupportedEncoding: Neither gzip nor plain.
        OverCap: Over the cap; its digest is kept.
    """
    headers = {n.decode("latin-1"): v.decode("latin-1") for n, v in request.scope["headers"]}
    limit = reception.deployment.settings.max_body_bytes
    encoding = check_encoding(headers.get("content-encoding", ""))
    try:
        body = await read_capped(chunks_of(request.receive), limit)
        body, flaw = (body, None) if encoding == "identity" else _opened(body, limit)
    except OverCap as refused:
        await _keep_digest(reception, refused, source, actor)
        raise
    return Arrived(body=body, headers=headers, flaw=flaw)


def _opened(body: bytes, limit: int) -> tuple[bytes, UnreadableDelivery | None]:
    try:
        return unpacked(body, limit), None
    except UnreadableDelivery as flaw:
        return body, flaw


async def _keep_digest(reception: Reception, refused: OverCap, source: str, actor: str) -> None:
    if not reception.budget.spend(source):
        return
    found = refused.oversized
    await asyncio.to_thread(
        note_oversized,
        reception.deployment,
        actor=actor,
        source=source,
        size=found.size,
        digest=found.digest,
        complete=found.complete,
    )


async def keep_forgery(reception: Reception, source: str) -> None:
    """Count a delivery without proof in the name of a source; about once an hour it is history."""
    n = reception.forgeries.due(source)
    if n:
        with contextlib.suppress(Busy):
            await asyncio.to_thread(note_forgeries, reception.deployment, source, n)


def count_outcome(meters: Meters, outcome: Outcome) -> None:
    """Count what became of the events of one delivery."""
    refused = sum(problem.status == HTTPStatus.CONFLICT for problem in outcome.problems)
    for name, n in (
        ("accepted", outcome.accepted),
        ("duplicate", outcome.duplicates),
        ("quarantined", outcome.quarantined),
        ("conflict", refused),
    ):
        if n:
            meters.events.labels(name).inc(n)


def count_refusal(meters: Meters, error: LabeltrustError) -> None:
    """Count a delivery of which nothing was stored."""
    reason = error.code
    meters.refused.labels("not_proven" if isinstance(error, NotProven) else reason).inc()


class Recorded(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What became of a delivery, after its durable commit.

    Attributes:
        receipts: One an accepted or duplicate event, in the order of the delivery.
        problems: One an event that was not accepted, with its place in the delivery.
        quarantine_id: Set where the whole delivery could not be read.
        pulls: Number of objects that are to be read from the platform, because the delivery says
            only that they changed.
    """

    accepted: int
    duplicates: int
    quarantined: int
    receipts: tuple[Receipt, ...]
    problems: tuple[Problem, ...]
    quarantine_id: int | None = None
    pulls: int = 0


RESPONSES = {
    202: ResponseSpec(
        data_container=Recorded, description="On record, durably.", generate_examples=False
    )
}


def told(outcome: Outcome) -> ASGIResponse:
    """Return what became of a delivery, after its durable commit."""
    body = _ENCODER.encode(_recorded(outcome))
    return ASGIResponse(
        body=body, status_code=HTTPStatus.ACCEPTED, media_type="application/json", encoding="utf-8"
    )


def _recorded(outcome: Outcome) -> Recorded:
    return Recorded(
        accepted=outcome.accepted,
        duplicates=outcome.duplicates,
        quarantined=outcome.quarantined,
        receipts=outcome.receipts,
        problems=outcome.problems,
        quarantine_id=outcome.quarantine_id,
        pulls=outcome.pulls,
    )


_ENCODER = msgspec.json.Encoder()
