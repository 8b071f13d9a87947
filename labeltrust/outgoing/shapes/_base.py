"""What every shape is made of: options, what is told, and how the receiver took it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from labeltrust.domain.errors import InvalidInput
from labeltrust.outgoing.post import Answer, Post, send_post
from labeltrust.outgoing.reach import Reach, checked_url, place_of

Effect = Literal["open", "end", "news", "event", "test"]
Outcome = Literal["taken", "again", "refused", "gone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What is told, ready for any channel.

    Attributes:
        uid: The same at every try.
        key: The same from the beginning to the end of one trouble, for receivers that keep state.
        effect: What it says of the trouble: it began, is over, or needs no end.
        code: Name of the alert's code, or `test`.
        word: The same as an event of a signed webhook.
        loudness: `page`, `ticket` or `news`.
        title: One line; names in it are neutral, and so they are in `lines`.
        lines: What it is about, one thing a line.
        n: How many things it speaks of; `lines` may hold fewer.
        project: Name of the project, neutral, or empty.
        link: Page of the console that shows it.
        runbook: Page that says what to do.
        began_at: When the trouble began.
        at: When what is told happened.
        now: The moment of this try.
        facts: The same for machines: plain JSON values, names as they are.
    """

    uid: str
    key: str
    effect: Effect
    code: str
    word: str
    loudness: str
    title: str
    lines: tuple[str, ...]
    n: int
    project: str
    link: str
    runbook: str
    began_at: datetime
    at: datetime
    now: datetime
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All of it as plain text."""
        more = [f"and {self.n - len(self.lines)} more"] if self.n > len(self.lines) > 0 else []
        links = [f"Look: {self.link}", f"What to do: {self.runbook}"]
        return "\n".join([self.title, *self.lines, *more, *links])


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to, opened: options with their secrets, and the keys that sign, newest first."""

    options: Mapping[str, str]
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """How a receiver took a message.

    Attributes:
        outcome: `taken`; `again`: try later; `refused`: this message never; `gone`: nothing ever.
        detail: Why it was not taken, without anything that the receiver said.
        retry_after: Seconds for which the receiver wants to be left alone, or None.
    """

    outcome: Outcome
    detail: str = ""
    retry_after: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One option of a channel; a secret one is never shown again."""

    name: str
    meaning: str
    secret: bool = False
    needed: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """How to speak to one kind of receiver.

    Attributes:
        title: For people.
        options: What a channel of this shape is given.
        check: Looks options over before they are kept, and returns the host to show.
        send: Tells; must not raise for what a receiver does.
        signs: Whether messages are signed, so that a channel has keys.
        each_fact: Told every fact by itself at once, for machines; else alerts, for people.
    """

    title: str
    options: tuple[Option, ...]
    check: Callable[[Mapping[str, str], Reach], str]
    send: Callable[[Target, Telling, Reach], Taken]
    signs: bool = False
    each_fact: bool = False

    def checked(self, options: Mapping[str, str], reach: Reach) -> str:
        """Look options over and return the host to show.

        Raises:
            InvalidInput: One is missing, unknown, or may not be told.
        """
        known = {option.name: option for option in self.options}
        for name in options:
            if name not in known:
                detail = f"{self.title} has no option {name[:80]!r}; it has {', '.join(known)}"
                raise InvalidInput(detail, place="options", code="unknown_option")
        for option in self.options:
            if option.needed and not options.get(option.name, ""):
                detail = f"{self.title} needs {option.name}: {option.meaning}"
                raise InvalidInput(detail, place=f"options.{option.name}", code="missing_option")
        return self.check(options, reach)


URL = Option(name="url", meaning="where to, by https; it may hold a token", secret=True)


def check_url(options: Mapping[str, str], reach: Reach) -> str:
    """Look the address of a channel over and return its host.

    Raises:
        InvalidInput: It may not be told.
    """
    address = checked_url(options["url"], reach)
    place_of(address.host, address.port, reach)
    return address.host


def host_of(url: str) -> str:
    """Return the host of an address that was checked before.

    >>> host_of("https://hooks.example.org/a")
    'hooks.example.org'
    """
    return urlsplit(url).hostname or ""


def posted(post: Post, telling: Telling, reach: Reach) -> Taken:
    """Send a message and say how it was taken."""
    try:
        answer = send_post(post, reach, telling.now)
    except InvalidInput as error:
        return Taken(outcome="again", detail=error.detail)
    except OSError as error:
        return Taken(outcome="again", detail=f"nobody answers: {_reason(error)}")
    return judged(answer)


def judged(answer: Answer) -> Taken:
    """Say what the status of an answer means.

    >>> judged(Answer(status=204)).outcome, judged(Answer(status=302)).outcome
    ('taken', 'again')
    >>> judged(Answer(status=410)).outcome, judged(Answer(status=422)).outcome
    ('gone', 'refused')
    """
    if 200 <= answer.status < 300:  # noqa: PLR2004 - success
        return Taken(outcome="taken")
    outcome = _MEANING.get(answer.status, "again")
    detail = f"it answers {answer.status}"
    return Taken(outcome=outcome, detail=detail, retry_after=answer.retry_after)


# What a receiver says of the message itself; of a wrong token it may think again once mended.
_MEANING: Mapping[int, Outcome] = {410: "gone", 400: "refused", 413: "refused", 422: "refused"}


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__


def as_json(document: object) -> bytes:
    """Return a document as a body."""
    return json.dumps(document, sort_keys=True, ensure_ascii=True).encode()


def moment_text(at: datetime) -> str:
    """Return a moment as machines read it."""
    return at.isoformat().replace("+00:00", "Z")
