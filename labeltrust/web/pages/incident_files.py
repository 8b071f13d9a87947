"""What is told of an incident apart from its page: damage, postmortem and evidence."""

from typing import Any

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.response import Stream

from labeltrust.services.bundle_incident import stream_bundle
from labeltrust.services.incident_damage import incident_damage
from labeltrust.services.postmortem_page import postmortem_page, postmortem_text
from labeltrust.services.tell_damage import COUNTS, SHARES, facts_words
from labeltrust.web.access import by_session
from labeltrust.web.api.incident_files import bundle_response, file_response
from labeltrust.web.api.incidents import IncidentNumber
from labeltrust.web.pages._view import View


@get("/incidents/{incident:int}/damage", opt=by_session("read"), include_in_schema=False)
async def damage(
    incident: IncidentNumber, request: Request[Any, Any, Any], view: NamedDependency[View]
) -> Response[str]:
    """Weigh up what the suspects did; apart from the page, since this reads all labels."""
    found = await view.ask(incident_damage, incident)
    part = request.headers.get("hx-request") == "true"
    return view.page(
        "_damage.html" if part else "damage.html",
        found=found,
        counts=COUNTS,
        shares=SHARES,
        facts=facts_words,
    )


@get("/incidents/{incident:int}/postmortem.md", opt=by_session("read"), include_in_schema=False)
async def as_markdown(incident: IncidentNumber, view: NamedDependency[View]) -> Response[str]:
    """Send the postmortem as Markdown."""
    return file_response(await view.ask(postmortem_text, incident), f"incident-{incident}.md")


@get("/incidents/{incident:int}/postmortem.html", opt=by_session("read"), include_in_schema=False)
async def as_html(incident: IncidentNumber, view: NamedDependency[View]) -> Response[str]:
    """Send the postmortem as a page that stands alone, with its pictures in it and no script."""
    return file_response(await view.ask(postmortem_page, incident), f"incident-{incident}.html")


@get("/incidents/{incident:int}/bundle.zip", opt=by_session("read"), include_in_schema=False)
async def as_bundle(incident: IncidentNumber, view: NamedDependency[View]) -> Stream:
    """Send the evidence as one file that is verified offline."""
    made, pieces = await view.ask(stream_bundle, incident)
    return bundle_response(made, pieces)


HANDLERS = (damage, as_markdown, as_html, as_bundle)
