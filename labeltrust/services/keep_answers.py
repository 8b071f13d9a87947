"""Answer an acting request only once, however often it is sent."""

from datetime import timedelta

from labeltrust.domain.errors import InvalidInput
from labeltrust.services.deployment import Deployment
from labeltrust.store.answers import (
    Answer,
    Asked,
    find_answer,
    forget_answer,
    forget_old_answers,
    reserve_answer,
    write_answer,
)
from labeltrust.store.session import unit_of_work

MAX_KEY = 255
KEPT_FOR = timedelta(days=7)
# No act takes this long; a process that died over one left its note behind.
ABANDONED_AFTER = timedelta(minutes=15)


def begin_answer(deployment: Deployment, asked: Asked) -> Answer | None:
    """Return the answer that was given before, or note that one is under way.

    Raises:
        InvalidInput: The key is empty, too long or not printable.
        Conflict: The same key came with another request, or its first use is still under way.
    """
    if not 0 < len(asked.key) <= MAX_KEY or not asked.key.isprintable():
        detail = f"Idempotency-Key must be 1 to {MAX_KEY} printable characters"
        raise InvalidInput(detail, place="Idempotency-Key")
    now = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        forget_old_answers(session, now - KEPT_FOR)
        known = find_answer(session, asked, now - ABANDONED_AFTER)
        if known is None:
            reserve_answer(session, asked, now)
        return known


def end_answer(deployment: Deployment, asked: Asked, answer: Answer | None) -> None:
    """Keep the answer; None: the request was refused and may be sent again."""
    with unit_of_work(deployment.engine) as session:
        if answer is None:
            forget_answer(session, asked)
        else:
            write_answer(session, asked, answer)
