"""A platform's webhook call: proven, stored, read, recorded."""

from collections.abc import Mapping
from dataclasses import replace

from labeltrust.domain.errors import NotProven
from labeltrust.domain.events import Outcome
from labeltrust.ingest._base import Delivery
from labeltrust.services.intake import Intake, Sender, parsed_delivery
from labeltrust.store.drafts import Submission


async def receive_delivery(
    intake: Intake, source: str, body: bytes, headers: Mapping[str, str]
) -> Outcome:
    """Record a webhook call and return what became of it, after its durable commit.

    Args:
        intake: The way in.
        source: Name in the address.
        body: Raw bytes, within the size cap, content encoding undone.
        headers: Names in lower case.

    Raises:
        NotProven: No proof of origin, or no such source; nothing was stored.
        TooLarge: More events than a batch may hold.
        TooOften: The source's minute is used up; nothing was stored.
        Busy: Too much waits to be written; nothing was stored.
    """
    received_at = intake.deployment.clock()
    delivery = Delivery(source=source, body=body, headers=headers, received_at=received_at)
    try:
        sender, delivery, key_id = _proven(await intake.sender(source), delivery)
    except NotProven:
        # A secret that was made a moment ago is none of those remembered.
        sender, delivery, key_id = _proven(await intake.renewed_sender(source), delivery)
    # Once proven: whoever forges must not use up what the source may send.
    intake.rates.spend_source(source)
    parsed = await parsed_delivery(sender.platform, delivery)
    submission = Submission(
        source=source,
        body=body,
        parsed=parsed,
        received_at=received_at,
        parser=sender.platform.parser_version,
        headers={n: headers[n] for n in sender.platform.kept_headers if n in headers},
        key_id=key_id,
        may_declare_gold=sender.may_declare_gold,
    )
    return await intake.submit(submission)


def _proven(sender: Sender, delivery: Delivery) -> tuple[Sender, Delivery, str]:
    """Return a sender, the delivery under its settings, and the key id that proves it."""
    told = replace(delivery, config=sender.config)
    return sender, told, sender.platform.prove(told, sender.secrets)
