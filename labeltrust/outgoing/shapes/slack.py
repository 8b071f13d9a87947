"""The JSON of Slack's incoming webhooks, which Mattermost and Rocket.Chat take as well.

Texts are of type `plain_text` or have `verbatim` set, so that nothing in them becomes a mention or
a link; names are neutral before they come here.
"""

from typing import Any

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
    posted,
)

_MARKS = {"page": "\U0001f534", "ticket": "\U0001f7e1", "news": "\U0001f535"}
_MOST_TITLE, _MOST_TEXT = 150, 2_900


def send(target: Target, telling: Telling, reach: Reach) -> Taken:
    """Post the alert."""
    body = as_json(document(telling))
    return posted(Post(url=target.options["url"], body=body, headers={}), telling, reach)


def document(telling: Telling) -> dict[str, Any]:
    """Return the body; `text` is what notifications and old clients show."""
    mark = "\u2705" if telling.effect == "end" else _MARKS[telling.loudness]
    title = f"{mark} {telling.title}"
    blocks: list[dict[str, Any]] = [_plain("header", title[:_MOST_TITLE])]
    lines = telling.text.split("\n")[1:-2]
    if lines:
        blocks.append(_plain("section", "\n".join(lines)[:_MOST_TEXT]))
    links = f"<{escaped(telling.link)}|Look> \u00b7 <{escaped(telling.runbook)}|What to do>"
    linked = {"type": "mrkdwn", "text": links, "verbatim": True}
    blocks.append({"type": "context", "elements": [linked]})
    return {
        "text": escaped(title),
        "blocks": blocks,
        "unfurl_links": False,
        "unfurl_media": False,
        "link_names": False,
        "parse": "none",
    }


def escaped(text: str) -> str:
    """Return a text in which the three characters that Slack reads are spelled out.

    >>> escaped("<!channel> & co")
    '&lt;!channel&gt; &amp; co'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _plain(kind: str, text: str) -> dict[str, Any]:
    return {"type": kind, "text": {"type": "plain_text", "text": text, "emoji": False}}


SHAPE = Shape(title="Slack", options=(URL,), check=check_url, send=send)
