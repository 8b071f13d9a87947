"""The v2 API of Prometheus Alertmanager: `POST /api/v2/alerts`, one alert a group.

Every alert bears the same set of labels: labels that are missing would equal each other in a rule
of inhibition.
"""

from datetime import timedelta
from typing import Any

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

# Alertmanager takes an alert for over five minutes after it was last heard of; ours end when we
# say so, at the latest after this.
_LASTS = timedelta(days=7)
_NEWS_LASTS = timedelta(minutes=5)


def send(target: Target, telling: Telling, reach: Reach) -> Taken:
    """Post the alert."""
    token = target.options.get("token", "")
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    body = as_json(alerts(telling))
    return posted(Post(url=target.options["url"], body=body, headers=headers), telling, reach)


def alerts(telling: Telling) -> list[dict[str, Any]]:
    """Return the alert as it is now, and, since the severity is a label, the ends of others.

    A group that became louder is another alert to Alertmanager: the quieter one ends with it.
    """
    over = telling.effect == "end"
    severities = ("page", "ticket") if telling.code != "snapshot_made" else ("news",)
    return [
        _alert(telling, severity, over=over or severity != telling.loudness)
        for severity in severities
    ]


def _alert(telling: Telling, severity: str, *, over: bool) -> dict[str, Any]:
    lasts = _LASTS if telling.effect == "open" else _NEWS_LASTS
    return {
        "labels": {
            "alertname": "labeltrust_" + telling.code,
            "severity": severity,
            "project": telling.project or "none",
            "place": telling.key.rpartition(":")[0] or telling.key,
            "service": "labeltrust",
        },
        "annotations": {
            "summary": telling.title,
            "description": "\n".join(telling.text.split("\n")[1:-2]),
            "runbook_url": telling.runbook,
            "count": str(telling.n),
        },
        "startsAt": moment_text(telling.began_at),
        "endsAt": moment_text(telling.now if over else telling.now + lasts),
        "generatorURL": telling.link,
    }


SHAPE = Shape(
    title="Prometheus Alertmanager",
    options=(URL, Option(name="token", meaning="bearer token", secret=True, needed=False)),
    check=check_url,
    send=send,
)
