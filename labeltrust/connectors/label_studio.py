"""Label Studio's API: every annotation of a project, as it is now.

Tasks are asked for by ascending id, each page behind the last task of the one before, so that a
task deleted meanwhile moves no other out of sight. Annotations are read by the rules of the
webhook (whose label it is, what is no vote, whose gold counts); drafts and predictions are passed
over. A complete pull is what tells that an annotation is gone, and each one is asked for by itself
before that is believed.

Tokens: a legacy token goes along as it is; a personal access token is a JSON Web Token that is
changed into a short-lived one, and again when that has run out.
"""

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final

from labeltrust.connectors._asked import Asked
from labeltrust.connectors._base import Connector, Page, Pulled
from labeltrust.connectors._label_studio_queue import REQUEUE, UNOFFERED
from labeltrust.connectors._web import Api, Signer, StaticHeader
from labeltrust.domain.errors import InvalidInput, NoAnswer
from labeltrust.domain.platform_access import Access
from labeltrust.ingest._base import problem_of
from labeltrust.ingest._fields import identifier
from labeltrust.ingest._label_studio.annotations import annotation_events
from labeltrust.ingest._label_studio.settings import RECONCILED, Context, Settings

PAGE_TASKS: Final = 100
_UNSAID: Final = frozenset({"created_username", "created_ago"})
"""Names of people and texts that change by themselves; no event needs them."""


@dataclass(slots=True)
class PersonalToken:
    """A personal access token and the short-lived one that it was last changed into."""

    refresh: str = field(repr=False)
    _access: str = field(default="", repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def headers(self, api: Api) -> Mapping[str, str]:
        """Return the header, changing the token at first use."""
        if not self._access:
            self.renew(api)
        return {"Authorization": f"Bearer {self._access}"}

    def renew(self, api: Api) -> bool:
        """Change the token again.

        Raises:
            NoAnswer: It is refused.
        """
        with self._lock:
            answer = api.ask(
                "POST", "/api/token/refresh/", body={"refresh": self.refresh}, signed=False
            )
            fresh = answer.body.get("access") if isinstance(answer.body, dict) else None
            if answer.status != HTTPStatus.OK or not isinstance(fresh, str) or not fresh:
                detail = f"/api/token/refresh/: the token is refused (status {answer.status})"
                raise NoAnswer(detail)
            self._access = fresh
            return True


def sign(access: Access) -> Signer:
    """Return how requests prove who asks, by the form of the token.

    >>> sign(Access(url="https://ls.test", remote="1", token="0123abcd")).value
    'Token 0123abcd'
    """
    if access.token.count(".") == 2 and access.token.startswith("ey"):  # noqa: PLR2004 - a JWT
        return PersonalToken(access.token)
    return StaticHeader(name="Authorization", value=f"Token {access.token}")


def check(access: Access) -> None:
    """Refuse project ids that Label Studio cannot have.

    Raises:
        InvalidInput: Names the place.

    >>> check(Access(url="https://ls.test", remote="3,4", token="t"))
    """
    if not access.remotes or not all(part.isdecimal() for part in access.remotes):
        detail = "name the project by its number, as in its address: /projects/3/"
        raise InvalidInput(detail, place="remote")


def pages(api: Api, asked: Asked) -> Iterator[Page]:
    """Yield every annotation of the projects, and return when that was all.

    Raises:
        NoAnswer: Something is missing, so that nothing may be concluded from what is not there.
        Misconfigured: The source's settings do not fit.
    """
    settings = Settings.of(asked.config)
    for remote in asked.access.remotes:
        context = Context.of(settings, RECONCILED, api.get(f"/api/projects/{remote}/"))
        after, more = 0, True
        while more:
            tasks, more = _tasks(api, remote, after)
            yield Page(annotations=tuple(one for task in tasks for one in _pulled(task, context)))
            after = tasks[-1]["id"] if tasks else after


def is_gone(api: Api, asked: Asked, annotation_id: str) -> bool:
    """Say whether Label Studio has an annotation no more, in whichever project.

    Raises:
        NoAnswer: It cannot be told.
    """
    del asked
    return not (annotation_id.isdecimal() and api.exists(f"/api/annotations/{annotation_id}/"))


def _tasks(api: Api, remote: str, after: int) -> tuple[list[dict[str, Any]], bool]:
    """Return the next tasks with their annotations, and whether more follow."""
    behind = {"filter": "filter:tasks:id", "operator": "greater", "value": after, "type": "Number"}
    query = {"filters": {"conjunction": "and", "items": [behind]}, "ordering": ["tasks:id"]}
    params = {"project": remote, "page_size": str(PAGE_TASKS), "fields": "all"}
    found = api.get("/api/tasks/", {**params, "query": json.dumps(query)})
    tasks = found.get("tasks") if isinstance(found, dict) else None
    total = found.get("total") if isinstance(found, dict) else None
    if not isinstance(tasks, list) or not isinstance(total, int):
        raise NoAnswer("/api/tasks/: no list of tasks with its total")
    ids = [one["id"] for one in tasks if isinstance(one, dict) and isinstance(one.get("id"), int)]
    if len(ids) < len(tasks) or ids != sorted(set(ids)):
        raise NoAnswer("/api/tasks/: the tasks do not come by ascending id")
    if (ids and ids[0] <= after) or (total > 0 and not ids) or len(ids) > total:
        raise NoAnswer("/api/tasks/: the tasks are not those behind the last page")
    return tasks, total > len(ids)


def _pulled(task: Mapping[str, Any], context: Context) -> list[Pulled]:
    annotations = task.get("annotations")
    if not isinstance(annotations, list):
        detail = f"/api/tasks/: task {task['id']} comes without its annotations"
        raise NoAnswer(detail)
    return [_annotation(one, task, context) for one in annotations]


def _annotation(annotation: object, task: Mapping[str, Any], context: Context) -> Pulled:
    told = annotation if isinstance(annotation, dict) else {}
    try:
        number = identifier(told.get("id"), "annotation.id")
    except InvalidInput as error:
        detail = f"/api/tasks/: an annotation of task {task['id']} names no id: {error}"
        raise NoAnswer(detail) from None
    try:
        events = annotation_events(told, task, context)
    except InvalidInput as error:
        return Pulled(annotation_id=number, problem=problem_of(error, None))
    kept = {name: value for name, value in told.items() if name not in _UNSAID}
    raw = {"annotation": kept, "task": {"id": task["id"], "data": task.get("data")}}
    return Pulled(annotation_id=number, events=tuple(events), raw=raw)


CONNECTOR = Connector(
    name="label-studio",
    title="Label Studio",
    parser_version="label-studio-pull/1",
    access_hint=(
        "In Label Studio, under Account & Settings, copy a personal access token, or the legacy "
        "token, of an account that sees the whole project; the project is the number in its "
        "address."
    ),
    sign=sign,
    check=check,
    pages=pages,
    is_gone=is_gone,
    acts=(REQUEUE,),
    unoffered=UNOFFERED,
)
