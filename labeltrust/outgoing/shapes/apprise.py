"""Everything else, by the library Apprise: Teams, Discord, Telegram, ntfy, Opsgenie and others.

The library opens its own connections. So it runs in a process of its own, which refuses every
connection that this one would refuse, follows no redirect, writes no file and starts no program.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping

from labeltrust.domain.errors import InvalidInput
from labeltrust.outgoing.reach import Reach, address_refused
from labeltrust.outgoing.shapes._base import Option, Shape, Taken, Target, Telling

_SECONDS = 40.0
_CHILD = "labeltrust.outgoing.apprise_child"
# Services on the web, reached with TLS; nothing of this machine, and nothing without TLS.
SCHEMES = frozenset(
    {"discord", "gchat", "gotifys", "lark", "feishu", "line", "mailgun", "matrixs", "mmosts"}
    | {"ntfys", "opsgenie", "pagertree", "pbul", "pover", "pushy", "rockets", "sendgrid"}
    | {"signals", "slack", "spike", "splunk", "tgram", "twilio", "vonage", "webex", "workflows"}
    | {"wxteams", "zulip"}
)
_KEPT = ("PATH", "PYTHONPATH", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE")


def send(target: Target, telling: Telling, reach: Reach) -> Taken:
    """Let the library tell it."""
    title = telling.title if telling.effect != "end" else f"Over: {telling.title}"
    kind = "success" if telling.effect == "end" else _KINDS[telling.loudness]
    body = telling.text.partition("\n")[2]
    word = _ask(
        {
            "url": target.options["url"],
            "title": title,
            "body": body,
            "kind": kind,
            "ports": sorted(reach.ports),
            "loopback": reach.loopback,
            "inside": sorted(reach.inside),
        }
    )
    if word == "told":
        return Taken(outcome="taken")
    return Taken(outcome="again", detail=_WORDS.get(word, "the library could not send it"))


def _ask(said: Mapping[str, object]) -> str:
    """Let the child do something, and return its word: one of ours, never what a receiver said."""
    try:
        done = subprocess.run(  # noqa: S603 - our own module
            [sys.executable, "-m", _CHILD],
            input=json.dumps(said),
            env=_environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return "slow"
    return done.stdout.strip()


_KINDS = {"page": "failure", "ticket": "warning", "news": "info"}


_WORDS = {
    "slow": f"nothing came of it in {_SECONDS:.0f} seconds",
    "missing": "Apprise is not installed: pip install 'labeltrust[apprise]'",
    "unreadable": "the library cannot read the address",
    "refused": "its host has an address inside a network, or a port that is not told",
}


def _environment() -> dict[str, str]:
    """Return what the child may know: nothing of our settings, and no proxy around the rules."""
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"}


def _check(options: Mapping[str, str], _: Reach) -> str:
    scheme, found, _rest = options["url"].partition("://")
    if not found or scheme.lower() not in SCHEMES:
        raise address_refused(f"its scheme must be one of {', '.join(sorted(SCHEMES))}")
    word = _ask({"url": options["url"], "check": True})
    if word == "missing":
        raise InvalidInput(_WORDS[word], place="shape", code="not_installed")
    if word != "readable":
        raise address_refused(_WORDS["unreadable"])
    return scheme.lower()


SHAPE = Shape(
    title="Apprise",
    options=(Option(name="url", meaning="address in Apprise's own form", secret=True),),
    check=_check,
    send=send,
)
