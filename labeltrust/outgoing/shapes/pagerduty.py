"""Events v2 as PagerDuty defined them: one dedup key from trigger to resolve."""

from typing import Any

from labeltrust.outgoing.post import Post
from labeltrust.outgoing.reach import Reach
from labeltrust.outgoing.shapes._base import (
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

_URL = "https://events.pagerduty.com/v2/enqueue"
_SEVERITIES = {"page": "critical", "ticket": "warning", "news": "info"}
_MOST_SUMMARY, _MOST_KEY = 1_024, 255


def send(target: Target, telling: Telling, reach: Reach) -> Taken:
    """Trigger or resolve."""
    document = event(telling) | {"routing_key": target.options["routing_key"]}
    url = target.options.get("url", "") or _URL
    return posted(Post(url=url, body=as_json(document), headers={}), telling, reach)


def event(telling: Telling) -> dict[str, Any]:
    """Return the event without its routing key."""
    key = telling.key[:_MOST_KEY]
    if telling.effect == "end":
        return {"event_action": "resolve", "dedup_key": key}
    payload = {
        "summary": telling.title[:_MOST_SUMMARY],
        "source": "labeltrust",
        "severity": _SEVERITIES[telling.loudness],
        "timestamp": moment_text(telling.began_at),
        "component": telling.project or "labeltrust",
        "class": telling.code,
        "custom_details": {"alerts": list(telling.lines), "count": telling.n},
    }
    return {
        "event_action": "trigger",
        "dedup_key": key,
        "payload": payload,
        "client": "labeltrust",
        "client_url": telling.link,
        "links": [{"href": telling.runbook, "text": "What to do"}],
    }


def _check(options: dict[str, str], reach: Reach) -> str:
    return check_url({"url": options.get("url", "") or _URL}, reach)


SHAPE = Shape(
    title="PagerDuty Events v2",
    options=(
        Option(name="routing_key", meaning="integration key of the service", secret=True),
        Option(name="url", meaning=f"another address than {_URL}", secret=True, needed=False),
    ),
    check=lambda options, reach: _check(dict(options), reach),
    send=send,
)
