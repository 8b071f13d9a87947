"""Service level indicators: one private module a measure counts it, found by its name."""

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from labeltrust.domain.errors import Misconfigured
from labeltrust.domain.measures import MEASURES
from labeltrust.services.slis._base import Indicator

__all__ = ["indicators"]


@cache
def indicators() -> Mapping[str, Indicator]:
    """Return what counts each measure, by the measure's id.

    Every module `_m1.py`, `_s4.py`, … of this folder exports `INDICATOR` for the measure it is
    named after; a measure without a module is one that is not counted here.

    Raises:
        Misconfigured: A module exports none, or one of another measure.

    >>> indicators()["M5"].measure
    'M5'
    """
    found = {}
    for info in pkgutil.iter_modules(__path__):
        name = info.name.removeprefix("_").upper()
        if name in MEASURES:
            module = importlib.import_module(f"{__name__}.{info.name}")
            one = getattr(module, "INDICATOR", None)
            if not isinstance(one, Indicator) or one.measure != name:
                detail = f"{module.__name__} exports no INDICATOR of {name}"
                raise Misconfigured(detail)
            found[name] = one
    return MappingProxyType(found)
