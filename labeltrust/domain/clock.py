"""The clock as a parameter; who reads the real one is `app.py` and `cli.py`."""

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def microseconds(moment: datetime) -> int:
    """Return whole microseconds since 1970 of an aware moment.

    >>> microseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    delta = moment - _EPOCH
    return (delta.days * 86_400 + delta.seconds) * 1_000_000 + delta.microseconds


def moment(microseconds_since_1970: int) -> datetime:
    """Return the aware moment of whole microseconds since 1970.

    >>> moment(1000000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    seconds, micros = divmod(microseconds_since_1970, 1_000_000)
    return datetime.fromtimestamp(seconds, tz=UTC).replace(microsecond=micros)
