"""One batch of causes becomes changes of alerts; everything here happens in one transaction."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from labeltrust.domain.alert_codes import CODES
from labeltrust.domain.alerts import Cause, Channel, Step
from labeltrust.policy.alerting import hold, is_news, step_of
from labeltrust.services.alerting._planning import plan_end, plan_event, plan_open
from labeltrust.store.alerts import (
    Mitigations,
    Place,
    alert_of,
    concerned_projects,
    facts_of,
    group_id_of,
    group_of,
    groups_to_close,
    held_back,
    mitigations,
    new_alert,
    newest_news,
    project_of_chain,
    standing,
    told_facts,
)
from labeltrust.store.tables import Alert, AlertGroup


@dataclass(slots=True, kw_only=True)
class Routing:
    """The router at work on one batch.

    Attributes:
        session: The transaction.
        now: The moment of the batch.
        channels: Those that are told.
        touched: Groups that may have changed, by their row.
        words: What signed webhooks call each cause.
        everything: Look at every alert for what holds it back, not at those with news alone.
    """

    session: Session
    now: datetime
    channels: list[Channel]
    touched: dict[int, AlertGroup] = field(default_factory=dict)
    words: dict[int, str] = field(default_factory=dict)
    everything: bool = False
    _news: int = 0
    _since: int = 0
    _groups: dict[tuple[str, str], AlertGroup] = field(default_factory=dict)
    _concerned: dict[int, frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Number news after those there are."""
        self._news = self._since = newest_news(self.session)

    def take(self, cause: Cause) -> None:
        """Open, raise or end what a cause speaks of, and tell machines of it at once."""
        self.words[cause.id] = ""
        self.everything = self.everything or cause.type.startswith("freeze.")
        step = step_of(cause)
        if step is None:
            return
        group = self._group(step, cause)
        if not self._moved(group, step, cause):
            return
        self.words[cause.id] = step.word
        self.touched[group_id_of(group)] = group
        for channel in self._told(group):
            plan_event(self.session, channel, step, cause, self.now)

    def settle(self) -> None:
        """Hold back what a mitigation holds, close what is over, and plan what people are told."""
        self._hold_back()
        self.session.flush()
        for group in self.touched.values():
            self._turn(group)
        for group in groups_to_close(self.session, self.now):
            group.close_at, group.closed_at = None, self.now
            self.session.add(group)
            for channel in self._told(group):
                plan_end(self.session, channel, group, self.now)

    def _moved(self, group: AlertGroup, step: Step, cause: Cause) -> bool:
        """Change the alert; say whether that is worth a word."""
        alert = alert_of(self.session, group_id_of(group), step.subject)
        if step.effect in {"end", "news"}:
            return self._over(group, step, cause, alert)
        if alert is None:
            who = cause.labeler_id
            alert = new_alert(self.session, group_id_of(group), step, who, cause.at)
            return self._tell(alert, step)
        standing_before = alert.ended_at is None
        if standing_before and (step.effect != "raise" or step.rank <= alert.rank):
            alert.repeats += 1
            self._change(alert, step)
            return False
        if not standing_before:
            alert.opened_at, alert.ended_at = cause.at, None
            if _is_open(group) and not is_news(alert.news_at, self.now):
                alert.repeats += 1
                self._change(alert, step)
                return True
        return self._tell(alert, step)

    def _over(self, group: AlertGroup, step: Step, cause: Cause, alert: Alert | None) -> bool:
        if step.effect == "news":
            alert = new_alert(self.session, group_id_of(group), step, None, cause.at)
            alert.ended_at = cause.at
            return self._tell(alert, step)
        if alert is None or alert.ended_at is not None:
            return False
        alert.ended_at, alert.suppressed_by = cause.at, None
        self.session.add(alert)
        return True

    def _tell(self, alert: Alert, step: Step) -> bool:
        self._news += 1
        alert.news, alert.news_at = self._news, self.now
        self._change(alert, step)
        return True

    def _change(self, alert: Alert, step: Step) -> None:
        alert.loudness, alert.rank = step.loudness, max(step.rank, alert.rank)
        alert.facts = told_facts({**facts_of(alert.facts), **step.facts})
        self.session.add(alert)

    def _hold_back(self) -> None:
        found = mitigations(self.session)
        for alert, group in held_back(self.session, 0 if self.everything else self._since):
            words = _held_by(found, alert, group)
            if words == alert.suppressed_by:
                continue
            if words is None:  # what held it is over, and it is still wrong: told again
                self._news += 1
                alert.news, alert.news_at = self._news, self.now
            alert.suppressed_by = words
            alert.suppressed_at = None if words is None else self.now
            self.session.add(alert)
            self.touched[group_id_of(group)] = group

    def _turn(self, group: AlertGroup) -> None:
        """Open a group that something stands in, or let one that is quiet wait for its end."""
        n, news, loudness = standing(self.session, group_id_of(group))
        stands_open = _is_open(group)
        if n and not stands_open:
            group.epoch, group.opened_at = group.epoch + 1, self.now
        if n:
            group.close_at = None
        elif stands_open and group.close_at is None:
            group.close_at = self.now + hold(group.closed_at, self.now)
        self.session.add(group)
        self.session.flush()
        if n or not CODES[group.code].ended:
            for channel in self._told(group):
                plan_open(self.session, channel, group, news=news, now=self.now, loudness=loudness)

    def _told(self, group: AlertGroup) -> Iterator[Channel]:
        number = group_id_of(group)
        if number not in self._concerned:
            self._concerned[number] = concerned_projects(self.session, group)
        return (c for c in self.channels if c.sees(self._concerned[number]))

    def _group(self, step: Step, cause: Cause) -> AlertGroup:
        """Return the group of a step; it is locked, so one look a batch is enough."""
        key = step.code, step.place
        if key not in self._groups:
            place = self._place(cause, step)
            self._groups[key] = group_of(self.session, step, place, cause.at)
        return self._groups[key]

    def _place(self, cause: Cause, step: Step) -> Place:
        if step.code != "ledger_broken":
            return Place(project_id=cause.project_id, source_id=cause.source_id)
        return Place(project_id=project_of_chain(self.session, str(cause.detail.get("chain"))))


def _is_open(group: AlertGroup) -> bool:
    """Say whether the end of a group was not told yet."""
    return group.epoch > 0 and (group.closed_at is None or group.closed_at < group.opened_at)


def _held_by(found: Mitigations, alert: Alert, group: AlertGroup) -> str | None:
    kind, _, number = alert.subject.partition(":")
    if kind == "source":
        return found.sources.get(int(number))
    if alert.labeler_id is not None and group.project_id is not None:
        words = found.labelers.get((group.project_id, alert.labeler_id))
        if words is not None:
            return words
    return found.flags.get(int(number)) if kind == "flag" else None
