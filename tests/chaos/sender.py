"""Senders: threads that post batches until told to stop, and never take an answer for granted."""

import json
import random
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Self

import httpx
from chaos.counters import Sometimes
from chaos.sender_log import SenderLog
from chaos.traffic import Event, digest_of

_LONGEST_WAIT_SECONDS = 0.5


@dataclass(slots=True)
class Senders:
    """Some connections that share one line of batches.

    Attributes:
        urls: Servers; each try goes to the next.
        key: The key of the source.
        again: Send earlier batches once more while nothing new waits, so that load never ends.
        seconds_between: Pause of each connection after an answer.
    """

    urls: Sequence[str]
    key: str
    log: SenderLog
    sometimes: Sometimes
    seed: int = 0
    connections: int = 8
    again: bool = False
    seconds_between: float = 0.0
    bad: list[str] = field(default_factory=list)
    answered: int = 0
    refused: int = 0
    slowest: float = 0.0
    _line: "Queue[list[Event]]" = field(default_factory=Queue)
    _sent: list[list[Event]] = field(default_factory=list)
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)
    _open: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __enter__(self) -> Self:
        self._threads = [
            threading.Thread(target=self._run, args=(n,), daemon=True)
            for n in range(self.connections)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def send(self, batches: Sequence[list[Event]]) -> None:
        """Put batches into the line."""
        for batch in batches:
            with self._lock:
                self._open += 1
            self._line.put(batch)

    def drain(self, seconds: float = 120.0) -> bool:
        """Wait until every batch got an answer."""
        deadline = time.monotonic() + seconds
        while self._open and time.monotonic() < deadline:
            time.sleep(0.02)
        return not self._open

    def _run(self, number: int) -> None:
        rng = random.Random(f"{self.seed}:{number}")
        with httpx.Client(timeout=20) as client:
            while not self._stop.is_set():
                batch, is_new = self._next(rng)
                if batch is None:
                    time.sleep(0.02)
                    continue
                self._until_answered(client, batch, rng)
                if is_new:
                    with self._lock:
                        self._open -= 1
                        self._sent.append(batch)
                time.sleep(self.seconds_between)

    def _next(self, rng: random.Random) -> tuple[list[Event] | None, bool]:
        try:
            return self._line.get_nowait(), True
        except Empty:
            if self.again and self._sent:
                return rng.choice(self._sent), False
            return None, False

    def _until_answered(self, client: httpx.Client, batch: list[Event], rng: random.Random) -> None:
        self.log.intend({event["id"]: digest_of(event) for event in batch})
        tries = 0
        while not self._stop.is_set():
            url = self.urls[(tries + rng.randrange(len(self.urls))) % len(self.urls)]
            wait = self._tried(client, url, batch)
            if wait is None:
                if tries:
                    self.sometimes.saw("sent again after a failure")
                return
            tries += 1
            self._stop.wait(min(wait, _LONGEST_WAIT_SECONDS) * rng.uniform(0.3, 1.0))

    def _tried(self, client: httpx.Client, url: str, batch: list[Event]) -> float | None:
        """Send once; return None where it was answered, else how long to wait."""
        began = time.monotonic()
        try:
            answer = post(client, url, self.key, batch)
        except httpx.HTTPError:
            self.sometimes.saw("no answer")
            return _LONGEST_WAIT_SECONDS
        self.slowest = max(self.slowest, time.monotonic() - began)
        if answer.status_code == httpx.codes.ACCEPTED:
            self._keep(batch, answer.json())
            return None
        if answer.status_code in {429, 503} and answer.headers.get("retry-after", "").isdigit():
            self.refused += 1
            self.sometimes.saw("refused with Retry-After")
            return float(answer.headers["retry-after"])
        self.bad.append(f"{answer.status_code}: {answer.text[:300]}")
        return _LONGEST_WAIT_SECONDS

    def _keep(self, batch: list[Event], answer: dict) -> None:
        with self._lock:
            self.answered += 1
        held = {p["index"] for p in answer["problems"]}
        good = [event for place, event in enumerate(batch) if place not in held]
        if len(good) != len(answer["receipts"]):
            self.bad.append(f"{len(answer['receipts'])} receipts for {len(good)} events")
        if answer["duplicates"]:
            self.sometimes.saw("duplicate found", answer["duplicates"])
        pairs = zip(good, answer["receipts"], strict=False)
        receipts = {event["id"]: (r["sequence"], r["leaf"]) for event, r in pairs}
        if held:
            self.sometimes.saw("parked", len(held))
        self.log.receive(receipts, {batch[place]["id"] for place in held if place is not None})


def post(client: httpx.Client, url: str, key: str, batch: list[Event]) -> httpx.Response:
    """Send a batch once."""
    headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
    return client.post(f"{url}/v1/events", content=json.dumps(batch), headers=headers)
