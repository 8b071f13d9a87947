"""Which annotations of a page say what the record says: compared by columns, a page at once."""

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from labeltrust.connectors._base import Pulled
from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event
from labeltrust.domain.labels import canonical_label
from labeltrust.services._gaps import time_us
from labeltrust.store.annotation_columns import NO_LABEL, Mask
from labeltrust.store.registry import KnownProject
from labeltrust.store.slices import Int
from labeltrust.store.standing_annotations import StandingAnnotations

UNKNOWN: Final = -2
"""Stands for a name that the record does not know, and never for one that it does."""
Found = tuple[dict[str, int], dict[str, int]]
"""Row ids of items and of labelers by their outside names."""


def differing(
    told: Sequence[Pulled],
    names: Found,
    ours: StandingAnnotations,
    project: KnownProject,
    erased: tuple[Int, Int],
) -> list[Pulled]:
    """Return the annotations of which not all is plainly as on record; look closely at them.

    Args:
        told: A page of the platform.
        names: Row ids of the names on it.
        ours: What is on record.
        project: Whose questions they answer.
        erased: Row ids of items and labelers whose names were erased.
    """
    owners = [place for place, one in enumerate(told) for event in one.events if _is_word(event)]
    events = [event for one in told for event in one.events if _is_word(event)]
    other = np.array([one.problem is not None for one in told], dtype=np.bool_)
    if events:
        ids = ours.marker.of([told[place].annotation_id for place in owners])
        asked = np.array([_question(event, project) for event in events], dtype=np.int64)
        rows = ours.find(ids, asked)
        some_vote = np.array([_says_some(one) for one in told], dtype=np.bool_)[owners]
        alike = _alike(events, names, ours, rows, erased, project) if len(ours.current) else False
        is_vote = np.array([event.type == "label.submitted" for event in events])
        silent = (rows < 0) & ~is_vote & some_vote
        plain = (asked >= 0) & (silent | ((rows >= 0) & alike))
        other[np.array(owners)[~plain]] = True
    return [one for one, differs in zip(told, other.tolist(), strict=True) if differs]


def _is_word(event: Event) -> bool:
    return event.type != "gold.declared"


def _says_some(one: Pulled) -> bool:
    return one.only_ends or any(event.type == "label.submitted" for event in one.events)


def _question(event: Event, project: KnownProject) -> int:
    question = project.questions.get(event.question)
    return UNKNOWN if question is None or question.id is None else question.id


def _alike(
    events: Sequence[Event],
    names: Found,
    ours: StandingAnnotations,
    rows: Int,
    erased: tuple[Int, Int],
    project: KnownProject,
) -> Mask:
    """Mark the events that say what stands in some rows of the record."""
    said = ours.current.at(rows)
    item = _codes((event.item for event in events), names[0])
    labeler = _codes((event.labeler or "" for event in events), names[1])
    label = ours.marker.of([_label(event, project) for event in events])
    at = np.array([time_us(event) for event in events], dtype=np.int64)
    same = (said.item == item) & (said.labeler == labeler) & (said.label == label)
    neither = (said.label == NO_LABEL) & (label == NO_LABEL)
    older = ours.several(item, labeler) & (said.order < at)
    gone = np.isin(said.item, erased[0]) | np.isin(said.labeler, erased[1])
    return np.asarray((same | neither) & ~older & ~gone, dtype=np.bool_)


def _codes(names: Iterable[str], known: dict[str, int]) -> Int:
    return np.array([known.get(name, UNKNOWN) for name in names], dtype=np.int64)


def _label(event: Event, project: KnownProject) -> str:
    """Return the canonical label of an answer; what cannot be read is like no label on record."""
    question = project.questions.get(event.question)
    if event.type != "label.submitted" or question is None:
        return ""
    try:
        return canonical_label(event.label, question.scale, question.classes)
    except InvalidEvent:
        return "\x00"
