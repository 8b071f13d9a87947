"""What every connector offers and gets."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from labeltrust.connectors._acts import ActDoer
from labeltrust.connectors._asked import Asked
from labeltrust.connectors._web import Api, Signer
from labeltrust.domain.events import Event, Problem
from labeltrust.domain.platform_access import Access


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """One annotation as its platform holds it now.

    Attributes:
        annotation_id: As the events of webhooks name it.
        events: What it says, read as the webhook adapter would: labels, withdrawals, gold.
        raw: The part of the platform's answer that says so; plain JSON values.
        problem: Why it could not be read, where it could not.
        only_ends: It is no answer (a draft), and says something only where one stands here.
    """

    annotation_id: str
    events: tuple[Event, ...] = ()
    raw: object = None
    problem: Problem | None = None
    only_ends: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some annotations of one answer.

    Attributes:
        untold: Beginnings of annotation ids of which the platform tells nothing now, such as those
            of work under way: nothing is concluded from their absence.
    """

    annotations: tuple[Pulled, ...]
    untold: tuple[str, ...] = ()


def never_gone(api: Api, asked: Asked, annotation_id: str) -> bool:
    """Say that an annotation cannot be looked up alone: a complete pull is all there is to tell."""
    del api, asked, annotation_id
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """A platform's API, found by discovery.

    Attributes:
        name: The platform adapter that it belongs to.
        title: For people.
        parser_version: Stored as provenance with every event; raise it when the reading changes.
        access_hint: Where a person finds the token and the id of the project, in a sentence.
        sign: Returns how requests prove who asks.
        check: Refuses an access that cannot be: raises InvalidInput.
        pages: Yields all that the platform holds, and returns only when that was all; raises
            NoAnswer otherwise.
        is_gone: Says whether the platform has an annotation no more, asked for it alone.
        acts: What freezes may do at the platform, where a source's policy says so.
        unoffered: What they may not, by kind, and why.
    """

    name: str
    title: str
    parser_version: str
    access_hint: str
    sign: Callable[[Access], Signer]
    check: Callable[[Access], None]
    pages: Callable[[Api, Asked], Iterator[Page]]
    is_gone: Callable[[Api, Asked, str], bool] = never_gone
    acts: tuple[ActDoer, ...] = ()
    unoffered: Mapping[str, str] = field(default_factory=dict)
