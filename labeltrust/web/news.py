"""From two looks at the projects to what is told about the change."""

from collections.abc import Iterator
from dataclasses import dataclass

from labeltrust.services.watch_projects import Pulse


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One piece of news.

    Attributes:
        event: Name of the event that pages listen for: `progress`, `assessment`, `flags`, `gate`
            (which only say that something is to be fetched again), or `notice` (told to people).
        project: What it is about.
        kind: Of a notice: `assessment`, `flags` or `gate`.
        flags: Numbers of the flags that were opened.
        is_open: Of a gate.
        seconds: How long an assessment has been running; None where none runs.
        usual: How long the one before took, or None where none was seen.
        is_for_all: Told on pages about no project, too.
    """

    event: str
    project: str
    kind: str = ""
    flags: tuple[int, ...] = ()
    is_open: bool | None = None
    seconds: float | None = None
    usual: float | None = None
    is_for_all: bool = False


@dataclass(slots=True, kw_only=True)
class Running:
    """An assessment as it was watched: since when it runs, and how long the one before took."""

    since: float | None = None
    usual: float | None = None
    seconds: float | None = None

    def at(self, now: float, *, running: bool) -> bool:
        """Take note of a look; say whether there is anything to tell."""
        if running:
            self.since = now if self.since is None else self.since
            self.seconds = now - self.since
            return True
        was_running = self.since is not None
        if self.since is not None:
            self.usual, self.since, self.seconds = now - self.since, None, None
        return was_running

    def story(self, project: str) -> Story:
        """Tell how far it is; a story without seconds takes the bar away."""
        return Story(event="progress", project=project, seconds=self.seconds, usual=self.usual)


def stories(
    before: Pulse | None, now: Pulse, running: dict[str, Running], seconds: float
) -> Iterator[Story]:
    """Yield what is to be told.

    Args:
        before: The look before; None for the first one, which has nothing to compare with.
        now: This look.
        running: Assessments as watched so far, by project; brought up to date here.
        seconds: The time of this look, on a clock that never goes back.
    """
    for project in now.running | running.keys():
        watched = running.setdefault(project, Running())
        if watched.at(seconds, running=project in now.running):
            yield watched.story(project)
    if before is None:
        return
    yield from _assessed(before, now)
    yield from _opened(now)


def _assessed(before: Pulse, now: Pulse) -> Iterator[Story]:
    for project, pulse in now.projects.items():
        old = before.projects.get(project)
        if pulse.assessed_at is not None and (old is None or old.assessed_at != pulse.assessed_at):
            yield Story(event="assessment", project=project)
            yield Story(event="notice", kind="assessment", project=project)


def _opened(now: Pulse) -> Iterator[Story]:
    by_project: dict[str, list[int]] = {}
    for opened in now.opened:
        by_project.setdefault(opened.project, []).append(opened.flag)
    for project, flags in by_project.items():
        found = tuple(flags)
        yield Story(event="flags", project=project, flags=found, is_for_all=True)
        yield Story(event="notice", kind="flags", project=project, flags=found, is_for_all=True)
