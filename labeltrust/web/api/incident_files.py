"""What is taken away of an incident over HTTP."""

from collections.abc import Iterator

from litestar import get
from litestar.di import NamedDependency
from litestar.response import Stream

from labeltrust.services.bundle_incident import Bundle, stream_bundle
from labeltrust.web.access import by_key
from labeltrust.web.api.incidents import IncidentNumber
from labeltrust.web.caller import Caller


@get(
    "/v1/incidents/{incident:int}/bundle.zip",
    opt=by_key("read"),
    tags=["incidents"],
    summary="Download the evidence",
)
async def bundle(incident: IncidentNumber, caller: NamedDependency[Caller]) -> Stream:
    """Send records, proofs, originals and findings as one file that is verified offline."""
    made, pieces = await caller.ask(stream_bundle, incident)
    return bundle_response(made, pieces)


def bundle_response(made: Bundle, pieces: Iterator[bytes]) -> Stream:
    """Return a written bundle as a download."""
    headers = {
        "Content-Disposition": f'attachment; filename="incident-{made.incident}.zip"',
        "Content-Length": str(made.bytes),
        "Cache-Control": "no-store",
    }
    return Stream(pieces, media_type="application/zip", headers=headers)


HANDLERS = (bundle,)
