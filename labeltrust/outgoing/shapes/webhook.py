"""Standard Webhooks: every fact by itself, signed by each live key, for machines."""

from collections.abc import Mapping

from standardwebhooks import Webhook

from labeltrust.outgoing.post import Post
from labeltrust.outgoing.reach import Reach
from labeltrust.outgoing.shapes._base import (
    URL,
    Shape,
    Taken,
    Target,
    Telling,
    as_json,
    check_url,
    moment_text,
    posted,
)


def send(target: Target, telling: Telling, reach: Reach) -> Taken:
    """Post the fact; while keys rotate it is signed by the old and the new one."""
    body = as_json(
        {"type": telling.word, "timestamp": moment_text(telling.at), "data": dict(telling.facts)}
    )
    headers = _headers(target, telling, body)
    return posted(Post(url=target.options["url"], body=body, headers=headers), telling, reach)


def _headers(target: Target, telling: Telling, body: bytes) -> Mapping[str, str]:
    signed = [
        Webhook(key).sign(msg_id=telling.uid, timestamp=telling.now, data=body.decode())
        for key in target.keys
    ]
    return {
        "webhook-id": telling.uid,
        "webhook-timestamp": str(int(telling.now.timestamp())),
        "webhook-signature": " ".join(signed),
    }


SHAPE = Shape(
    title="Signed webhook",
    options=(URL,),
    check=check_url,
    send=send,
    signs=True,
    each_fact=True,
)
