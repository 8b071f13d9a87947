"""The forms that there are, found by their files."""

from functools import cache

from labeltrust.discovery import discover
from labeltrust.domain.errors import InvalidInput
from labeltrust.services import exports
from labeltrust.services.exports._base import ExportForm


@cache
def forms() -> dict[str, ExportForm]:
    """Return every form by its name.

    >>> sorted(forms())
    ['csv', 'hf', 'jsonl', 'label-studio', 'parquet']
    """
    found = discover(exports, "EXPORT", ExportForm)
    return {name.replace("_", "-"): form for name, form in found.items()}


def form_named(name: str) -> ExportForm:
    """Return a form.

    Raises:
        InvalidInput: `unknown_format`.
    """
    found = forms().get(name)
    if found is None:
        detail = f"unknown format {name[:80]!r}; known are {', '.join(sorted(forms()))}"
        raise InvalidInput(detail, place="format", code="unknown_format")
    return found
