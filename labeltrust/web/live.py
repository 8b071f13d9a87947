"""What happens now, told to open pages: one look at the database for all who listen."""

import asyncio
import contextlib
import secrets
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import structlog
from jinja2 import Environment
from litestar.response import ServerSentEventMessage

from labeltrust.domain.errors import Busy, LabeltrustError
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.watch_projects import Pulse, gate_is_open, look
from labeltrust.web.news import Running, Story, stories

_LOG = structlog.get_logger("labeltrust.live")
LIVE = "live"
"""Where the application keeps the hub, for whoever stops it."""
_LOOK_SECONDS = 2.0
_MOST_LISTENERS = 200
_MOST_OF_ONE = 12
_MOST_WAITING = 64
_MOST_KEPT = 200
# Long enough for a page to come back and hear what it missed.
_LINGER_SECONDS = 30.0
_QUIET_SECONDS = 15.0
_LONGEST_NUMBER = 18
_RETRY_MILLISECONDS = 2_000
# Looking at a gate reads an assessment; while labels stream in, once in a while is enough.
_GATE_SECONDS = 10.0


@dataclass(eq=False, kw_only=True)
class Listener:
    """One open page.

    Attributes:
        principal: Who looks.
        project: The project that the page is about, or None.
        stories: What waits to be sent, each with its number; None ends it.
        is_over: It was let go.
    """

    principal: Principal
    project: str | None
    stories: asyncio.Queue[tuple[str, Story] | None] = field(
        default_factory=lambda: asyncio.Queue(_MOST_WAITING)
    )
    is_over: bool = False

    def hears(self, project: str) -> bool:
        """Say whether news of a project are for this page."""
        return self.principal.sees(project) and self.project in {None, project}

    def tell(self, number: str, story: Story) -> None:
        """Hand a story over; a page that takes nothing any more is let go."""
        if self.is_over or not (self.principal.sees(story.project) and self._wants(story)):
            return
        if self.stories.full():
            self.end()
            return
        self.stories.put_nowait((number, story))

    def end(self) -> None:
        """Let the page go; it comes back by itself, if it is still there."""
        while self.stories.full():
            self.stories.get_nowait()
        self.stories.put_nowait(None)
        self.is_over = True

    def _wants(self, story: Story) -> bool:
        return self.project == story.project or (self.project is None and story.is_for_all)


class Live:
    """The hub: looks while somebody listens, and tells each listener its part."""

    def __init__(self, deployment: Deployment, templates: Environment) -> None:
        """Watch one installation."""
        self._deployment = deployment
        self._templates = templates
        self._listeners: set[Listener] = set()
        self._task: asyncio.Task[None] | None = None
        self._closed = False
        self._pulse: Pulse | None = None
        self._running: dict[str, Running] = {}
        self._gates: dict[str, _Gate] = {}
        # Stories of another process of the server are none of ours.
        self._boot = secrets.token_hex(4)
        self._told: deque[tuple[int, Story]] = deque(maxlen=_MOST_KEPT)
        self._n_told = 0

    def close(self) -> None:
        """End all streams: the server stops."""
        self._closed = True
        for listener in self._listeners:
            listener.end()
        if self._task is not None:
            self._task.cancel()

    def enter(self, principal: Principal, project: str | None, last: str = "") -> Listener:
        """Begin to listen.

        Args:
            principal: Who looks.
            project: The project that the page is about, or None.
            last: The newest story that a page that comes back has heard.

        Raises:
            Busy: Too many pages listen already.
        """
        own = sum(listener.principal.name == principal.name for listener in self._listeners)
        if self._closed or len(self._listeners) >= _MOST_LISTENERS or own >= _MOST_OF_ONE:
            raise Busy("too many pages listen already", retry_after_seconds=30)
        listener = Listener(principal=principal, project=project)
        self._listeners.add(listener)
        for number, story in self._missed(last):
            listener.tell(number, story)
        if self._task is None or self._task.done():
            self._pulse = None
            self._task = asyncio.get_running_loop().create_task(self._watch())
        return listener

    def _missed(self, last: str) -> list[tuple[str, Story]]:
        """Return how far assessments are, and what was told since a story."""
        bars = [(self._name(self._n_told), r.story(p)) for p, r in self._running.items()]
        boot, _, number = last.partition("-")
        if boot != self._boot or not number.isdecimal() or len(number) > _LONGEST_NUMBER:
            return bars
        return [(self._name(n), s) for n, s in self._told if n > int(number)] + bars

    def _name(self, number: int) -> str:
        return f"{self._boot}-{number}"

    async def stream(self, listener: Listener) -> AsyncIterator[ServerSentEventMessage]:
        """Yield what is to be sent to one page until its time is over."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self._deployment.settings.live_seconds
        try:
            yield ServerSentEventMessage(comment="hello", retry=_RETRY_MILLISECONDS)
            while (left := deadline - loop.time()) > 0:
                waiting = listener.stories.get()
                try:
                    found = await asyncio.wait_for(waiting, min(left, _QUIET_SECONDS))
                except TimeoutError:
                    yield ServerSentEventMessage(comment="still here")
                    continue
                if found is None:
                    return
                yield self._message(*found)
        finally:
            self._listeners.discard(listener)

    def _message(self, number: str, story: Story) -> ServerSentEventMessage:
        text = self._templates.get_template("_live.html").render(story=story)
        return ServerSentEventMessage(event=story.event, id=number, data=" ".join(text.split()))

    async def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        heard = loop.time()
        while not self._closed and loop.time() - heard < _LINGER_SECONDS:
            heard = loop.time() if self._listeners else heard
            try:
                await self._look()
            except Exception:  # noqa: BLE001 - logged; the database may be away for a while
                _LOG.exception("live news failed")
            await asyncio.sleep(_LOOK_SECONDS)

    async def _look(self) -> None:
        before = self._pulse
        after_flag = None if before is None else before.last_flag
        now = await asyncio.to_thread(look, self._deployment, after_flag)
        seconds = asyncio.get_running_loop().time()
        for story in stories(before, now, self._running, seconds):
            self.tell(story)
        self._pulse = now
        for project, pulse in now.projects.items():
            if any(listener.hears(project) for listener in self._listeners):
                await self._look_at_gate(project, (pulse.position, pulse.assessed_at), seconds)

    async def _look_at_gate(self, project: str, state: object, seconds: float) -> None:
        known = self._gates.get(project)
        if known is not None and (known.state == state or seconds < known.due):
            return
        with contextlib.suppress(LabeltrustError):
            is_open = await asyncio.to_thread(gate_is_open, self._deployment, project)
            self._gates[project] = _Gate(state=state, due=seconds + _GATE_SECONDS, is_open=is_open)
            if known is not None and known.is_open != is_open:
                for event in ("gate", "notice"):
                    self.tell(Story(event=event, kind="gate", project=project, is_open=is_open))

    def tell(self, story: Story) -> None:
        """Tell every listener whom it is for."""
        self._n_told += 1
        self._told.append((self._n_told, story))
        for listener in tuple(self._listeners):
            listener.tell(self._name(self._n_told), story)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gate:
    """How a gate stood when it was last looked at, and when it may be looked at again."""

    state: object
    due: float
    is_open: bool
