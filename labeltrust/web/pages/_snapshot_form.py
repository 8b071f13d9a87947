"""The form that orders a snapshot, as the service takes it."""

from typing import TypedDict

from labeltrust.domain.errors import InvalidInput, LabeltrustError, NotFound
from labeltrust.domain.naming import checked_note
from labeltrust.domain.training_sets import Window, Without
from labeltrust.web.pages._forms import moment_of, whole_number
from labeltrust.web.pages._view import Form


class Ordered(TypedDict):
    """What the form orders."""

    hold_back_hours: float
    without: Without
    parent: int | None


def ordered(form: Form) -> Ordered:
    r"""Return what a form orders; names stand one a line.

    Raises:
        InvalidInput: A field holds what it cannot.

    >>> ordered({"without_labelers": "mallory\n trudy \n", "reason": "ring"})["without"].labelers
    ('mallory', 'trudy')
    """
    reason = form.get("reason", "")
    parent = form.get("parent", "").strip().removeprefix("#")
    imports = form.get("without_imports", "").replace(",", " ").split()
    return Ordered(
        hold_back_hours=_hours(form.get("hold_back_hours", "")),
        without=Without(
            labelers=_lines(form.get("without_labelers", "")),
            sources=_lines(form.get("without_sources", "")),
            imports=tuple(whole_number(one, "without_imports") for one in imports),
            windows=_windows(form),
            reason=checked_note(reason, "reason") if reason.strip() else "",
        ),
        parent=whole_number(parent, "parent") if parent else None,
    )


def named_wrongly(error: LabeltrustError) -> LabeltrustError:
    """Return what to tell beside a form where a field names somebody who is not there.

    A project or snapshot that is not there is found missing by the page itself.
    """
    return InvalidInput(str(error)) if isinstance(error, NotFound) else error


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _windows(form: Form) -> tuple[Window, ...]:
    start, end = (moment_of(form.get(name, "")) for name in ("window_start", "window_end"))
    if start is None and end is None:
        return ()
    if start is None or end is None:
        raise InvalidInput("a window has a start and an end", place="window_end")
    return (Window(start=start, end=end),)


def _hours(text: str) -> float:
    try:
        return float(text) if text.strip() else 0.0
    except ValueError:
        detail = f"{text[:40]!r} is no number of hours"
        raise InvalidInput(detail, place="hold_back_hours") from None
