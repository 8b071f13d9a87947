"""Read again what could not be read, with the project and the reader as they are now."""

from dataclasses import dataclass

from labeltrust.domain.errors import Conflict
from labeltrust.domain.events import Outcome
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.platforms import is_trusted_with_gold
from labeltrust.services.reread import opened_body, reread
from labeltrust.store.drafts import Submission
from labeltrust.store.history import SYSTEM, About, append
from labeltrust.store.quarantine import HeldRow, Original, close_rows, held_row, original
from labeltrust.store.recording import Recorder
from labeltrust.store.session import reading, unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class Retried:
    """What became of a held row: itself as it stands now, and the outcome of reading it again."""

    held: HeldRow
    outcome: Outcome


def retry_quarantine(
    deployment: Deployment, principal: Principal, number: int, *, reason: str = "read again"
) -> Retried:
    """Read a held row again from its sealed original, and record it if that works now.

    It counts as received when it came, not now: that is when it was said. Gold that it would change
    stays held where the source is not trusted with gold: a second person is asked for by hand.

    Raises:
        NotAllowed: The role may not mend what could not be read.
        NotFound: There is none of that number in scope.
        Conflict: It is closed already, or its original was destroyed.
        Tampered: The sealed original was changed.
    """
    principal.require("mend")
    note = checked_note(reason, "reason")
    with reading(deployment.engine) as session:
        held, row = held_row(session, number, principal.projects)
        stored = original(session, row.delivery_id)
    if held.status != "open":
        detail = f"number {number} is {held.status} already"
        raise Conflict(detail)
    submission = _submission(deployment, principal, held, stored)
    [outcome] = Recorder(deployment.engine, deployment.vault).record([submission])
    return Retried(held=_close(deployment, principal, held, outcome, note), outcome=outcome)


def _submission(
    deployment: Deployment, principal: Principal, held: HeldRow, stored: Original
) -> Submission:
    body = opened_body(deployment, stored)
    parsed, parser = reread(stored, body, held)
    return Submission(
        source=stored.source,
        body=body,
        parsed=parsed,
        received_at=stored.received_at,
        parser=parser,
        key_id=stored.key_id,
        actor=principal.name,
        scope=principal.projects,
        may_declare_gold=principal.may("gold"),
        may_change_gold=is_trusted_with_gold(stored.platform, stored.config),
        spread="format" in stored.headers,
        delivery_id=stored.id,
        import_id=stored.import_id,
    )


def _close(
    deployment: Deployment, principal: Principal, held: HeldRow, outcome: Outcome, note: str
) -> HeldRow:
    at = deployment.clock()
    failed = [p for p in outcome.problems if held.position is not None or p.index is None]
    with unit_of_work(deployment.engine) as session:
        row = held_row(session, held.id, principal.projects, lock=True)[1]
        if failed:
            row.code, row.detail = failed[0].code, failed[0].detail
        else:
            close_rows([row], status="accepted", actor=principal.name, reason=note, at=at)
        append(
            session,
            chain=SYSTEM,
            type="quarantine.retried",
            actor=principal.name,
            at=at,
            detail={
                "quarantine": held.id,
                "position": held.position,
                "accepted": outcome.accepted,
                "duplicates": outcome.duplicates,
                "closed": not failed,
                "reason": note,
            },
            about=About(delivery_id=held.delivery_id),
        )
        session.flush()
        return held_row(session, held.id, principal.projects)[0]
