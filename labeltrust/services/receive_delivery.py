"""A platform's webhook call: proven, stored, read, recorded."""

from collections.abc import Mapping

from labeltrust.domain.events import Outcome
from labeltrust.ingest._base import Delivery
from labeltrust.services.intake import Intake, parsed_delivery
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
        Busy: Too much waits to be written; nothing was stored.
    """
    received_at = intake.deployment.clock()
    sender = await intake.sender(source)
    delivery = Delivery(
        source=source, body=body, headers=headers, received_at=received_at, config=sender.config
    )
    key_id = sender.platform.prove(delivery, sender.secrets)
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
    return await intake.writer.submit(submission)
