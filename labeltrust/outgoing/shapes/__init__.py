"""How to speak to a receiver: one file a shape, found by its name."""

from functools import cache

from labeltrust.discovery import discover
from labeltrust.domain.errors import InvalidInput
from labeltrust.outgoing.shapes._base import Shape


@cache
def shapes() -> dict[str, Shape]:
    """Return every shape by its name.

    >>> "webhook" in shapes() and "pagerduty" in shapes()
    True
    """
    from labeltrust.outgoing import shapes as here  # noqa: PLC0415 - this package itself

    return discover(here, "SHAPE", Shape)


def shape_of(name: str) -> Shape:
    """Return a shape.

    Raises:
        InvalidInput: `unknown_shape`.
    """
    found = shapes().get(name)
    if found is None:
        detail = f"shape is {name[:80]!r}, must be one of {', '.join(sorted(shapes()))}"
        raise InvalidInput(detail, place="shape", code="unknown_shape")
    return found
