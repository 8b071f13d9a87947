"""Deliveries for tests of adapters."""

import json
from datetime import UTC, datetime

from labeltrust.domain.events import Parsed
from labeltrust.ingest._base import Delivery, Platform

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def delivered(body: object, headers: dict[str, str] | None = None, **config: object) -> Delivery:
    """Return a delivery of a body, which is JSON unless it is bytes; to project `fraud`."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = config or {"project": "fraud"}
    return Delivery(source="s", body=raw, headers=headers or {}, received_at=NOW, config=told)


def read(
    platform: Platform, body: object, headers: dict[str, str] | None = None, **config: object
) -> Parsed:
    """Return what an adapter reads out of a delivery."""
    return platform.parse(delivered(body, headers, **config))


def refused(found: Parsed) -> str:
    """Return code and detail of the only problem of a delivery of which nothing was read."""
    (problem,) = found.problems
    assert (found.events, found.pulls) == ((), ())
    assert problem.detail.isprintable()
    return f"{problem.code}: {problem.detail}"


def changed(body: object, path: str, value: object) -> object:
    """Return a body with another value at a path of keys and numbers, such as `a/0/b`."""
    step, _, rest = path.partition("/")
    copy = body.copy()
    key = int(step) if isinstance(body, list) else step
    copy[key] = changed(body[key], rest, value) if rest else value
    return copy
