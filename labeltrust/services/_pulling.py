"""The steps of one pull: read, compare, record what is missing, conclude from what is not there."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from labeltrust.connectors._asked import Asked
from labeltrust.connectors._base import Connector
from labeltrust.connectors._web import Api
from labeltrust.domain.events import Parsed
from labeltrust.domain.principals import Principal
from labeltrust.domain.reconciling import Findings
from labeltrust.policy.reconciliation import may_take
from labeltrust.services._comparing import Comparison
from labeltrust.services._gaps import Gap, Waiting, withdrawal
from labeltrust.services.deployment import Deployment
from labeltrust.services.record_events import key_id_of
from labeltrust.store.drafts import Submission
from labeltrust.store.recording import Recorder

MOST_READ_BACK: Final = 2_000
"""Annotations that are asked for by themselves before they are taken for gone, in one pull."""
_EVENTS_AT_ONCE: Final = 1_000


@dataclass(slots=True, kw_only=True)
class Pull:
    """A pull under way.

    Attributes:
        number: Of its report.
        asked: What is read.
        recorded: Events recorded so far.
        held: Annotations that only a person may have withdrawn, corrected or added.
        held_gone: How many of them are not on the platform any more.
        held_missing: Those of them that the record lacks.
    """

    deployment: Deployment
    principal: Principal
    number: int
    asked: Asked
    connector: Connector
    compared: Comparison
    dry_run: bool
    recorded: int = 0
    held: tuple[str, ...] = ()
    held_gone: int = 0
    held_missing: frozenset[str] = frozenset()
    complete: bool = False
    _recorder: Recorder | None = field(default=None)

    def read(self, api: Api) -> None:
        """Read all that the platform holds, and record what is missing on the way.

        Raises:
            NoAnswer: The platform did not tell all; what was recorded by then is true all the same.
        """
        for page in self.connector.pages(api, self.asked):
            self.record(self.compared.gaps_of(page))
        self.complete = True

    def conclude(self, api: Api) -> None:
        """Withdraw what the platform has no more, correct what it does not say, add what waited.

        Each annotation is asked for by itself before it is taken for gone. More than a share of all
        waits for a person.

        Raises:
            NoAnswer: The platform did not tell all when it was read a second time.
        """
        tally, wrong = self.compared.tally, self.compared.wrong
        absent = self.compared.vanished()
        gone = [one for one in absent[:MOST_READ_BACK] if self._is_gone(api, one)]
        unread = absent[MOST_READ_BACK:]
        for one in (*gone, *unread):
            tally.add("vanished", one)
        limits, missing = self.compared.limits, self.compared.missing
        others = {*gone, *unread, *wrong.ids} - limits.allowed
        if unread or not may_take(len(others), self.compared.n_standing, limits.share):
            self.held = tuple(sorted(others))
            self.held_gone = len(others & {*gone, *unread})
        kept = set(self.held)
        self._end([one for one in gone if one not in kept])
        self._take(api, wrong, wrong.ids - kept)
        if self.compared.holds_missing(len({*absent} - limits.allowed)):
            self.held_missing = frozenset(missing.ids)
            self.held = tuple(sorted(kept | missing.ids))
        self._take(api, missing, missing.ids - self.held_missing)
        self._take(api, self.compared.changed, self.compared.changed.ids)

    def _end(self, gone: Sequence[str]) -> None:
        """Withdraw what is gone."""
        known, project = self.compared.ours.exactly(gone), self.compared.project.name
        self.record([withdrawal(project, one, known[one].newest) for one in gone])

    def _take(self, api: Api, waiting: Waiting, ids: Collection[str]) -> None:
        """Record some of what waited; what did not fit in memory is read again."""
        if not ids:
            return
        if waiting.is_whole:
            some = [gap for gap in waiting.gaps if gap.annotation_id in ids]
            self.record(self.compared.without_erased(some))
            return
        wanted = set(ids)
        for page in self.connector.pages(api, self.asked):
            self.record(self.compared.again(page, wanted))

    def _is_gone(self, api: Api, annotation_id: str) -> bool:
        if self.connector.is_gone(api, self.asked, annotation_id):
            return True
        # It is there, and not in what was read: moved, or of a project that nobody named.
        self.compared.tally.add("unexplained", annotation_id)
        return False

    def record(self, gaps: Sequence[Gap]) -> None:
        """Record events, some at a time; nothing where the pull only looks."""
        if self.dry_run:
            return
        for start in range(0, len(gaps), _EVENTS_AT_ONCE):
            self._record(gaps[start : start + _EVENTS_AT_ONCE])

    def _record(self, gaps: Sequence[Gap]) -> None:
        self._recorder = self._recorder or Recorder(self.deployment.engine, self.deployment.vault)
        [outcome] = self._recorder.record([self._submission(gaps)])
        self.recorded += outcome.accepted
        for problem in outcome.problems:
            self.compared.tally.add("unreadable", gaps[problem.index or 0].annotation_id)

    def _submission(self, gaps: Sequence[Gap]) -> Submission:
        parts = [{"found": g.event.detail.get("reconciled"), "told": g.raw} for g in gaps]
        return Submission(
            source=self.asked.source,
            body=msgspec.json.encode({"pull": self.number, "parts": parts}, enc_hook=dict),
            parsed=Parsed(
                events=tuple(gap.event for gap in gaps), positions=tuple(range(len(gaps)))
            ),
            received_at=self.deployment.clock(),
            parser=self.connector.parser_version,
            headers={"pull": self.number},
            key_id=key_id_of(self.principal),
            actor=self.principal.name,
            may_change_gold=False,
            heard=False,
        )

    def findings(self, approvals: Iterable[int] = ()) -> Findings:
        """Return what was found by now."""
        tally = self.compared.tally
        return Findings(
            **tally.counts,
            complete=self.complete,
            theirs=self.compared.n_seen,
            ours=self.compared.n_standing,
            held=len(self.held),
            recorded=self.recorded,
            approvals=tuple(approvals),
            examples={kind: tuple(ids) for kind, ids in sorted(tally.examples.items())},
        )
