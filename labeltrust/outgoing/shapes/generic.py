"""Plain JSON of one alert, for anything that takes a POST."""

from labeltrust.outgoing.post import Post
from labeltrust.outgoing.reach import Reach
from labeltrust.outgoing.shapes._base import (
    URL,
    Option,
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
    """Post the alert; `key` is the same at its beginning and its end."""
    document = {
        "id": telling.uid,
        "key": telling.key,
        "state": "over" if telling.effect == "end" else telling.effect,
        "code": telling.code,
        "severity": telling.loudness,
        "title": telling.title,
        "text": telling.text,
        "count": telling.n,
        "project": telling.facts.get("project"),
        "began_at": moment_text(telling.began_at),
        "link": telling.link,
        "runbook": telling.runbook,
        "alerts": telling.facts.get("alerts", []),
    }
    token = target.options.get("token", "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    post = Post(url=target.options["url"], body=as_json(document), headers=headers)
    return posted(post, telling, reach)


SHAPE = Shape(
    title="JSON",
    options=(URL, Option(name="token", meaning="bearer token", secret=True, needed=False)),
    check=check_url,
    send=send,
)
