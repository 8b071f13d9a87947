"""Argilla's answers about memberships over real HTTP, as the server of 2.8.0 gave them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from web_servers import Call, Reply, serving

OWNER_KEY, ADMIN_KEY = "owner.key.0123456789", "admin.key.0123456789"
WORKSPACE = "386b2629-3967-4ef6-ab5b-bc887b859a8a"
DATASET = "a9f1f14d-f54c-4713-abd7-c1e2c7a0f813"
MALLORY = "a83aa961-3077-45ce-9150-a34e7865fad7"
OWNER = "7711a56d-edb2-4cbc-b5bc-8167a314682e"
HER_KEY = "mallory.key.0123456789"


@dataclass
class Members:
    """Who is a member of the one workspace; change it between acts."""

    members: dict[str, str] = field(default_factory=lambda: {OWNER: "owner", MALLORY: "annotator"})
    changes: list[tuple[str, str]] = field(default_factory=list)

    def answers(self, call: Call) -> Reply:
        """Answer as the platform does."""
        key = call.headers.get("x-argilla-api-key", "")
        if key not in {OWNER_KEY, ADMIN_KEY}:
            return Reply({"detail": "Could not validate credentials"}, status=401)
        if call.path == "/api/v1/me":
            return Reply(_user(OWNER, "owner" if key == OWNER_KEY else "admin"))
        if call.path == f"/api/v1/datasets/{DATASET}":
            return Reply({"id": DATASET, "name": "pay", "workspace_id": WORKSPACE})
        if call.path == f"/api/v1/workspaces/{WORKSPACE}":
            return Reply({"id": WORKSPACE, "name": "w1"})
        if call.path.startswith(f"/api/v1/workspaces/{WORKSPACE}/users"):
            return self._members(call)
        return Reply({"detail": "not found"}, status=404)

    def _members(self, call: Call) -> Reply:
        if call.method == "GET":
            return Reply({"items": [_user(i, role) for i, role in self.members.items()]})
        user = call.body["user_id"] if call.method == "POST" else call.path.rpartition("/")[2]
        here = user in self.members
        if call.method == "POST" and here:
            return Reply({"detail": f"Workspace user with {user} is not unique"}, status=409)
        if call.method == "DELETE" and not here:
            return Reply({"detail": f"WorkspaceUser not found, user_id={user}"}, status=404)
        self.changes.append((call.method, user))
        if call.method == "POST":
            self.members[user] = "annotator"
            return Reply(_user(user, "annotator"), status=201)
        return Reply(_user(user, self.members.pop(user)))


def _user(number: str, role: str) -> dict[str, Any]:
    """Return a user as the API tells it: with the key."""
    return {
        "id": number, "first_name": "M", "last_name": None, "username": f"u-{number[:4]}",
        "role": role, "api_key": HER_KEY, "inserted_at": "2026-11-29T14:47:42.764015",
        "updated_at": "2026-11-29T14:47:42.764015",
    }  # fmt: skip


@contextlib.contextmanager
def argilla_serving(members: Members) -> Iterator[tuple[str, list[Call]]]:
    """Serve a state; give the address and what was asked."""
    with serving(members.answers) as found:
        yield found
