"""Find the plug-in modules of a folder: every public module exports one constant.

Modules with a leading underscore and sub-packages are no plug-ins.
"""

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

from labeltrust.domain.errors import Misconfigured

T = TypeVar("T")


def discover(package: ModuleType, constant: str, kind: type[T]) -> dict[str, T]:
    """Return the constant of every public module of a package, by the module's name.

    Args:
        package: The folder, such as `labeltrust.signals`.
        constant: The name each public module must export, such as `SIGNAL`.
        kind: The type the constant must have.

    Raises:
        Misconfigured: A public module has no such constant; start-up stops there.

    >>> from labeltrust import signals
    >>> from labeltrust.signals._base import Signal
    >>> all(name == name.lower() for name in discover(signals, "SIGNAL", Signal))
    True
    """
    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        if not info.name.startswith("_") and not info.ispkg:
            module = importlib.import_module(f"{package.__name__}.{info.name}")
            found[info.name] = _constant(module, constant, kind)
    return found


def _constant(module: ModuleType, constant: str, kind: type[T]) -> T:
    value = getattr(module, constant, None)
    if not isinstance(value, kind):
        detail = f"{module.__name__} exports no {constant} of type {kind.__name__}"
        raise Misconfigured(detail)
    return value
