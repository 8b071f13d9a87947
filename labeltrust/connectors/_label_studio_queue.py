"""Label Studio: items with frozen labels are asked of one more labeler, by raising their overlap.

A task's `overlap` is how many people answer it. Raised by one above what it has, and with
`is_labeled` cleared beside it (the API does not count again by itself), the task is handed out
again; annotations, their authors and their times stay untouched, and no webhook tells of it.
Tried on Label Studio 1.23.2.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from labeltrust.connectors._acts import ActDoer, Now, Wanted
from labeltrust.connectors._asked import Asked
from labeltrust.connectors._web import Answer, Api
from labeltrust.domain.errors import InvalidInput, NoAnswer
from labeltrust.domain.platform_acts import Step

UNOFFERED: Final = {
    "pause": (
        "the Community edition can only remove a member for good, with no way back by its API, and "
        "the Enterprise edition could not be tried"
    ),
}


def check(api: Api, asked: Asked) -> None:
    """Refuse a token that does not see the projects.

    Raises:
        InvalidInput: It does not.
        NoAnswer: Nobody answers.
    """
    for remote in asked.access.remotes:
        answer = api.ask("GET", f"/api/projects/{remote}/")
        if answer.status != HTTPStatus.OK:
            detail = f"the token does not see project {remote} (status {answer.status})"
            raise InvalidInput(detail, place="acts", code="act_not_offered")


def plan(api: Api, asked: Asked, wanted: Wanted) -> list[Step]:
    """Return which tasks are asked of one more labeler.

    Raises:
        InvalidInput: They are more than may be.
        NoAnswer: The platform did not answer as it should.
    """
    tasks: dict[str, None] = {}
    for number in wanted.annotations:
        task = _task_of(api, asked, number)
        if task is not None:
            tasks[task] = None
        if len(tasks) > wanted.most:
            detail = f"it would re-queue more than {wanted.most} items, the most that is allowed"
            raise InvalidInput(detail, place="most_items", code="too_many_items")
    found = ((task, now(api, asked, wanted, task)) for task in tasks)
    return [
        Step(target=task, before=is_now.value, after=max(is_now.value, is_now.beside) + 1)
        for task, is_now in found
        if is_now is not None
    ]


def now(api: Api, asked: Asked, wanted: Wanted, target: str) -> Now | None:
    """Return a task's overlap, and how many people have answered it; None where it is gone.

    Raises:
        NoAnswer: The platform did not answer as it should.
    """
    del asked, wanted
    answer = api.ask("GET", f"/api/tasks/{target}/")
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return None
    told = _object(answer, f"/api/tasks/{target}/")
    return Now(value=_overlap(told, target), beside=_answered(told))


def put(api: Api, asked: Asked, wanted: Wanted, target: str, value: int) -> str:
    """Set a task's overlap, and with it whether the task is done.

    Raises:
        NoAnswer: The platform did not do it.
    """
    is_now = now(api, asked, wanted, target)
    done = is_now is not None and is_now.beside >= value
    path = f"/api/tasks/{target}/"
    answer = api.ask("PATCH", path, body={"overlap": value, "is_labeled": done})
    if _overlap(_object(answer, path), target) != value:
        raise NoAnswer(f"{path}: the platform kept another overlap")
    return f"overlap set to {value} (status {answer.status})"


def _task_of(api: Api, asked: Asked, number: str) -> str | None:
    """Return the task of an annotation that counts, in a project of this source."""
    if not number.isdecimal():
        return None
    path = f"/api/annotations/{number}/"
    answer = api.ask("GET", path)
    if answer.status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return None
    told = _object(answer, path)
    mine = str(told.get("project")) in asked.access.remotes
    task = told.get("task")
    return str(task) if mine and not told.get("was_cancelled") and isinstance(task, int) else None


def _object(answer: Answer, path: str) -> Mapping[str, Any]:
    if answer.status != HTTPStatus.OK or not isinstance(answer.body, dict):
        why = {401: "the token is refused", 403: "the token may not"}.get(answer.status, "refused")
        raise NoAnswer(f"{path}: {why} (status {answer.status})")
    return answer.body


def _overlap(told: Mapping[str, Any], target: str) -> int:
    value = told.get("overlap")
    if not isinstance(value, int) or isinstance(value, bool):
        raise NoAnswer(f"/api/tasks/{target}/: it tells no overlap")
    return value


def _answered(told: Mapping[str, Any]) -> int:
    """Return how many people gave an answer that counts, as the platform counts them."""
    people = set()
    for one in told.get("annotations") or ():
        by = one.get("completed_by") if isinstance(one, dict) else None
        if by is not None and not one.get("was_cancelled"):
            people.add(str(by.get("id")) if isinstance(by, dict) else str(by))
    return len(people)


REQUEUE = ActDoer(
    kind="requeue",
    does="Asks one more labeler for each task with a frozen label, by raising its overlap.",
    undo="The overlap that was before; answers given meanwhile stay.",
    check=check,
    plan=plan,
    now=now,
    put=put,
)
