"""What happens in the run against a real Label Studio, and what must come out of it."""

import json
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from servers import Server, labeltrust, serving
from studio import LabelStudio, Person, answer, change, delete, result

from labeltrust.settings import Settings

PEOPLE = ("alice", "bob", "mallory")
_NETWORKS = {"LABELTRUST_PLATFORM_NETWORKS": "127.0.0.0/8"}


def require(holds: object, what: str) -> None:
    """Say what was looked at, and stop where it does not hold."""
    print(("ok   " if holds else "FAIL ") + what, flush=True)  # noqa: T201 - a script for people
    if not holds:
        raise SystemExit(1)


@dataclass(slots=True)
class Scenario:
    """One run: a platform, an installation of ours, and what people did."""

    studio: LabelStudio
    home: Path
    items: int
    project: int = 0
    tasks: list[int] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=dict)
    given: dict[tuple[str, int], int] = field(default_factory=dict)
    gold: dict[int, int] = field(default_factory=dict)
    secret: str = ""
    recorded: dict[str, Any] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        """Of our installation."""
        return Settings(home=self.home)

    def truth(self, task: int) -> str:
        """Return what a task really is."""
        return "fraud" if self.tasks.index(task) % 2 else "benign"

    def begin(self) -> None:
        """Sign people up, and connect an installation of ours."""
        self._people()
        self._ours()

    def run(self, *, enough: bool) -> None:
        """Do it all; with `enough` labels the flipper must be flagged."""
        self.begin()
        with ExitStack() as stack:
            server = stack.enter_context(serving(self.settings, **_NETWORKS))
            self.studio.add_webhook(self.project, f"{server.url}/webhooks/ls", self.secret)
            self._label(self.tasks[: self.items * 2 // 3])
            self._all_arrived()
            self._forgery(server, "not the secret", 401)
            if enough:
                self._flagged()
            self._keep_answers("before")
            server.stop()
        self._while_we_are_away()
        self._keep_answers("after")
        with serving(self.settings, **_NETWORKS) as server:
            self._reconcile()
            self._stolen_secret(server)
            server.stop()
        require(self.cli("ledger", "verify").returncode == 0, "the history verifies")

    def _people(self) -> None:
        texts = [f"payment {n}" for n in range(self.items)]
        self.people = {name: self.studio.sign_up(name) for name in PEOPLE}
        self.project, self.tasks = self.studio.project("payments", texts)
        require(len(self.tasks) == self.items, f"{self.items} tasks, {len(PEOPLE)} labelers")

    def _ours(self) -> None:
        self.home.mkdir(parents=True)
        self.done("project", "create", "payments", "--classes", "benign,fraud")
        config = {"questions": {"verdict": "label"}, "gold_accounts": [1]}
        add = ("source", "add", "ls", "--platform", "label-studio", "--project", "payments")
        self.secret = self.json(*add, "--config", json.dumps(config))["secret"]["text"]
        token = self.home / "token.txt"
        token.write_text(self.people["alice"].personal_token())
        self.done(
            "source", "connect", "ls", "--url", self.studio.url, "--remote", str(self.project),
            "--token-file", str(token), "--every-minutes", "0",
        )  # fmt: skip

    def _label(self, tasks: list[int]) -> None:
        apis = {name: person.api() for name, person in self.people.items()}
        for number, task in enumerate(tasks):
            for name, api in apis.items():
                wrong = name == "mallory" and self.truth(task) == "fraud"
                choice = "benign" if wrong else self.truth(task)
                self.given[name, task] = answer(api, task, choice)
            if number % 3 == 0:
                self.gold[task] = answer(
                    self.studio.admin, task, self.truth(task), ground_truth=True
                )

    def _all_arrived(self) -> None:
        wanted = {*self.given.values(), *self.gold.values()}
        for _ in range(100):
            if len(self._ours_standing()) == len(wanted):
                break
            time.sleep(0.1)
        require(self._ours_standing() == self._theirs(), f"all {len(wanted)} events arrived")

    def _forgery(self, server: Server, secret: str, status: int) -> None:
        task = self.tasks[1]
        forged = {
            "action": "ANNOTATION_UPDATED",
            "annotation": {
                "id": self.given["alice", task], "completed_by": self.people["alice"].number,
                "updated_by": self.people["alice"].number, "result": result("benign"),
                "updated_at": time.strftime("%Y-%m-%dT%H:%M:%S.999999Z", time.gmtime()),
            },
            "task": {"id": task, "data": {"text": "payment 1"}},
            "project": {"id": self.project},
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {secret}"}
        got = httpx.post(f"{server.url}/webhooks/ls", json=forged, headers=headers).status_code
        require(got == status, f"a forged request with {secret[:6]}… is answered {got}")

    def _flagged(self) -> None:
        found = self.json("assess", "--project", "payments")
        flagged = {one["labeler"] for one in found["labelers"] if one["flag"]}
        mallory = str(self.people["mallory"].number)
        require(flagged == {mallory}, f"the flipper alone is flagged: {sorted(flagged)}")

    def _while_we_are_away(self) -> None:
        rest = self.tasks[self.items * 2 // 3 :]
        self._label(rest)
        alice, bob, mallory = (self.people[name].api() for name in PEOPLE)
        for task in self.tasks[2:5]:
            other = "benign" if self.truth(task) == "fraud" else "fraud"
            change(alice, self.given["alice", task], result=result(other))
        for task in self.tasks[5:7]:
            delete(bob, self.given.pop(("bob", task)))
        # Created with the flag, it takes the flag from the trusted account, and nobody is told.
        task = self.tasks[0]
        self.given["mallory again", task] = answer(mallory, task, "fraud", ground_truth=True)
        print(f"     while we were away: {len(rest)} tasks labeled by all, 3 answers changed, ")  # noqa: T201
        print("     2 annotations deleted, the gold flag of one task taken by the flipper")  # noqa: T201

    def _reconcile(self) -> None:
        looked = self.json("source", "reconcile", "ls", "--dry-run")["found"]
        before = self._ours_standing()
        lost = self._theirs()
        missing = {number for number in lost if number not in before}
        require(looked["missing"] == len(missing), f"looking alone finds {len(missing)} missing")
        done = self.json("source", "reconcile", "ls")
        found = done["found"]
        require(done["status"] == "done", "the pull is done, and nobody needs to allow it")
        require(found["missing"] == len(missing), f"{found['missing']} lost annotations are filled")
        require(found["changed"] == 3, "3 lost changes are made")
        require(found["vanished"] == 2, "2 deleted annotations are withdrawn")
        require(found["gold_missing"] > 0, f"{found['gold_missing']} lost gold labels are declared")
        require(found["gold_lost"] == 1, "the gold that lost its flag silently is found")
        require(len(found["approvals"]) == 1, "and two persons decide about it")
        require(self._ours_standing() == lost, "record and platform say the same of every answer")
        again = self.json("source", "reconcile", "ls")["found"]
        same = all(again[kind] == 0 for kind in ("missing", "changed", "vanished", "unexplained"))
        require(same and again["recorded"] == 0, "a second pull finds and records nothing")
        self.recorded["found"] = {k: v for k, v in found.items() if k != "approvals"}

    def _stolen_secret(self, server: Server) -> None:
        hooks = self.people["mallory"].api().get("/api/webhooks/").json()
        stolen = hooks[0]["headers"]["Authorization"].removeprefix("Bearer ")
        require(stolen == self.secret, "a plain labeler can read the secret from the platform")
        self._forgery(server, stolen, 202)
        require(self._ours_standing() != self._theirs(), "and forge an event of somebody else")
        # An event on its way is not taken for a forged one: the pull waits for a minute.
        time.sleep(61)
        found = self.json("source", "reconcile", "ls")["found"]
        require(found["unexplained"] == 1, "which a pull finds: no lost event explains it")
        require(self._ours_standing() == self._theirs(), "and puts right")

    def _theirs(self) -> dict[str, tuple[str, str]]:
        """Return labeler and label of each annotation, out of the platform's own export."""
        return {
            str(one["id"]): (str(one["updated_by"]), one["result"][0]["value"]["choices"][0])
            for task in self.studio.export(self.project)
            for one in task["annotations"]
        }

    def _ours_standing(self) -> dict[str, tuple[str, str]]:
        """Return the same out of our history."""
        from standing import standing  # noqa: PLC0415 - opens the database

        return standing(self.settings, "ls", "payments")

    def _keep_answers(self, name: str) -> None:
        from standing import told_by_api  # noqa: PLC0415

        self.recorded[name] = told_by_api(self.studio.admin, self.project)

    def keep(self, path: Path) -> None:
        """Write what the platform sent and answered, without tokens and names."""
        from standing import deliveries  # noqa: PLC0415

        path.parent.mkdir(parents=True, exist_ok=True)
        kept = {"webhooks": deliveries(self.settings, "ls"), **self.recorded}
        text = json.dumps(kept, separators=(",", ":"), sort_keys=True)
        path.write_text(text + "\n")
        print(f"     {path} has {len(text)} bytes")  # noqa: T201

    def cli(self, *arguments: str) -> Any:
        """Run a command of ours, and return how it went."""
        return labeltrust(self.settings, *arguments, **_NETWORKS)

    def done(self, *arguments: str) -> str:
        """Run a command that must work, and return what it printed."""
        done = self.cli(*arguments)
        if done.returncode:
            raise SystemExit(f"labeltrust {' '.join(arguments)}: {done.stderr}")
        text: str = done.stdout
        return text

    def json(self, *arguments: str) -> Any:
        """Run a command that must work, and return what it told programs."""
        return json.loads(self.done(*arguments, "--json"))
