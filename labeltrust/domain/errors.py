"""Every error raised on purpose.

    LabeltrustError
    ├── InvalidInput            what was given cannot be used; names place and reason
    │   ├── UnreadableDelivery  a body that cannot be read at all: quarantined whole
    │   └── InvalidEvent        one event of a readable body
    ├── NotProven               no proof of origin, or no valid key
    ├── NotAllowed              proven, but not for this
    ├── NotFound                nothing of that name
    ├── Conflict                contradicts what is on record
    │   └── AskedAlready        a request for the same act waits; carries its number
    ├── TooLarge                over a stated cap
    ├── Busy                    try again later; carries the seconds
    │   └── TooOften            somebody tried too often; others are not kept from it
    ├── GateClosed              training may not proceed; carries the reasons
    ├── NoAnswer                a platform did not answer as it should; nothing was concluded
    ├── Tampered                the record does not verify; names the first bad place
    └── Misconfigured           settings or installation; says what to mend

Messages are lower case and hold the offending value. Status codes live in `web/errors.py`,
exit codes in `cli.py`.
"""


class LabeltrustError(Exception):
    """The root of all errors raised on purpose."""

    code = "error"


class InvalidInput(LabeltrustError):
    """What was given cannot be used.

    Args:
        detail: The reason, with the offending value.
        place: Where: file, row and field, or a JSON pointer.
        code: A stable word for programs, such as `label_outside_scale`.
    """

    code = "invalid_input"

    def __init__(self, detail: str, *, place: str = "", code: str | None = None) -> None:
        """Keep place and reason apart, so that borders can show both."""
        if not place.isprintable():
            place = repr(place)[1:-1]  # keys of a hostile file are places, too
        super().__init__(f"{place}: {detail}" if place else detail)
        self.detail = detail
        self.place = place
        if code is not None:
            self.code = code


class UnreadableDelivery(InvalidInput):
    """A body that cannot be read at all."""

    code = "unreadable"


class InvalidEvent(InvalidInput):
    """One event of a readable body that cannot be used."""

    code = "invalid_event"


class NotProven(LabeltrustError):
    """No proof of origin or no valid key."""

    code = "not_proven"


class NotAllowed(LabeltrustError):
    """Proven identity without the right to do this."""

    code = "not_allowed"


class NotFound(LabeltrustError):
    """Nothing of that name."""

    code = "not_found"


class Conflict(LabeltrustError):
    """Contradicts what is on record."""

    code = "conflict"


class AskedAlready(Conflict):
    """A request for the very same act of two persons waits already."""

    def __init__(self, approval: int) -> None:
        """Keep its number."""
        super().__init__(f"approval {approval} asks for this already")
        self.approval = approval


class TooLarge(LabeltrustError):
    """Over a stated cap."""

    code = "too_large"


class Busy(LabeltrustError):
    """Cannot be done now; `retry_after_seconds` says when to try again."""

    code = "busy"

    def __init__(self, detail: str, *, retry_after_seconds: int = 1) -> None:
        """Keep the time to wait."""
        super().__init__(detail)
        self.retry_after_seconds = retry_after_seconds


class TooOften(Busy):
    """Tried too often by one caller."""

    code = "too_often"


class GateClosed(LabeltrustError):
    """Training may not proceed; `reasons` are the gate's own."""

    code = "gate_closed"

    def __init__(self, project: str, reasons: tuple[object, ...]) -> None:
        """Keep the reasons for programs, and name their number for people."""
        super().__init__(f"gate of project {project!r} is closed: {len(reasons)} reason(s)")
        self.project = project
        self.reasons = reasons


class NoAnswer(LabeltrustError):
    """A platform that was asked did not answer as it should; nothing was concluded from it."""

    code = "no_answer"


class Tampered(LabeltrustError):
    """The record does not verify."""

    code = "tampered"


class Misconfigured(LabeltrustError):
    """Settings or installation; the message says what to mend."""

    code = "misconfigured"
