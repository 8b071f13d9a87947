"""Hugging Face Hub webhooks: feedback that a team collects as commits or comments.

The Hub is no labeling tool. A push to a repository says that its files are to be read. A comment
is somebody's text: it is a label only where the settings say so, by mapping `comment` to a
question; then the discussion is the item, a later text of the same comment a revision, and a hidden
or deleted comment a withdrawal. No time is told, so revisions count in the order they arrive.

The proof is the secret itself in `X-Webhook-Secret`, and nothing keeps an old call from being sent
again: the same words give the same event id, so that a copy is a duplicate.

Settings: `project`, or `projects` from a repository's name; `questions`.
"""

from functools import partial
from hashlib import sha256

from labeltrust.domain.events import Event, Parsed
from labeltrust.domain.pulls import PullWanted
from labeltrust.ingest._base import Delivery, Platform
from labeltrust.ingest._fields import identifier
from labeltrust.ingest._layouts import prove_static
from labeltrust.ingest._payload import (
    NOTHING,
    Found,
    Json,
    gather,
    part_of,
    read_object,
    short_id,
    within,
)
from labeltrust.ingest._regions import text_at
from labeltrust.ingest._routing import Route, check_route
from labeltrust.ingest._signing import check_token
from labeltrust.ingest._strict_json import check

_PUSHES = frozenset({"create", "update"})
COMMENT = "comment"


def parse(delivery: Delivery) -> Parsed:
    """Read what one webhook call states.

    Raises:
        UnreadableDelivery: No strict JSON object.
        Misconfigured: The source's settings do not fit.

    >>> from datetime import UTC, datetime
    >>> body = b'{"event": {"action": "update", "scope": "repo.content"}, "repo": {"name": "a/b"}}'
    >>> now, config = datetime(2026, 11, 22, tzinfo=UTC), {"project": "fraud"}
    >>> one = Delivery(source="s", body=body, headers={}, received_at=now, config=config)
    >>> parse(one).pulls[0].object_id
    'a/b'
    """
    route = Route.of(delivery.config)
    return gather(partial(_event, route), [read_object(delivery.body)])


def _event(route: Route, tree: Json) -> Found:
    happened, repository = part_of(tree, "event"), part_of(tree, "repo")
    scope, action = happened.get("scope"), happened.get("action")
    project = route.to(repository.get("name"))
    if project is None or not isinstance(scope, str) or not isinstance(action, str):
        return NOTHING
    if scope.startswith("repo.content") and action in _PUSHES:
        return Found(pulls=(_push(repository, project),))
    if scope.startswith("discussion.comment") and COMMENT in route.questions:
        return Found(events=(_comment(tree, route, project, action),))
    return NOTHING


def _push(repository: Json, project: str) -> PullWanted:
    return PullWanted(
        kind="repository",
        object_id=short_id(repository, "name", "/repo"),
        project=project,
        within=within(repository, "/repo", type="type", commit="headSha"),
    )


def _comment(tree: Json, route: Route, project: str, action: str) -> Event:
    told, discussion = part_of(tree, "comment"), part_of(tree, "discussion")
    check(told, "/comment")
    number = identifier(told.get("id"), "/comment/id")
    author = part_of(told, "author", "/comment").get("id")
    gone = action == "delete" or told.get("hidden") is True
    text = None if gone else text_at(told, "content", "/comment")
    digest = sha256(f"{action}:{text}".encode()).hexdigest()[:32]
    return Event(
        type="label.withdrawn" if gone else "label.submitted",
        project=project,
        event_id=f"comment:{number}:{digest}",
        item=identifier(discussion.get("id"), "/discussion/id"),
        labeler=identifier(author, "/comment/author/id"),
        question=route.questions[COMMENT],
        label=text,
        annotation_id=number,
        detail={"action": action},
    )


_HINT = "In the webhook's settings on the Hub, enter this text as its secret."

PLATFORM = Platform(
    name="huggingface-hub",
    title="Hugging Face Hub",
    parser_version="huggingface-hub/1",
    prove=prove_static("x-webhook-secret"),
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_token,
    check_config=check_route,
    needs_project=True,
    basis="documentation",
    static_header="X-Webhook-Secret",
)
