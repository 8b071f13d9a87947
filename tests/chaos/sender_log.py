"""The sender's own log: the truth that the server is held against.

A line is written and synced before an event is sent for the first time, and after every receipt.
"""

import json
import os
import threading
from dataclasses import dataclass, field
from pathlib import Path

Receipt = tuple[int, str]


@dataclass(slots=True)
class SenderLog:
    """Intents and receipts by event id, each on disk before it is believed."""

    path: Path
    intents: dict[str, str] = field(default_factory=dict)
    receipts: dict[str, Receipt] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)
    changed: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def intend(self, events: dict[str, str]) -> None:
        """Keep id and digest of events that will be sent now."""
        with self._lock:
            new = {name: digest for name, digest in events.items() if name not in self.intents}
            self._write({"intent": new})
            self.intents.update(new)

    def receive(self, receipts: dict[str, Receipt], parked: set[str]) -> None:
        """Keep what the server promised; a receipt that differs from the first is a finding."""
        with self._lock:
            self._write({"receipt": receipts, "parked": sorted(parked)})
            for name, receipt in receipts.items():
                if self.receipts.setdefault(name, receipt) != receipt:
                    self.changed.append(name)
            self.parked |= parked

    def _write(self, line: dict) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
            file.flush()
            os.fsync(file.fileno())

    @property
    def unanswered(self) -> list[str]:
        """Ids that were sent and of which nobody knows whether they arrived."""
        with self._lock:
            return [n for n in self.intents if n not in self.receipts and n not in self.parked]


def read_log(path: Path) -> SenderLog:
    """Read a log back, as another process would after a crash of the sender."""
    log = SenderLog(path)
    for text in path.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        log.intents.update(line.get("intent", {}))
        log.receipts.update({n: (s, leaf) for n, (s, leaf) in line.get("receipt", {}).items()})
        log.parked.update(line.get("parked", []))
    return log
