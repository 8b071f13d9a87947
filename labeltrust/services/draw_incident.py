"""Pictures of an incident for its postmortem: drawn here, so that they need no script there.

Names are in them as pixels: a picture holds no text that a browser could read as anything.
"""

import base64
import io
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING

from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.domain.visible import visible
from labeltrust.services._heavy import heavily
from labeltrust.services._incident_spans import SuspectSpan
from labeltrust.services.deployment import Deployment
from labeltrust.services.draw_signal import CaseDrawing, draw_signal
from labeltrust.services.list_flags import list_flags
from labeltrust.services.show_incident import IncidentCase, show_incident

if TYPE_CHECKING:
    import pandas as pd

    from labeltrust.charts._look import Drawing

MOST_SIGNALS = 4
"""Cases of which the first signal is drawn."""
_NAME = 40
_MOST = MappingProxyType({"title": 120, "unit": 120})
"""Columns that a chart's own heading is made of."""
_SCALE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A drawn chart; `how` it is read stands in the picture, `words` are those below it."""

    title: str
    how: str
    words: str
    png: bytes

    @property
    def address(self) -> str:
        """The picture as an address that holds all of it."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode("ascii")


def draw_incident(deployment: Deployment, principal: Principal, number: int) -> tuple[Picture, ...]:
    """Return the suspects in time, and what the first signal of each case saw.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such incident in scope.
        Busy: Too much heavy work waits already.
    """
    show_incident(deployment, principal, number)  # refused before anything heavy begins
    return heavily(deployment, _pictures, principal, number)


def _pictures(deployment: Deployment, principal: Principal, number: int) -> tuple[Picture, ...]:
    case = show_incident(deployment, principal, number)
    return tuple(_drawn(deployment, principal, case))


def _drawn(deployment: Deployment, principal: Principal, case: IncidentCase) -> Iterator[Picture]:
    from labeltrust.charts import draw_spans  # noqa: PLC0415 - slow imports

    frame = spans_frame(case, case.incident.closed_at or deployment.clock())
    if len(frame):
        yield _picture(draw_spans(frame), "The table above says the same.")
    wanted = [number for one in case.suspects for number in one.flags][:MOST_SIGNALS]
    flags = list_flags(deployment, principal, case.incident.project)
    for flag in (flag for flag in flags if flag.id in wanted and flag.signals):
        with suppress(NotFound):  # nothing is kept, and nothing was assessed since
            seen = draw_signal(deployment, principal, flag.id, flag.signals[0])
            when = "when it accused" if seen.kept else "by the newest assessment"
            yield _picture(_signal(seen), f"Flag {flag.id}, as the signal saw it {when}.")


def spans_frame(case: IncidentCase, now: datetime) -> "pd.DataFrame":
    """Return the parts of each suspect's bar: suspect, part, start, end."""
    import pandas as pd  # noqa: PLC0415 - slow imports

    rows = [row for one in case.suspects for row in _parts(one, now)]
    return pd.DataFrame(rows, columns=["suspect", "part", "start", "end"])


def _parts(one: SuspectSpan, now: datetime) -> Iterator[tuple[str, str, datetime, datetime]]:
    from labeltrust.charts._incident import FLAGGED, HELD, UNSEEN  # noqa: PLC0415 - slow imports

    end = one.lifted_at or now
    marks = [(UNSEEN, one.onset_at), (FLAGGED, one.flagged_at), (HELD, one.held_at)]
    known = [(part, at) for part, at in marks if at is not None]
    for (part, start), (_, until) in pairwise([*known, ("", end)]):
        if start < until:
            yield _short(one.name), part, start, until


def _signal(seen: CaseDrawing) -> "Drawing":
    from labeltrust import charts  # noqa: PLC0415 - slow imports

    names = {key: _short(name) for key, name in seen.names.items()}
    if seen.suspect in names:
        names[seen.suspect] = charts.MARK + names[seen.suspect]
    texts = {
        column: seen.frame[column].map(_cells(names, _MOST.get(column, _NAME))).astype(object)
        for column in map(str, seen.frame)
        if str(seen.frame[column].dtype) in {"object", "str"}
    }
    draw = charts.chart_of(seen.signal).draw if seen.kept else charts.draw_effects
    drawn: Drawing = draw(seen.frame.assign(**texts))
    return drawn


def _cells(names: dict[str, str], most: int) -> Callable[[object], object]:
    def shown(cell: object) -> object:
        return names.get(cell) or _short(cell, most) if isinstance(cell, str) else cell

    return shown


def _short(name: str, most: int = _NAME) -> str:
    shown = visible(name)
    return shown if len(shown) <= most else f"{shown[: most - 1]}…"


def _picture(drawing: "Drawing", words: str) -> Picture:
    title = drawing.to_dict(validate=False)["title"]
    kept = io.BytesIO()
    drawing.save(kept, format="png", scale_factor=_SCALE)
    how = " ".join(title["subtitle"])
    return Picture(title=title["text"], how=how, words=words, png=kept.getvalue())
