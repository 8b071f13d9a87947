"""Names and addresses of strangers in the log: one line an event, whatever is in them."""

import contextlib
import io
import json
import re

import pytest
import structlog

from labeltrust.cli._logs import configure_logs

HOSTILE = (
    "ann\r\n2026-01-01 [info] paid", "ann\nbob", "\x1b[2J\x1b[5;31mred", '", "level": "error',
    "a\\nb", "a\u2028b\u0085c\x0b", "\u202egnp.exe", "\x00\x07\x7f\x9b31m", "{{7*7}}", "%s%n",
    "a\tb", "\ud800",
)  # fmt: skip
CONTROLS = {chr(n) for n in (*range(10), *range(11, 32), *range(127, 160), 0x2028, 0x202E)}
both = pytest.mark.parametrize("terminal", [True, False], ids=["terminal", "collector"])


class Stream(io.StringIO):
    """Stands for stderr: a terminal or a pipe."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@contextlib.contextmanager
def logged(*, terminal: bool):
    stream = Stream(terminal=terminal)
    kept = structlog.get_config()
    with contextlib.redirect_stderr(stream):
        configure_logs()
        try:
            yield stream
        finally:
            structlog.configure(**kept)


def plain(text: str) -> str:
    """Return a log without the colours that are our own."""
    return re.sub(r"\x1b\[(\d|3\d)m", "", text)


@both
def test_a_hostile_name_is_one_line_without_control_characters(terminal):
    with logged(terminal=terminal) as log:
        for name in HOSTILE:
            structlog.get_logger("x").info("request", principal=name, chains=[name])

    text = plain(log.getvalue())
    assert len(text.splitlines()) == len(HOSTILE)
    assert CONTROLS & set(text) == set()


@both
def test_a_hostile_error_cannot_look_like_an_event(terminal):
    with logged(terminal=terminal) as log:
        for name in HOSTILE:
            error = ValueError(name)
            structlog.get_logger("x").error("job failed", key=name, exc_info=error)

    text = plain(log.getvalue())
    events = [line for line in text.split("\n") if line and not line.startswith("| ")]
    assert len(events) == len(HOSTILE)
    assert CONTROLS & set(text) == set()


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
async def test_a_request_is_one_line_that_holds_nothing_of_the_address(caller):
    client = caller("auditor")
    with logged(terminal=False) as log:
        for name in HOSTILE:
            sent = name.encode(errors="replace")
            path = "/v1/projects/" + "".join(f"%{byte:02x}" for byte in sent)
            await client.get(path, headers={"User-Agent": repr(sent), "X-Request-Id": repr(sent)})

    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    known = {"event", "level", "timestamp", "request_id", "method", "route", "status", "seconds",
             "principal"}  # fmt: skip
    assert len(lines) == len(HOSTILE)
    assert all(set(line) == known for line in lines)
    assert {line["route"] for line in lines} <= {"/v1/projects/{project}", "none"}
