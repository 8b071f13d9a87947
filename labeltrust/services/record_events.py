"""Generic events sent with an API key."""

import asyncio
from collections.abc import Mapping
from typing import Final

from labeltrust.domain.events import Outcome, Parsed
from labeltrust.domain.principals import Principal
from labeltrust.ingest import generic
from labeltrust.ingest._base import EVIDENCE_HEADERS, Delivery
from labeltrust.services.ask_gold import ask_gold, left_out, with_approvals
from labeltrust.services.intake import Intake, parsed_delivery
from labeltrust.services.own_sources import API, link_own_source
from labeltrust.store.drafts import Submission

KEY_PREFIX: Final = "key:lt_"


async def record_events(
    intake: Intake, principal: Principal, body: bytes, headers: Mapping[str, str]
) -> Outcome:
    """Record generic events and return what became of them, after their durable commit.

    A key of a source speaks for that source; any other key or person for the source `api`, and
    for the projects in its scope. `quarantine_id` is set where the body could not be read. Gold
    that would change is left for a second person, and asked of one where the sender is a person.

    Args:
        intake: The way in.
        principal: Whose key it is.
        body: One event, a list of events, or lines of events; within the size cap, unpacked.
        headers: Names in lower case; `content-type` tells lines from the rest.

    Raises:
        NotAllowed: The role may not write events.
        TooLarge: More events than a batch may hold.
        Busy: Too much waits to be written; nothing was stored.
    """
    principal.require("write_events")
    received_at = intake.deployment.clock()
    source = principal.source or API
    delivery = Delivery(source=source, body=body, headers=headers, received_at=received_at)
    parsed = await parsed_delivery(generic.PLATFORM, delivery)
    if principal.source is None:
        await _link(intake, principal, parsed)
    submission = Submission(
        source=source,
        body=body,
        parsed=parsed,
        received_at=received_at,
        parser=generic.PLATFORM.parser_version,
        headers={name: headers[name] for name in EVIDENCE_HEADERS if name in headers},
        key_id=key_id_of(principal),
        actor=None if principal.source else principal.name,
        scope=principal.projects,
        may_declare_gold=principal.may("gold"),
        may_change_gold=False,
    )
    outcome = await intake.submit(submission)
    left = left_out(parsed, outcome)
    if not left:
        return outcome
    reason = f"gold events sent by {principal.name}"
    numbers = await asyncio.to_thread(
        ask_gold, intake.deployment, principal, source, left, reason=reason
    )
    return with_approvals(outcome, numbers)


def key_id_of(principal: Principal) -> str | None:
    """Return the id of the key that a principal presented, None for people and shells.

    >>> key_id_of(Principal(name="key:lt_ab12", role="source", projects=None))
    'lt_ab12'
    """
    is_key = principal.name.startswith(KEY_PREFIX)
    return principal.name.removeprefix("key:") if is_key else None


async def _link(intake: Intake, principal: Principal, parsed: Parsed) -> None:
    wanted = {event.project for event in parsed.events if principal.sees(event.project)}
    if intake.api_projects and wanted <= intake.api_projects:
        return
    linked = await asyncio.to_thread(link_own_source, intake.deployment, principal, API, wanted)
    intake.api_projects.update(linked)
