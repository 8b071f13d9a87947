"""Argilla: a labeler is taken off the workspace of the dataset, and put back.

Membership is what an annotator's and an admin's access rests on; an owner sees everything anyway
and cannot be paused. Only an owner's key may put somebody back, so no other key may take off.
Tried on the server of Argilla 2.8.0, without its search engine, which this does not touch.

Answers about users hold their API keys: nothing of them is kept but whether somebody is a member.
"""

from http import HTTPStatus
from typing import Any, Final

from labeltrust.connectors._acts import ActDoer, Now, Wanted
from labeltrust.connectors._asked import Asked
from labeltrust.connectors._web import Api
from labeltrust.domain.errors import InvalidInput, NoAnswer
from labeltrust.domain.platform_acts import Step

UNOFFERED: Final = {
    "requeue": (
        "how many responses a record needs is set for the whole dataset, and cannot change once "
        "there are responses"
    ),
}


def check(api: Api, asked: Asked) -> None:
    """Refuse a key that could take somebody off and not put them back.

    Raises:
        InvalidInput: It is no owner's.
        NoAnswer: Nobody answers.
    """
    del asked
    told = api.get("/api/v1/me")
    if not isinstance(told, dict) or told.get("role") != "owner":
        detail = "only an owner's key can put a labeler back, so no other may take one off"
        raise InvalidInput(detail, place="acts", code="act_not_offered")


def plan(api: Api, asked: Asked, wanted: Wanted) -> list[Step]:
    """Return which memberships end.

    Raises:
        InvalidInput: The labeler is an owner, whom this would not stop.
        NoAnswer: The platform did not answer as it should.
    """
    check(api, asked)
    workspaces = dict.fromkeys(_workspace(api, remote) for remote in asked.access.remotes)
    steps = []
    for workspace in workspaces:
        roles = _roles(api, workspace)
        for alias, account in wanted.accounts.items():
            role = roles.get(_user_id(api, asked, account))
            if role == "owner":
                detail = (
                    "the labeler is an owner there, whom taking off a workspace stops in nothing"
                )
                raise InvalidInput(detail, place="labeler", code="act_not_offered")
            target = f"{workspace}/{alias}"
            steps.append(Step(target=target, before=int(role is not None), after=0))
    return steps


def now(api: Api, asked: Asked, wanted: Wanted, target: str) -> Now | None:
    """Return 1 for a member and 0 for none; None where the workspace or the account is gone.

    Raises:
        NoAnswer: The platform did not answer as it should.
    """
    workspace, user = _named(api, asked, wanted, target)
    if not user or not api.exists(f"/api/v1/workspaces/{workspace}"):
        return None
    return Now(value=int(user in _roles(api, workspace)))


def put(api: Api, asked: Asked, wanted: Wanted, target: str, value: int) -> str:
    """Make somebody a member, or none.

    Raises:
        NoAnswer: The platform did not do it.
    """
    workspace, user = _named(api, asked, wanted, target)
    path = f"/api/v1/workspaces/{workspace}/users"
    try:
        answer = (
            api.ask("POST", path, body={"user_id": user})
            if value
            else api.ask("DELETE", f"{path}/{user}")
        )
    except NoAnswer as error:  # troubles are kept, and must not name anybody
        raise NoAnswer(str(error).replace(user, "…")) from None
    # The second of each: it was so already, as after an answer that got lost.
    fine = (
        {HTTPStatus.CREATED, HTTPStatus.CONFLICT}
        if value
        else {HTTPStatus.OK, HTTPStatus.NOT_FOUND}
    )
    if answer.status not in fine:
        raise NoAnswer(f"{path}: the platform did not do it (status {answer.status})")
    words = "put back on the workspace" if value else "taken off the workspace"
    return f"{words} (status {answer.status})"


def _workspace(api: Api, remote: str) -> str:
    told = api.get(f"/api/v1/datasets/{remote}")
    found = told.get("workspace_id") if isinstance(told, dict) else None
    if not isinstance(found, str):
        raise NoAnswer(f"/api/v1/datasets/{remote}: it names no workspace")
    return found


def _roles(api: Api, workspace: str) -> dict[str, str]:
    """Return role by user id of the members of a workspace; nothing else of them is looked at."""
    path = f"/api/v1/workspaces/{workspace}/users"
    return {str(one.get("id")): str(one.get("role")) for one in _items(api.get(path), path)}


def _named(api: Api, asked: Asked, wanted: Wanted, target: str) -> tuple[str, str]:
    """Return workspace and user id of a step; no user where the account is not known any more."""
    workspace, _, alias = target.partition("/")
    account = wanted.accounts.get(int(alias))
    return workspace, "" if account is None else _user_id(api, asked, account)


def _user_id(api: Api, asked: Asked, account: str) -> str:
    """Return the platform's id of an account that the source may know by its name."""
    if asked.config.get("labeler_key") != "username":
        return account
    found = _items(api.get("/api/v1/users"), "/api/v1/users")
    return next((str(one.get("id")) for one in found if one.get("username") == account), "")


def _items(found: object, path: str) -> list[dict[str, Any]]:
    items = found.get("items") if isinstance(found, dict) else None
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise NoAnswer(f"{path}: no list of items")
    return items


PAUSE = ActDoer(
    kind="pause",
    does="Takes the labeler off the workspace of the dataset, with all other datasets in it.",
    undo="The membership, where there was one.",
    check=check,
    plan=plan,
    now=now,
    put=put,
)
