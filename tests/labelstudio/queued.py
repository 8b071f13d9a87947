"""Freezes that act at the real platform: items go back into its queue, and out of it again."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
from exchanges import between
from scenario import Scenario, require
from servers import serving
from studio import answer

MOST_SECONDS = 120


class Queue:
    """The part of the run that needs a project in which one answer finishes a task."""

    def __init__(self, scenario: Scenario) -> None:
        """Take over the platform, the installation and its people."""
        self.here, self.studio = scenario, scenario.studio
        self.project, self.tasks, self.secret, self.address = 0, list[int](), "", ""
        self.recorded: list[dict[str, Any]] = []

    def run(self) -> None:
        """Label, freeze, look who gets the items, lift, look again."""
        with between(self.studio.url) as (self.address, self.exchanges):
            self._run()

    def keep(self, path: Path) -> None:
        """Write what was asked and answered from the freeze to its lift, for the replay."""
        kept = {"tasks": self.tasks, "project": self.project, "exchanges": self.recorded}
        text = json.dumps(kept, separators=(",", ":"), sort_keys=True)
        path.write_text(text + "\n")
        print(f"     {path} has {len(text)} bytes")  # noqa: T201 - a script for people

    def _run(self) -> None:
        self._prepared()
        mallory, alice = (self.here.people[name].api() for name in ("mallory", "alice"))
        with serving(self.here.settings, LABELTRUST_PLATFORM_NETWORKS="127.0.0.0/8") as server:
            self.studio.add_webhook(self.project, f"{server.url}/webhooks/queue", self.secret)
            for task in self.tasks:
                answer(mallory, task, "fraud")
            self._arrived(len(self.tasks))
            require(self._next(alice) is None, "one answer finishes a task: nothing for alice")
            before = self._told()
            self._off()
            self._refused()
            self.exchanges.kept.clear()
            self._done("source", "policy", "queue", "--on", "requeue")
            number = str(self.here.people["mallory"].number)
            freeze = self._json(
                "freeze", "--project", "queue", "--labeler", number, "--reason", "flips fraud"
            )["id"]
            act = self._act("done")
            require(act["changed"] == len(self.tasks), f"{act['changed']} items are asked again")
            require(self._next(alice) in self.tasks, "alice is given one of them")
            require(self._next(mallory) is None, "the frozen labeler is not")
            self._done("lift", str(freeze), "--reason", "was right")
            act = self._act("undone")
            require(not act["lost"], "the lift restores all of it")
            self.recorded = [*self.exchanges.kept]
            require(self._told() == before, "the platform tells of every task what it told before")
            require(self._next(alice) is None, "and gives alice nothing any more")
            self._changed_meanwhile(number)
            server.stop()

    def _prepared(self) -> None:
        texts = [f"queued {n}" for n in range(4)]
        self.project, self.tasks = self.studio.project("queue", texts)
        self.studio.admin.patch(
            f"/api/projects/{self.project}/", json={"maximum_annotations": 1}
        ).raise_for_status()
        self._done("project", "create", "queue", "--classes", "benign,fraud")
        add = ("source", "add", "queue", "--platform", "label-studio", "--project", "queue")
        config = '{"questions": {"verdict": "label"}}'
        self.secret = self._json(*add, "--config", config)["secret"]["text"]
        token = self.here.home / "token.txt"
        self._done(
            "source", "connect", "queue", "--url", self.address, "--remote",
            str(self.project), "--token-file", str(token), "--every-minutes", "0",
        )  # fmt: skip

    def _off(self) -> None:
        number = str(self.here.people["mallory"].number)
        held = ("freeze", "--project", "queue", "--labeler", number, "--reason", "before")
        freeze = self._json(*held)["id"]
        time.sleep(3)
        require(not self._json("source", "acts", "queue")["acts"], "off, a freeze asks for nothing")
        self._done("lift", str(freeze), "--reason", "policy comes first")

    def _refused(self) -> None:
        refused = self.here.cli("source", "policy", "queue", "--on", "pause")
        said = refused.returncode == 2 and "no way back" in refused.stderr
        require(said, "pausing is refused here, and the reason is told")

    def _changed_meanwhile(self, labeler: str) -> None:
        held = ("freeze", "--project", "queue", "--labeler", labeler, "--reason", "again")
        self._json(*held)
        act = self._act("done")
        path = f"/api/tasks/{self.tasks[0]}/"
        self.studio.admin.patch(path, json={"overlap": 7}).raise_for_status()
        self._done("source", "undo-act", str(act["id"]), "--reason", "the queue is full")
        act = self._act("undone")
        require(act["lost"] == 1, "what somebody else changed meanwhile is left alone, and said")
        overlap = self.studio.admin.get(path).json()["overlap"]
        require(overlap == 7, "and keeps what they made of it")

    def _act(self, state: str) -> dict[str, Any]:
        for _ in range(MOST_SECONDS):
            found: list[dict[str, Any]] = self._json("source", "acts", "queue")["acts"]
            if found and found[0]["state"] == state:
                lost = [s for s in found[0]["steps"] if s["undone"].startswith("not restored")]
                return {**found[0], "lost": len(lost)}
            time.sleep(1)
        raise SystemExit(f"the act is not {state}: {found}")

    def _next(self, api: httpx.Client) -> int | None:
        found = api.get(f"/api/projects/{self.project}/next")
        number: int | None = found.json()["id"] if found.is_success else None
        return number

    def _told(self) -> list[tuple[int, int, bool, int]]:
        names = ("id", "overlap", "is_labeled", "total_annotations")
        told = (self.studio.admin.get(f"/api/tasks/{task}/").json() for task in self.tasks)
        return [tuple(one[name] for name in names) for one in told]  # type: ignore[misc]

    def _arrived(self, n: int) -> None:
        for _ in range(MOST_SECONDS):
            sent = self._json("source", "show", "queue")["activity"]["day"]["accepted"]
            if sent == n:
                break
            time.sleep(1)
        require(sent == n, f"all {n} answers arrived")

    def _done(self, *arguments: str) -> str:
        return self.here.done(*arguments)

    def _json(self, *arguments: str) -> Any:
        return self.here.json(*arguments)
