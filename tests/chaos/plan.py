"""What a fault is to the program, and the size of a run."""

from collections.abc import Callable
from dataclasses import dataclass, field

from chaos.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of a fault is done: `full` as the plan of the product asks, `small` for CI."""

    events: int
    rounds: int
    hold_seconds: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One fault to be done on one database."""

    database: str
    seed: int
    size: Size


@dataclass(slots=True)
class Done:
    """What became of it."""

    findings: list[str] = field(default_factory=list)
    figures: dict[str, object] = field(default_factory=dict)
    seen: dict[str, int] = field(default_factory=dict)
    skipped: str = ""

    def note(self, site: Site, *wanted: str) -> None:
        """Keep what a site saw; what was wanted and never came is a finding."""
        site.sometimes.wanted = wanted
        self.seen |= site.sometimes.seen
        self.findings += [f"never happened: {name}" for name in site.sometimes.never]

    @property
    def is_good(self) -> bool:
        """Whether every promise held."""
        return not self.findings


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way in which the world fails; a module of `faults/` exports it as FAULT."""

    id: str
    title: str
    run: Callable[[Order], Done]
    small: Size
    full: Size
    databases: tuple[str, ...] = ("sqlite", "postgresql")
