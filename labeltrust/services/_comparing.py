"""A pull under way: what the platform says beside what is on record, page by page."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import msgspec
from sqlalchemy import Engine

from labeltrust.connectors._base import Page, Pulled
from labeltrust.domain.clock import microseconds, moment
from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event
from labeltrust.domain.labels import canonical_label
from labeltrust.domain.reconciling import MOST_EXAMPLES
from labeltrust.policy.reconciliation import GRACE_US, Finding, Stand, difference
from labeltrust.store.aliases import Key, item_space
from labeltrust.store.annotated import Annotated, Said, erased_aliases, read_annotated, standing_ids
from labeltrust.store.registry import KnownProject, KnownSource
from labeltrust.store.statements import Statements
from labeltrust.store.vault import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something to be recorded: the event, and the part of the platform's answer behind it."""

    annotation_id: str
    event: Event
    raw: object


@dataclass(slots=True)
class Tally:
    """What was found so far: counts of annotations, and ids of some of them."""

    counts: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, annotation_id: str) -> None:
        """Count one annotation."""
        self.counts[kind] += 1
        some = self.examples.setdefault(kind, [])
        if len(some) < MOST_EXAMPLES:
            some.append(annotation_id)


class Names:
    """Row ids of outside names, looked up some at a time."""

    def __init__(self, engine: Engine, vault: Vault, source: KnownSource, project: int) -> None:
        """Keep where to look."""
        self._engine, self._vault = engine, vault
        self._items = item_space(project, source.id_space)
        self._labelers = source.id_space

    def items(self, names: Iterable[str]) -> dict[str, int]:
        """Return the row ids of the items that are known."""
        return self._found("item", {(self._items, name) for name in names})

    def labelers(self, names: Iterable[str]) -> dict[str, int]:
        """Return the row ids of the labelers that are known."""
        return self._found("labeler", {(self._labelers, name) for name in names})

    def _found(self, kind: str, keys: set[Key]) -> dict[str, int]:
        lookups = {self._vault.lookup(*key): key[1] for key in keys}
        sql = f"SELECT lookup, id FROM {kind}_alias WHERE lookup {{in}}"  # noqa: S608 - constants
        with self._engine.connect() as connection:
            rows = list(Statements(connection).rows_in(sql, lookups))
        return {lookups[bytes(lookup)]: number for lookup, number in rows}


class Comparison:
    """What a platform says, compared with what was on record when the pull began.

    Attributes:
        ours: What was on record.
        seen: Ids of the annotations that the platform holds.
        tally: What was found.
        corrections: What the record says and the platform does not, as it should be said.
        gold: The newest gold of the platform by (item, question).
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        source: KnownSource,
        project: KnownProject,
        began_at: datetime,
    ) -> None:
        """Read what is on record."""
        self.project = project
        self.names = Names(engine, vault, source, project.id)
        self.ours: Annotated = read_annotated(engine, project.chain_id, source.id)
        self.standing = frozenset(standing_ids(self.ours))
        self.began_us = microseconds(began_at)
        self.seen: set[str] = set()
        self.tally = Tally()
        self.corrections: list[Gap] = []
        self.gold: dict[tuple[str, str], Event] = {}
        self._several = self.ours.several()
        self._erased_items, self._erased_labelers = erased_aliases(engine)
        self._gone_names: set[str] = set()
        self._later: list[Gap] = []
        self._untold: tuple[str, ...] = ()

    @property
    def keeps_back(self) -> bool:
        """Whether missing annotations wait for the end: some may be of labelers who were erased."""
        return bool(self._erased_items or self._erased_labelers)

    def gaps_of(self, page: Page) -> list[Gap]:
        """Return what is to be recorded of a page; the rest of what was found is kept."""
        self.seen.update(one.annotation_id for one in page.annotations)
        self._untold += page.untold
        events = [event for one in page.annotations for event in one.events]
        items = self.names.items({event.item for event in events})
        labelers = self.names.labelers({e.labeler for e in events if e.labeler is not None})
        found = [gap for one in page.annotations for gap in self._of(one, items, labelers)]
        if not self.keeps_back:
            return found
        self._later += found
        return []

    def kept_back(self) -> list[Gap]:
        """Return what waited for the end, without what is of labelers who were erased."""
        kept = [gap for gap in self._later if gap.event.labeler not in self._gone_names]
        for number in {g.annotation_id for g in self._later} - {g.annotation_id for g in kept}:
            self.tally.counts["missing"] -= 1
            self.tally.add("erased", number)
        self._later = []
        return kept

    def _of(self, one: Pulled, items: dict[str, int], labelers: dict[str, int]) -> Iterator[Gap]:
        if one.problem is not None:
            self.tally.add("unreadable", one.annotation_id)
            return
        kinds: set[str] = set()
        votes = any(event.type == "label.submitted" for event in one.events)
        some_vote = votes or one.only_ends
        for event in one.events:
            if event.type == "gold.declared":
                self._tell_gold(event)
                continue
            kind, gap = self._found(event, one, (items, labelers), some_vote=some_vote)
            kinds |= {kind} - {""}
            if gap is not None and kind == "unexplained":
                self.corrections.append(gap)
            elif gap is not None:
                yield gap
        for kind in kinds:
            self.tally.add(kind, one.annotation_id)

    def _found(
        self,
        event: Event,
        one: Pulled,
        names: tuple[dict[str, int], dict[str, int]],
        *,
        some_vote: bool,
    ) -> tuple[str, Gap | None]:
        annotation = self.ours.annotations.get(one.annotation_id)
        question = self.project.questions.get(event.question)
        if question is None or question.id is None:
            return "unreadable", None
        said = None if annotation is None else annotation.current(question.id)
        if said is not None and self._is_erased(said):
            self._gone_names.add(event.labeler or "")
            return "erased", None
        try:
            theirs = _theirs(event, question.scale, question.classes, names)
        except InvalidEvent:
            return "unreadable", None
        if said is None and not theirs.is_vote and some_vote:
            return "", None  # the platform says nothing of this question, and so does the record
        found = difference(
            None if said is None else _ours(said),
            theirs,
            began_us=self.began_us,
            several=(theirs.item, theirs.labeler) in self._several,
        )
        if found is None or found == "newer":
            return found or "", None
        filled = _filled(event, found, said)
        return found, Gap(annotation_id=one.annotation_id, event=filled, raw=one.raw)

    def _is_erased(self, said: Said) -> bool:
        return said.item in self._erased_items or said.labeler in self._erased_labelers

    def _tell_gold(self, event: Event) -> None:
        key = (event.item, event.question)
        known = self.gold.get(key)
        if known is None or _time_us(event) >= _time_us(known):
            self.gold[key] = event

    def vanished(self) -> list[str]:
        """Return the annotations that stand here and that a complete pull did not show."""
        absent = sorted(self.standing - self.seen)
        absent = [one for one in absent if not one.startswith(self._untold)]
        return [one for one in absent if not self._is_new(self.ours.annotations[one].newest, one)]

    def _is_new(self, said: Said, annotation_id: str) -> bool:
        if said.received_us < self.began_us - GRACE_US:
            return False
        self.tally.add("newer", annotation_id)
        return True


def withdrawal(project: str, annotation_id: str, newest: Said) -> Gap:
    """Return the event that ends an annotation which its platform has no more.

    It stands right behind the newest word on record, so that the same finding is the same event.
    """
    event = Event(
        type="label.withdrawn",
        project=project,
        event_id=f"ANNOTATION_VANISHED:{annotation_id}:{newest.order_us}",
        annotation_id=annotation_id,
        revised_at=moment(newest.order_us + 1),
        detail={"action": "ANNOTATION_VANISHED", "reconciled": "vanished"},
    )
    return Gap(annotation_id=annotation_id, event=event, raw={"vanished": annotation_id})


def _ours(said: Said) -> Stand:
    return Stand(
        said.label is not None, said.item, said.labeler, said.label, said.order_us, said.received_us
    )


def _theirs(
    event: Event,
    scale: str,
    classes: tuple[str, ...] | None,
    names: tuple[dict[str, int], dict[str, int]],
) -> Stand:
    is_vote = event.type == "label.submitted"
    label = canonical_label(event.label, scale, classes) if is_vote else None
    item, labeler = names[0].get(event.item), names[1].get(event.labeler or "")
    return Stand(is_vote, item, labeler, label, _time_us(event))


def _time_us(event: Event) -> int:
    at = event.revised_at or event.occurred_at
    return 0 if at is None else microseconds(at)


def _filled(event: Event, found: Finding, said: Said | None) -> Event:
    """Return an event that says how it was found; one that contradicts stands behind the other."""
    detail = {**event.detail, "reconciled": found}
    if found != "unexplained" or said is None:
        return msgspec.structs.replace(event, detail=detail)
    return msgspec.structs.replace(
        event,
        detail=detail,
        event_id=f"{event.event_id}:over:{said.order_us}",
        revised_at=moment(said.order_us + 1),
    )
