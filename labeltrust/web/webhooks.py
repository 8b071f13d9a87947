"""One route for all platforms; the source's configuration names platform and secrets."""

from litestar import post
from litestar.di import NamedDependency
from litestar.params import FromPath
from litestar.response.base import ASGIResponse

from labeltrust.domain.errors import LabeltrustError, NotProven
from labeltrust.services.receive_delivery import receive_delivery
from labeltrust.web.access import PROOF
from labeltrust.web.deliveries import (
    RESPONSES,
    Reception,
    address_of,
    arrived,
    count_outcome,
    count_refusal,
    keep_forgery,
    told,
)
from labeltrust.web.openapi import WITHOUT_KEY
from labeltrust.web.requests import StrictRequest


@post(
    "/webhooks/{source:str}",
    opt=dict(PROOF),
    status_code=202,
    responses=RESPONSES,
    request_max_body_size=None,  # read to the same cap, but digested beyond it
    tags=["events"],
    summary="Receive a platform's webhook",
    security=WITHOUT_KEY,
)
async def receive(
    source: FromPath[str], request: StrictRequest, reception: NamedDependency[Reception]
) -> ASGIResponse:
    """Prove the origin of a platform's own payload, keep it, read it and record its events."""
    known = None
    try:
        known = await reception.intake.sender(source)
        known.require_network(address_of(reception, request))
        came = await arrived(reception, request, source=known.name, actor=f"source:{known.name}")
        outcome = await receive_delivery(reception.intake, source, came.body, came.headers)
    except LabeltrustError as error:
        count_refusal(reception.meters, error)
        if known is not None and isinstance(error, NotProven):
            await keep_forgery(reception, known.name)
        raise
    count_outcome(reception.meters, outcome)
    return told(outcome)


HANDLERS = (receive,)
