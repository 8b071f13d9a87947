"""Fields of thresholds: what is in force, and what was typed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from labeltrust.domain.errors import InvalidInput
from labeltrust.policy.thresholds import THRESHOLDS, Threshold
from labeltrust.web.pages._view import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One threshold as it is shown: in force, and as it was typed."""

    name: str
    about: Threshold
    value: str
    typed: str
    is_own: bool


def typed_thresholds(standing: Mapping[str, float | None], form: Form) -> dict[str, float | None]:
    """Return the thresholds that were typed and differ from those in force.

    Raises:
        InvalidInput: One is no number.
    """
    typed = {name: _number(name, form[name]) for name in THRESHOLDS if name in form}
    return {name: value for name, value in typed.items() if value != standing[name]}


def _number(name: str, text: str) -> float | None:
    if not text.strip():
        return None
    try:
        return float(text.replace(",", "."))
    except ValueError:
        detail = f"{text[:40]!r} is no number"
        raise InvalidInput(detail, place=THRESHOLDS[name].title) from None


def threshold_lines(
    standing: Mapping[str, float | None], own: Collection[str], form: Form
) -> list[Line]:
    """Return one line a threshold.

    Args:
        standing: Those in force.
        own: Names of those that the project sets for itself.
        form: What was typed, if anything was.
    """
    lines = []
    for name, about in THRESHOLDS.items():
        value = "" if standing[name] is None else f"{standing[name]:g}"
        typed = form.get(name, value)
        is_own = (about.floor or name) in own
        lines.append(Line(name=name, about=about, value=value, typed=typed, is_own=is_own))
    return lines
