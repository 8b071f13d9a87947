"""Tell subscribed addresses that a gate reopened: durable jobs, each a signed Standard Webhook."""

import json
from datetime import datetime

import msgspec
import structlog
from standardwebhooks import Webhook

from labeltrust.domain.errors import Busy, LabeltrustError, NotFound
from labeltrust.domain.hooks import checked_hook
from labeltrust.outgoing.tell_hook import tell_hook
from labeltrust.services._acts import Act
from labeltrust.services._hooks import opened_hook
from labeltrust.services.deployment import Deployment
from labeltrust.store.gate_changes import GateTurn
from labeltrust.store.gate_hooks import SealedHook, get_hook, hooks_of, note_told
from labeltrust.store.jobs import Lease, enqueue_once
from labeltrust.store.session import reading, unit_of_work

_LOG = structlog.get_logger("labeltrust.hooks")
HOOK = "hook"
# With pauses doubled up to five minutes, an address has about an hour and a half to come back.
_MOST_ATTEMPTS = 25


class News(msgspec.Struct, frozen=True):
    """What the key of a job says: which address is told of which turn of the gate."""

    hook: int
    project: str
    turn: int
    at: datetime
    reasons: tuple[tuple[str, str], ...]


_written = msgspec.json.Encoder(order="sorted").encode
read_news = msgspec.json.Decoder(News).decode


def enqueue_news(act: Act, turn: GateTurn) -> None:
    """Ask for every address of the project to be told, in the transaction that turned the gate."""
    for found in hooks_of(act.session, act.project_id):
        news = News(
            hook=found.hook.id,
            project=act.project.name,
            turn=turn.id,
            at=turn.at,
            reasons=turn.reasons,
        )
        enqueue_once(act.session, HOOK, _written(news).decode(), act.at)


def tell_for_job(deployment: Deployment, lease: Lease) -> None:
    """Tell one address; one that does not take the news is tried again, and given up in the end.

    Raises:
        Busy: It is to be tried again.
    """
    news = read_news(lease.key)
    try:
        with reading(deployment.engine) as session:
            found = get_hook(session, news.hook)
    except NotFound:
        return  # removed meanwhile
    trouble = _told(deployment, found, news)
    at = None if trouble else deployment.clock()
    with unit_of_work(deployment.engine) as session:
        note_told(session, news.hook, at=at, trouble=trouble or None)
    if trouble and lease.attempts < _MOST_ATTEMPTS:
        raise Busy(trouble, retry_after_seconds=1)
    if trouble:
        _LOG.error("hook given up", hook=news.hook, project=news.project, trouble=trouble)


def _told(deployment: Deployment, found: SealedHook, news: News) -> str:
    """Send the news; return why it was not taken, empty where it was."""
    private = deployment.settings.private_hooks
    body = _body(news)
    headers = _headers(deployment, found, news, body)
    try:
        address = checked_hook(opened_hook(deployment, found).url, private=private)
        status = tell_hook(address, body, headers, private=private)
    except LabeltrustError as error:
        return str(error)
    except OSError as error:
        return f"nobody answers: {type(error).__name__}"
    return "" if 200 <= status < 300 else f"it answers {status}"  # noqa: PLR2004 - success


def _body(news: News) -> bytes:
    reasons = [{"code": code, "detail": detail} for code, detail in news.reasons]
    data = {"project": news.project, "open": True, "turn": news.turn, "reasons": reasons}
    said = {"type": "gate.opened", "timestamp": news.at.isoformat(), "data": data}
    return json.dumps(said, sort_keys=True).encode()


def _headers(deployment: Deployment, found: SealedHook, news: News, body: bytes) -> dict[str, str]:
    """Return the headers of Standard Webhooks; the id is the same at every try."""
    at, number = deployment.clock(), f"gate-{news.turn}-hook-{news.hook}"
    signer = Webhook(deployment.vault.open_secret(found.sealed))
    return {
        "Content-Type": "application/json",
        "User-Agent": "labeltrust",
        "webhook-id": number,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": signer.sign(msg_id=number, timestamp=at, data=body.decode()),
    }
