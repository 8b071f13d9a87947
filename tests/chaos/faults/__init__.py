"""The faults that there are, one a file."""

import importlib
import pkgutil

from chaos.plan import Fault


def _found() -> dict[str, Fault]:
    modules = [
        importlib.import_module(f"{__name__}.{one.name}") for one in pkgutil.iter_modules(__path__)
    ]
    return {module.FAULT.id: module.FAULT for module in modules}


FAULTS = _found()
