"""What is told of an incident, and taken away, over HTTP: damage, postmortem and evidence."""

from collections.abc import Iterator
from pathlib import PurePath

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.response import Stream

from labeltrust.services.bundle_incident import Bundle, stream_bundle
from labeltrust.services.incident_damage import IncidentDamage, incident_damage
from labeltrust.services.postmortem_page import postmortem_page, postmortem_text
from labeltrust.web.access import by_key
from labeltrust.web.api.incidents import IncidentNumber
from labeltrust.web.caller import Caller

# The framework adds the charset to every text.
_MEDIA = {".md": "text/markdown", ".html": "text/html"}


@get(
    "/v1/incidents/{incident:int}/damage",
    opt=by_key("read"),
    tags=["incidents"],
    summary="Estimate the damage",
)
async def damage(incident: IncidentNumber, caller: NamedDependency[Caller]) -> IncidentDamage:
    """Weigh up what the suspects did, and say what is still to be audited."""
    return await caller.ask(incident_damage, incident)


@get(
    "/v1/incidents/{incident:int}/postmortem.md",
    opt=by_key("read"),
    media_type="text/markdown",
    tags=["incidents"],
    summary="Download the postmortem as Markdown",
)
async def as_markdown(incident: IncidentNumber, caller: NamedDependency[Caller]) -> Response[str]:
    """Send the case file to be read; whatever people wrote in it is text."""
    return file_response(await caller.ask(postmortem_text, incident), f"incident-{incident}.md")


@get(
    "/v1/incidents/{incident:int}/postmortem.html",
    opt=by_key("read"),
    media_type="text/html",
    tags=["incidents"],
    summary="Download the postmortem as a page",
)
async def as_html(incident: IncidentNumber, caller: NamedDependency[Caller]) -> Response[str]:
    """Send the case file as a page that stands alone, with pictures in it and no script."""
    return file_response(await caller.ask(postmortem_page, incident), f"incident-{incident}.html")


@get(
    "/v1/incidents/{incident:int}/bundle.zip",
    opt=by_key("read"),
    media_type="application/zip",
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


def file_response(text: str, name: str) -> Response[str]:
    """Return a text as a download; a browser does not open it as a page of ours."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(text, media_type=_MEDIA[PurePath(name).suffix], headers=headers)


HANDLERS = (damage, as_markdown, as_html, bundle)
