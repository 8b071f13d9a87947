"""Fields that no route knows are refused wherever a body is read: none can be slipped in."""

import dataclasses
from typing import get_args, get_origin, get_type_hints

import msgspec
import pytest
from litestar.routes import HTTPRoute
from web.route_table import an_application

from labeltrust.web.api.snapshots import SnapshotBody


@pytest.fixture(scope="module")
def bodies():
    """The type of the body of each route for programs that reads one by itself."""
    found = {}
    for route in an_application().routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            data = handler.parsed_fn_signature.parameters.get("data")
            if data is not None:
                found[f"{max(handler.http_methods)} {route.path_format}"] = data.annotation
    return found


def loose(kind, seen=()):
    """Types within a type that take fields which they do not know."""
    if kind in seen:
        return
    inner = list(get_args(kind)) if get_origin(kind) is not None or get_args(kind) else []
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        if not kind.__struct_config__.forbid_unknown_fields:
            yield kind
        inner = list(get_type_hints(kind).values())
    elif dataclasses.is_dataclass(kind):
        yield kind
    for one in inner:
        yield from loose(one, (*seen, kind))


def test_no_body_takes_a_field_that_it_does_not_know(bodies):
    assert len(bodies) > 30
    assert {name: list(loose(kind)) for name, kind in bodies.items() if list(loose(kind))} == {}


def test_the_rule_sees_a_loose_body_within_a_strict_one():
    class Loose(msgspec.Struct):
        a: int

    class Strict(msgspec.Struct, forbid_unknown_fields=True):
        inner: list[Loose] | None

    Strict.__annotations__["inner"] = list[Loose] | None
    assert list(loose(Strict)) == [Loose]


def test_a_window_of_a_snapshot_is_read_and_nothing_beside_it():
    told = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-02T00:00:00Z"}

    body = msgspec.convert({"without_windows": [told], "reason": "x"}, SnapshotBody)

    assert (body.without.windows[0].end - body.without.windows[0].start).days == 1
    with pytest.raises(msgspec.ValidationError, match="surprise"):
        msgspec.convert({"without_windows": [told | {"surprise": 1}]}, SnapshotBody)
