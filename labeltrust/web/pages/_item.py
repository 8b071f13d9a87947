"""What is shown of an item, sorted into what a page can draw: text, pairs, turns and pictures.

Content comes from outside in any shape. Nothing of it is trusted: all of it is text to the page,
and a picture is fetched by our own proxy, from hosts that somebody allowed.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, pass_environment

from labeltrust.domain.media import host_of, is_allowed

MOST_CHARACTERS = 20_000
MOST_TURNS = 200
MOST_PARTS = 100
_LONG = 100
_TEXT_NAMES = frozenset(
    {"text", "body", "prompt", "response", "completion", "question", "answer", "message", "title",
     "description", "content", "document", "html", "code", "context"}
)  # fmt: skip
_PICTURE_NAMES = frozenset(
    {"image", "image_url", "img", "picture", "photo", "media", "media_url", "url_image"}
)
_PICTURE_ENDS = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_ROLES = ("role", "speaker", "author", "from", "name")
_SAYINGS = ("text", "content", "message", "value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing that somebody said in a conversation."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of an item, in the way it is drawn.

    Attributes:
        kind: `text`, `record`, `conversation`, `picture`, or `data` for what has a shape of its
            own.
        name: The key it stood under; empty where there was none.
        text: The text, or the address of a picture.
        left_out: Characters, turns or parts that are not shown.
        turns: What was said, by whom.
        pairs: Names and values of a record.
        host: Host of a picture's address, empty where there is none.
        allowed: Whether the proxy fetches from that host.
    """

    kind: str
    name: str = ""
    text: str = ""
    left_out: int = 0
    turns: tuple[Turn, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    host: str = ""
    allowed: bool = False


@pass_environment
def item_parts(environment: Environment, content: object) -> list[Part]:
    """Return the parts of a content; the environment's `media_hosts` are those allowed."""
    return parts_of(content, environment.globals.get("media_hosts", ()))  # type: ignore[arg-type]


def parts_of(content: object, media_hosts: Collection[str]) -> list[Part]:
    """Return the parts of a content in its own order, short values gathered into records.

    >>> [part.kind for part in parts_of({"text": "hello", "amount": 3, "country": "SE"}, ())]
    ['text', 'record']
    >>> parts_of({}, ())
    []
    """
    if content in (None, "", {}, []):
        return []
    if not isinstance(content, Mapping):
        return [_part("", content, media_hosts) or _text("", str(content))]
    found = list(_gathered(list(content.items())[:MOST_PARTS], media_hosts))
    if len(content) > MOST_PARTS:
        found.append(Part(kind="data", name="more", left_out=len(content) - MOST_PARTS))
    return found


def _gathered(
    content: Sequence[tuple[str, object]], media_hosts: Collection[str]
) -> Iterator[Part]:
    pairs: list[tuple[str, str]] = []
    for name, value in content:
        part = _part(str(name), value, media_hosts)
        if part is None:
            pairs.append((str(name), _scalar(value)))
            continue
        if pairs:
            yield Part(kind="record", pairs=tuple(pairs))
            pairs = []
        yield part
    if pairs:
        yield Part(kind="record", pairs=tuple(pairs))


def _part(name: str, value: object, media_hosts: Collection[str]) -> Part | None:
    """Return what stands for itself, or None for a value that belongs into a record."""
    if isinstance(value, str):
        if _is_picture(name, value):
            host = host_of(value)
            allowed = is_allowed(value, media_hosts)
            return Part(kind="picture", name=name, text=value, host=host, allowed=allowed)
        is_long = len(value) > _LONG or "\n" in value
        return _text(name, value) if is_long or name.lower() in _TEXT_NAMES else None
    if _is_conversation(value):
        return _conversation(name, value)
    if isinstance(value, Mapping | list) and value:
        shown = json.dumps(value, indent=2, ensure_ascii=False, default=str)
        return _text(name, shown, kind="data")
    return None


def _text(name: str, text: str, kind: str = "text") -> Part:
    left = max(len(text) - MOST_CHARACTERS, 0)
    return Part(kind=kind, name=name, text=text[:MOST_CHARACTERS], left_out=left)


def _is_picture(name: str, value: str) -> bool:
    if not value.lower().startswith(("https://", "http://")) or any(c.isspace() for c in value):
        return False
    path = value.partition("?")[0].lower()
    return name.lower() in _PICTURE_NAMES or path.endswith(_PICTURE_ENDS)


def _is_conversation(value: object) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(
        isinstance(turn, Mapping)
        and any(isinstance(turn.get(k), str) for k in _SAYINGS)
        and any(isinstance(turn.get(k), str) for k in _ROLES)
        for turn in value
    )


def _conversation(name: str, value: Any) -> Part:  # noqa: ANN401 - JSON that was looked at
    turns = tuple(
        Turn(role=_first(turn, _ROLES), text=_first(turn, _SAYINGS)[:MOST_CHARACTERS])
        for turn in value[:MOST_TURNS]
    )
    left = max(len(value) - MOST_TURNS, 0)
    return Part(kind="conversation", name=name, turns=turns, left_out=left)


def _first(turn: Mapping[str, object], names: Sequence[str]) -> str:
    return next(value for name in names if isinstance(value := turn.get(name), str))


def _scalar(value: object) -> str:
    if value is None:
        return "none"
    return value if isinstance(value, str) else json.dumps(value, default=str)
