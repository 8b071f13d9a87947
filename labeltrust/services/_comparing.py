"""A pull under way: what the platform says beside what is on record, page by page.

Nearly all of a page is as on record, and columns say so at once. Only what differs is looked at
one by one, and only that is kept, as ids: what is recorded later than its page is read again
where it would not fit in memory.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
from sqlalchemy import Engine

from labeltrust.connectors._base import Page, Pulled
from labeltrust.domain.clock import microseconds
from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import Event
from labeltrust.domain.labels import canonical_label
from labeltrust.domain.reconciling import MOST_EXAMPLES
from labeltrust.policy.reconciliation import GRACE_US, Stand, difference, may_take, most_taken
from labeltrust.services._alike import UNKNOWN, Found, differing
from labeltrust.services._gaps import Gap, Waiting, filled, time_us
from labeltrust.services._pulled_names import Names
from labeltrust.store.annotated import Annotation, Said, erased_aliases, last_place, read_gold
from labeltrust.store.annotation_columns import Marks
from labeltrust.store.registry import KnownProject, KnownSource
from labeltrust.store.standing_annotations import StandingAnnotations
from labeltrust.store.vault import Vault


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a pull may do by itself.

    Attributes:
        share: The share of what stands on record that may be added, withdrawn or corrected.
        allowed: Annotations of which a person allowed it.
    """

    share: float
    allowed: frozenset[str] = frozenset()


class Comparison:
    """What a platform says, compared with what was on record when the pull began.

    Attributes:
        ours: What was on record.
        tally: What was found.
        missing: Annotations that the record lacks, as far as they wait for the end of the pull.
        changed: Annotations that the platform changed since, as far as they wait for it.
        wrong: Annotations of which the record says what the platform does not.
        gold: The newest gold of the platform by (item, question); `our_gold` that on record.
    """

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        source: KnownSource,
        project: KnownProject,
        began_at: datetime,
        limits: Limits,
    ) -> None:
        """Read what is on record."""
        self.project, self.limits = project, limits
        self.names = Names(engine, vault, source, project.id)
        through = last_place(engine, project.chain_id)
        self.ours = StandingAnnotations(engine, project.chain_id, source.id, through)
        self.our_gold = read_gold(engine, project.chain_id, source.id, through)
        self.began_us = microseconds(began_at)
        self.tally = Tally()
        self.missing, self.changed, self.wrong = Waiting(), Waiting(), Waiting()
        self.gold: dict[tuple[str, str], Event] = {}
        self._erased_items, self._erased_labelers = erased_aliases(engine)
        self._erased = _sorted(self._erased_items), _sorted(self._erased_labelers)
        self._gone_names: set[str] = set()
        self._untold: tuple[str, ...] = ()
        self._seen: list[Marks] = []
        self._shown = np.zeros(len(self.ours.standing), dtype=np.bool_)
        self._n_doubted = 0

    @property
    def n_standing(self) -> int:
        """How many annotations stood when the pull began."""
        return len(self._shown)

    @property
    def n_seen(self) -> int:
        """How many annotations the platform holds."""
        return len(np.unique(np.concatenate(self._seen))) if self._seen else 0

    def saw(self, annotation_ids: Collection[str]) -> set[str]:
        """Return which of some annotations the platform holds."""
        if not self._seen or not annotation_ids:
            return set()
        wanted = sorted(annotation_ids)
        there = np.isin(self.ours.marker.of(wanted), np.concatenate(self._seen)).tolist()
        return {one for one, is_there in zip(wanted, there, strict=True) if is_there}

    def gaps_of(self, page: Page) -> list[Gap]:
        """Return what is to be recorded of a page at once; the rest of what was found is kept."""
        self._see(page)
        for event in (e for one in page.annotations for e in one.events if _is_gold(e)):
            self._tell_gold(event)
        found = self._differences(page)
        for (kind, _), told in {(kind, id(one)): one for kind, one, _ in found}.items():
            self.tally.add(kind, told.annotation_id)
        return [gap for kind, _, gap in found if gap is not None and self._is_taken(kind, gap)]

    def again(self, page: Page, wanted: Collection[str]) -> list[Gap]:
        """Return what is to be recorded of some annotations, of a page that was read before."""
        some = tuple(one for one in page.annotations if one.annotation_id in wanted)
        found = self._differences(Page(annotations=some))
        return self.without_erased([gap for _, _, gap in found if gap is not None])

    def without_erased(self, gaps: list[Gap]) -> list[Gap]:
        """Return what is not of labelers who were erased, and count the rest as that."""
        kept = [gap for gap in gaps if gap.event.labeler not in self._gone_names]
        for one in sorted({g.annotation_id for g in gaps} - {g.annotation_id for g in kept}):
            self.tally.counts["missing"] -= 1
            self.tally.add("erased", one)
            self.missing.ids.discard(one)
        return kept

    def holds_missing(self, n_absent: int) -> bool:
        """Say whether what is missing waits for a person: much of it, and so is gone of ours."""
        of, share = self.n_standing, self.limits.share
        return self._n_doubted > most_taken(of, share) and not may_take(n_absent, of, share)

    def _see(self, page: Page) -> None:
        self._untold += page.untold
        marks = self.ours.marker.of([one.annotation_id for one in page.annotations])
        self._seen.append(marks)
        if self.n_standing:
            at = np.searchsorted(self.ours.standing, marks).clip(max=self.n_standing - 1)
            self._shown[at[self.ours.standing[at] == marks]] = True

    def _is_taken(self, kind: str, gap: Gap) -> bool:
        """Say whether a gap is filled at once; else let it wait for the end.

        What is missing is taken as soon as the platform showed what stands here: a wrong project
        shows something else. Erased labelers are known at the end only.
        """
        if kind == "unexplained":
            self.wrong.add(gap)
            return False
        waits = kind == "missing" and self._is_doubted(gap.annotation_id)
        if waits or self._erased_items or self._erased_labelers:
            (self.missing if kind == "missing" else self.changed).add(gap)
            return False
        return True

    def _is_doubted(self, annotation_id: str) -> bool:
        of, share = self.n_standing, self.limits.share
        if not of or annotation_id in self.limits.allowed:
            return False
        if may_take(of - int(np.count_nonzero(self._shown)), of, share):
            return False
        self._n_doubted += 1
        return True

    def _differences(self, page: Page) -> list[tuple[str, Pulled, Gap | None]]:
        names = self.names.of(event for one in page.annotations for event in one.events)
        some = differing(page.annotations, names, self.ours, self.project, self._erased)
        known = self.ours.exactly([one.annotation_id for one in some])
        return [
            (kind, one, gap)
            for one in some
            for kind, gap in self._of(one, known.get(one.annotation_id), names)
        ]

    def _of(
        self, one: Pulled, annotation: Annotation | None, names: Found
    ) -> Iterator[tuple[str, Gap | None]]:
        if one.problem is not None:
            yield "unreadable", None
            return
        some_vote = one.only_ends or any(event.type == "label.submitted" for event in one.events)
        for event in one.events:
            if not _is_gold(event):
                kind, gap = self._found(event, one, annotation, names, some_vote=some_vote)
                if kind:
                    yield kind, gap

    def _found(
        self,
        event: Event,
        one: Pulled,
        annotation: Annotation | None,
        names: Found,
        *,
        some_vote: bool,
    ) -> tuple[str, Gap | None]:
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
            several=self._several(theirs),
        )
        if found is None or found == "newer":
            return found or "", None
        told = filled(event, found, said)
        return found, Gap(annotation_id=one.annotation_id, event=told, raw=one.raw)

    def _several(self, theirs: Stand) -> bool:
        item = UNKNOWN if theirs.item is None else theirs.item
        labeler = UNKNOWN if theirs.labeler is None else theirs.labeler
        return bool(self.ours.several(np.array([item]), np.array([labeler]))[0])

    def _is_erased(self, said: Said) -> bool:
        return said.item in self._erased_items or said.labeler in self._erased_labelers

    def _tell_gold(self, event: Event) -> None:
        key = (event.item, event.question)
        known = self.gold.get(key)
        if known is None or time_us(event) >= time_us(known):
            self.gold[key] = event

    def vanished(self) -> list[str]:
        """Return the annotations that stand here and that a complete pull did not show."""
        absent = self.ours.absent(self._shown, self.began_us - GRACE_US)
        return sorted(one for one, on_record in absent if self._is_absent(one, on_record))

    def _is_absent(self, annotation_id: str, on_record: Annotation | None) -> bool:
        if annotation_id.startswith(self._untold):
            return False
        if on_record is None or on_record.newest.received_us < self.began_us - GRACE_US:
            return True
        self.tally.add("newer", annotation_id)
        return False


def _sorted(numbers: Iterable[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array(sorted(numbers), dtype=np.int64)


def _is_gold(event: Event) -> bool:
    return event.type == "gold.declared"


def _ours(said: Said) -> Stand:
    return Stand(
        said.label is not None, said.item, said.labeler, said.label, said.order_us, said.received_us
    )


def _theirs(event: Event, scale: str, classes: tuple[str, ...] | None, names: Found) -> Stand:
    is_vote = event.type == "label.submitted"
    label = canonical_label(event.label, scale, classes) if is_vote else None
    item, labeler = names[0].get(event.item), names[1].get(event.labeler or "")
    return Stand(is_vote, item, labeler, label, time_us(event))
