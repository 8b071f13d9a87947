"""Label Studio's answers over real HTTP: a state as its API tells it, recorded or made up."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from web_servers import Answers, Call, Reply, serving

LEGACY = "0123456789abcdef"
PERSONAL = "eyJhbGciOiJIUzI1NiJ9.eyJ0b2tlbl90eXBlIjoicmVmcmVzaCJ9.c2ln"
CONTROLS = {"verdict": {"type": "Choices", "to_name": ["text"], "labels": ["fraud", "benign"]}}


@dataclass
class Studio:
    """What the platform holds: change it between pulls, or say how it fails.

    Attributes:
        fail_after: Answer 500 to every request for tasks after so many.
        uses: How often each short-lived token works.
        broken: Answer 500 to every change of a task.
        patched: Changes of tasks, as (task, overlap, is_labeled).
    """

    project: dict[str, Any] = field(
        default_factory=lambda: {"id": 3, "parsed_label_config": CONTROLS, "model_version": ""}
    )
    tasks: list[dict[str, Any]] = field(default_factory=list)
    elsewhere: set[str] = field(default_factory=set)
    fail_after: int | None = None
    uses: int = 1_000
    broken: bool = False
    patched: list[tuple[int, int, bool]] = field(default_factory=list)
    _asked: int = 0
    _tokens: dict[str, int] = field(default_factory=dict)

    def annotate(self, task: int, number: int, choice: str = "fraud", **more: Any) -> None:
        """Add an annotation, or put another in the place of the one with this number."""
        for known in self.tasks:
            known["annotations"] = [a for a in known["annotations"] if a["id"] != number]
        if all(known["id"] != task for known in self.tasks):
            self.tasks.append({"id": task, "data": {"text": f"t{task}"}, "annotations": []})
            self.tasks.sort(key=lambda known: known["id"])
        (found,) = (known for known in self.tasks if known["id"] == task)
        found["annotations"].append(annotation(number, choice, **more))

    def drop(self, number: int) -> None:
        """Forget an annotation."""
        for known in self.tasks:
            known["annotations"] = [a for a in known["annotations"] if a["id"] != number]

    def answers(self, call: Call) -> Reply:
        """Answer as the platform does."""
        if call.path == "/api/token/refresh/":
            return self._refreshed(call)
        if not self._is_proven(call.headers.get("authorization", "")):
            return Reply({"detail": "Invalid token."}, status=401)
        if call.path == f"/api/projects/{self.project['id']}/":
            return Reply(self.project)
        if call.path == "/api/tasks/":
            return self._page(call)
        if call.path.startswith("/api/tasks/"):
            return self._task(call, int(call.path.split("/")[3]))
        number = call.path.removeprefix("/api/annotations/").rstrip("/")
        return self._one(number) if number != call.path else Reply({"detail": "No."}, status=404)

    def _refreshed(self, call: Call) -> Reply:
        if call.body != {"refresh": PERSONAL}:
            return Reply({"detail": "Token is invalid"}, status=401)
        token = f"short-{len(self._tokens)}"
        self._tokens[token] = self.uses
        return Reply({"access": token})

    def _is_proven(self, header: str) -> bool:
        kind, _, token = header.partition(" ")
        if kind == "Token":
            return token == LEGACY
        if kind != "Bearer" or self._tokens.get(token, 0) <= 0:
            return False
        self._tokens[token] -= 1
        return True

    def _page(self, call: Call) -> Reply:
        self._asked += 1
        if self.fail_after is not None and self._asked > self.fail_after:
            return Reply({"detail": "oh"}, status=500)
        query = json.loads(call.params["query"])
        (behind,) = query["filters"]["items"]
        assert (behind["filter"], behind["operator"]) == ("filter:tasks:id", "greater")
        assert (query["ordering"], call.params["fields"]) == (["tasks:id"], "all")
        rest = [task for task in self.tasks if task["id"] > behind["value"]]
        size = int(call.params["page_size"])
        return Reply({"tasks": rest[:size], "total": len(rest), "total_annotations": 0})

    def _task(self, call: Call, number: int) -> Reply:
        """Tell of a task, or change its overlap; as 1.23.2, nothing is counted again by itself."""
        found = [task for task in self.tasks if task["id"] == number]
        if not found:
            return Reply({"detail": "No Task matches the given query."}, status=404)
        task = found[0]
        if call.method == "PATCH":
            if self.broken:
                return Reply({"detail": "oh"}, status=500)
            task |= {name: call.body[name] for name in ("overlap", "is_labeled")}
            self.patched.append((number, call.body["overlap"], call.body["is_labeled"]))
        return Reply({"overlap": 1, "is_labeled": True, **task})

    def _one(self, number: str) -> Reply:
        for task in self.tasks:
            for known in task["annotations"]:
                if str(known["id"]) == number:
                    return Reply({**known, "task": task["id"], "project": self.project["id"]})
        if number in self.elsewhere:
            return Reply({"id": int(number), "task": 999, "project": 4})
        return Reply({"detail": "No Annotation matches the given query."}, status=404)


def annotation(number: int, choice: str = "fraud", **more: Any) -> dict[str, Any]:
    """Return an annotation as the API tells it."""
    values = {"choices": [choice]}
    part = {"from_name": "verdict", "to_name": "text", "type": "choices", "value": values}
    told = {
        "id": number, "result": [part], "completed_by": 2, "was_cancelled": False,
        "ground_truth": False, "created_at": "2026-11-22T09:00:00.000001Z",
        "updated_at": "2026-11-22T09:00:00.000041Z", "lead_time": 3.5,
        "created_username": " alice@example.com, 2",
    }  # fmt: skip
    told |= more
    return {**told, "updated_by": told.get("updated_by", told["completed_by"])}


def webhook(action: str, task: int, told: dict[str, Any]) -> bytes:
    """Return what the platform sends of an annotation."""
    body = {
        "action": action, "annotation": told, "task": {"id": task, "data": {"text": f"t{task}"}},
        "project": {"id": 3, "parsed_label_config": CONTROLS},
    }  # fmt: skip
    return json.dumps(body).encode()


@contextlib.contextmanager
def studio_serving(studio: Studio) -> Iterator[tuple[str, list[Call]]]:
    """Serve a state; give the address and what was asked."""
    answers: Answers = studio.answers
    with serving(answers) as found:
        yield found
