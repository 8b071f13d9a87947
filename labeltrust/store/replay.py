"""The history of a question, read once and looked at as of many moments."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Engine

from labeltrust.store.judgments import Asked, LoadedJudgments, asked_of, loaded_by, only
from labeltrust.store.names import item_representatives, labeler_representatives
from labeltrust.store.slices import SUBMITTED, EventColumns, Int, read_events


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The history of a question, read once, to be looked at as of many moments."""

    _engine: Engine
    _asked: Asked
    _events: EventColumns
    _is_claimed: bool

    @property
    def times_us(self) -> Int:
        """(n,) when its labels came, by the clock of the replay."""
        times: Int = self._clock[self._events.kind == SUBMITTED]
        return times

    @property
    def _clock(self) -> Int:
        return self._events.occurred_us if self._is_claimed else self._events.received_us

    @property
    def items(self) -> Int:
        """Ids of the items that it is about, merges resolved."""
        return item_representatives(self._engine, np.unique(self._events.item))

    def clock_of(self, loaded: LoadedJudgments) -> Int:
        """Return the time of each judgment by the clock of the replay."""
        return loaded.occurred_us if self._is_claimed else loaded.received_us

    def at(self, moment_us: int) -> LoadedJudgments:
        """Return the judgments that stood at a moment."""
        events = only(self._events, self._clock <= moment_us)
        return loaded_by(self._engine, self._asked, events, self._asked.position)


def replay(
    engine: Engine,
    project: str,
    question: str,
    *,
    without: Collection[int] = (),
    is_claimed: bool = False,
) -> Replay:
    """Read the history of a question for a replay.

    Args:
        engine: The database.
        project: Name of the project.
        question: Name of the question.
        without: Ids of labelers whose labels are taken as if they had never come.
        is_claimed: Go by the time that sources claim, not by the time of arrival.

    Raises:
        NotFound: No such project or question.
    """
    asked = asked_of(engine, project, question)
    events = read_events(engine, asked.chain_id, asked.question_id, asked.position)
    if without:
        labeler = labeler_representatives(engine, events.labeler)
        events = only(events, ~np.isin(labeler, list(without)))
    return Replay(_engine=engine, _asked=asked, _events=events, _is_claimed=is_claimed)
