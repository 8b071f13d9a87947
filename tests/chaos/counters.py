"""What must have happened at least once for a run to mean anything."""

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Sometimes:
    """Counts of what a run went through; a place that stays 0 makes it a failed run."""

    wanted: tuple[str, ...] = ()
    seen: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def saw(self, name: str, n: int = 1) -> None:
        """Count."""
        with self._lock:
            self.seen[name] += n

    @property
    def never(self) -> list[str]:
        """What was to happen and did not."""
        return [name for name in self.wanted if not self.seen[name]]
