"""The current judgments of a question as arrays, from its history up to a recorded position."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Engine

from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import NotFound
from labeltrust.store.current import group_codes, in_order, last_of_group
from labeltrust.store.event_texts import EventTexts
from labeltrust.store.features import Column, item_features
from labeltrust.store.kept_events import KeptEvents
from labeltrust.store.names import (
    Labeler,
    Merges,
    item_representatives,
    labeler_representatives,
    labelers,
    resolved,
)
from labeltrust.store.scales import Words, ordered_words
from labeltrust.store.slices import (
    GOLD_DECLARED,
    GOLD_WITHDRAWN,
    NONE,
    SLICE_ROWS,
    TEXTS,
    EventColumns,
    Float,
    Int,
    read_events,
)
from labeltrust.store.standing import standing_rows
from labeltrust.store.statements import Statements
from labeltrust.store.suggestions import as_labels


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedJudgments:
    """The current judgments of one question, and what they were read from.

    Rows are in the order of the chain. `counts._base.block(loaded.item, loaded.labeler,
    loaded.label, n_labelers=len(loaded.labelers), values=loaded.values, level=loaded.level,
    gold=(loaded.gold_item, loaded.gold_label), …)` makes the block that counters read.

    Attributes:
        through: Last sequence of the chain that was looked at.
        item: (n,) item ids, merges resolved.
        labeler: (n,) codes into `labelers`.
        label: (n,) codes into `words`.
        occurred_us: (n,) claimed time, else received time; microseconds since 1970.
        received_us: (n,) received time.
        order_us: (n,) the time by which revisions are ordered.
        doubted: (n,) the claimed time lies outside the accepted window.
        duration_seconds: (n,) NaN where unknown.
        suggestion: (n,) codes into `words` of what a model suggested, -1 where nothing is known.
        source: (n,) source ids.
        delivery: (n,) delivery ids; those of one imported file share the first piece's id.
        sequence: (n,) place in the chain of the event that stands.
        words: Canonical labels by code; for closed scales those declared, used or not.
        values: (n_words,) numeric places, see `store.scales`.
        level: Level of measurement.
        scale: The question's scale.
        labelers: Who gave a current judgment, by code, ascending by id.
        gold_item: (g,) ids of items with a current gold label; `gold_label`: its code;
            `gold_received_us`: when it was received.
        features: Features of the items as last told: by name, item ids and their values.
        n_events: Label events of the question up to `through`, withdrawn and revised ones too.
        outside_scale: Judgments left out because the scale was changed after they came.
    """

    through: int
    item: Int
    labeler: Int
    label: Int
    occurred_us: Int
    received_us: Int
    order_us: Int
    doubted: Int
    duration_seconds: Float
    suggestion: Int
    source: Int
    delivery: Int
    sequence: Int
    words: tuple[str, ...]
    values: Float
    level: str
    scale: str
    labelers: tuple[Labeler, ...]
    gold_item: Int
    gold_label: Int
    gold_received_us: Int
    features: Mapping[str, Column]
    n_events: int
    outside_scale: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The question to be read, and how far its chain reaches."""

    chain_id: int
    question_id: int
    scale: str
    classes: str | None
    keep_all: bool
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetching:
    """How the history is read.

    Attributes:
        slice_rows: Size of the first slice.
        home: Data folder, where columns read before are kept (`KeptEvents`); None reads all anew.
    """

    slice_rows: int = SLICE_ROWS
    home: Path | None = None


_PLAINLY = Fetching()


def read_judgments(
    engine: Engine,
    project: str,
    question: str = "label",
    *,
    through: int | None = None,
    as_of: datetime | None = None,
    fetching: Fetching = _PLAINLY,
) -> LoadedJudgments:
    """Read the current judgments and gold of a question.

    Args:
        engine: The database; long reads go in slices, so that writers pass in between.
        project: Name of the project.
        question: Name of the question.
        through: Last sequence to look at; None for all that is on record now.
        as_of: Look only at what was received by this moment.
        fetching: How.

    Raises:
        NotFound: No such project or question.
    """
    asked = asked_of(engine, project, question)
    position = asked.position if through is None else min(through, asked.position)
    of = asked.chain_id, asked.question_id
    if fetching.home is None:
        events = read_events(engine, *of, position, fetching.slice_rows)
    else:
        events = KeptEvents(fetching.home, engine, *of).read(position, fetching.slice_rows)
    if as_of is not None:
        events = only(events, events.received_us <= microseconds(as_of))
    return loaded_by(engine, asked, events, position)


def asked_of(engine: Engine, project: str, question: str) -> Asked:
    """Return where a question lies and how far its chain reaches.

    Raises:
        NotFound: No such project or question.
    """
    sql = (
        "SELECT c.id, q.id, q.scale, q.classes, q.repeats, c.next_sequence - 1 FROM project p "
        "JOIN chain c ON c.id = p.chain_id JOIN question q ON q.project_id = p.id "
        "WHERE p.name = ? AND q.name = ?"
    )
    with engine.connect() as connection:
        rows = Statements(connection).rows(sql, (project, question))
    if not rows:
        detail = f"no question {question[:200]!r} in a project {project[:200]!r}"
        raise NotFound(detail)
    chain_id, question_id, scale, classes, repeats, position = rows[0]
    return Asked(
        chain_id=chain_id, question_id=question_id, scale=scale, classes=classes,
        keep_all=repeats == "all", position=position,
    )  # fmt: skip


def only(events: EventColumns, kept: NDArray[np.bool_]) -> EventColumns:
    """Return some of the events."""
    names = [n for n in EventColumns.__dataclass_fields__ if n not in TEXTS]
    columns = {n: getattr(events, n)[kept] for n in names}
    return EventColumns(**columns, words=events.words, suggestions=events.suggestions)


def loaded_by(
    engine: Engine,
    asked: Asked,
    events: EventColumns,
    position: int,
    *,
    merges: Merges | None = None,
    with_features: bool = True,
) -> LoadedJudgments:
    """Return the judgments that stand after some events of a question.

    Args:
        engine: The database.
        asked: The question.
        events: Its events, or all those of some items.
        position: Last sequence that was looked at.
        merges: Who stands for whom, where it was read already.
        with_features: Whether to read what is known of the items.
    """
    if merges is None:
        labeler = labeler_representatives(engine, events.labeler)
        item = item_representatives(engine, events.item)
    else:
        labeler = resolved(events.labeler, merges.labelers)
        item = resolved(events.item, merges.items)
    history = EventTexts(engine, asked.chain_id, position, events)
    words = ordered_words(events.words, asked.scale, asked.classes)
    rows = standing_rows(
        events, labeler, item, history.event_ids, history.annotations, keep_all=asked.keep_all
    )
    label = words.recode[events.label[rows]] if rows.size else rows
    n_standing = rows.size
    rows, label = rows[label != NONE], label[label != NONE]
    who, code = np.unique(labeler[rows], return_inverse=True)
    gold = _gold(events, item, words, history)
    return LoadedJudgments(
        through=position,
        item=item[rows],
        labeler=code.astype(np.int64),
        label=label,
        occurred_us=events.occurred_us[rows],
        received_us=events.received_us[rows],
        order_us=events.order_us[rows],
        doubted=events.doubted[rows],
        duration_seconds=events.duration_seconds[rows],
        suggestion=as_labels(events.suggestion[rows], events.suggestions, words.words, asked.scale),
        source=events.source[rows],
        delivery=_imports(engine, events.delivery[rows]),
        sequence=events.sequence[rows],
        words=words.words,
        values=words.values,
        level=words.level,
        scale=asked.scale,
        labelers=labelers(engine, who),
        gold_item=gold[0],
        gold_label=gold[1],
        gold_received_us=gold[2],
        features=item_features(engine, item[rows]) if with_features else {},
        n_events=int((events.kind < GOLD_DECLARED).sum()),
        outside_scale=int(n_standing - rows.size),
    )


def _gold(
    events: EventColumns, item: Int, words: Words, history: EventTexts
) -> tuple[Int, Int, Int]:
    rows = np.flatnonzero((events.kind == GOLD_DECLARED) | (events.kind == GOLD_WITHDRAWN))
    key = group_codes(item[rows])
    order = in_order(key, events.order_us[rows], events.sequence[rows], history.event_ids)
    newest = rows[order[last_of_group(key[order])]]
    newest = newest[events.kind[newest] == GOLD_DECLARED]
    label = words.recode[events.label[newest]] if newest.size else newest
    newest, label = newest[label != NONE], label[label != NONE]
    return item[newest], label, events.received_us[newest]


def _imports(engine: Engine, delivery: Int) -> Int:
    """Return the id that stands for the whole import of each delivery."""
    own, place = np.unique(delivery, return_inverse=True)
    sql = "SELECT id, import_id FROM delivery WHERE import_id IS NOT NULL AND id {in}"
    whole = dict.fromkeys(own.tolist())
    with engine.connect() as connection:
        whole.update(Statements(connection).rows_in(sql, own.tolist()))
    return np.array([whole[d] or d for d in own.tolist()], dtype=np.int64)[place]
