"""An audit is the blind re-labeling of a random sample; this page holds its states and changes.

    drawn        the sample is on record, nobody has re-labeled any of it
    under_way    some of it is re-labeled
    done         closed: its agreed verdicts became gold labels
    cancelled    given up, with a reason; resumed it goes on where it stood

A done audit stays done: its undo is to withdraw the gold labels that it gave.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args

from labeltrust.domain.clock import moment
from labeltrust.domain.errors import Conflict, InvalidInput

AuditStatus = Literal["drawn", "under_way", "done", "cancelled"]
AuditAct = Literal["verdict", "finish", "cancel", "resume"]
STATUSES: tuple[str, ...] = get_args(AuditStatus)
RUNNING: frozenset[str] = frozenset({"drawn", "under_way"})
DISPUTED, UNANIMOUS, ALONE = "disputed", "unanimous", "alone"
KINDS: tuple[str, ...] = (DISPUTED, UNANIMOUS, ALONE)
"""What others said of an item: somebody else, all the same, or nobody said anything."""

# (status, act) -> status. Taking the last verdict back leaves an audit under way.
CHANGES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("drawn", "verdict"): "under_way",
        ("under_way", "verdict"): "under_way",
        ("under_way", "finish"): "done",
        ("drawn", "cancel"): "cancelled",
        ("under_way", "cancel"): "cancelled",
        ("cancelled", "resume"): "under_way",
    }
)
EVENT_OF: Mapping[str, str] = MappingProxyType(
    {"finish": "audit.finished", "cancel": "audit.cancelled", "resume": "audit.resumed"}
)
STRATIFIED, POSTERIOR = "stratified", "posterior"
SAMPLINGS = (STRATIFIED, POSTERIOR)
FAMILIES = ("class", "time", "signal")
"""What a sample can be stratified by, beside what others said."""
MAX_SIZE = 10_000
MAX_REVIEWERS = 100
LEAST_DISPUTED = 25
"""A verdict about a person needs a blind audit of so many disputed items."""


def next_status(audit: int, status: str, act: str) -> str:
    """Return the status after an act, or refuse it.

    Raises:
        Conflict: The audit cannot take this act now.

    >>> next_status(7, "drawn", "verdict")
    'under_way'
    """
    changed = CHANGES.get((status, act))
    if changed is None:
        raise Conflict(f"cannot {act} audit {audit}, it is {status.replace('_', ' ')}")
    return changed


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPlan:
    """How a sample is drawn and re-labeled.

    Attributes:
        size: Items to re-label; None: as many as `margin` asks for, or the usual number.
        margin: Half width of the 95 % interval of the error rate that is planned for.
        disputed: Share of the sample that is spent on disputed items.
        unanimous: Share spent on items whose labels are all the same; the rest is random.
        twice: Share of the items that two reviewers label.
        by_class: Draw from every class that was given, in proportion.
        by_time: Draw from up to five windows of equal numbers of labels, in proportion.
        by_signal: Draw from the items on which signals of the flag rest, and from the others; of a
            project, from the items that flagged labelers labeled, and from the others.
        sampling: One of `SAMPLINGS`: at random within strata of fixed sizes, or with chances in
            proportion to the posterior probability that the label is wrong.
        stops_early: Look after every verdict and stop as soon as the answer is sure.
        reviewers: Names of those who may re-label; empty for everybody who may review.
        seed: Of the random numbers; on record, so that the draw can be repeated.
        choices: Answers that reviewers are offered where the question declares no classes; found
            when the sample is drawn.
        since_us: Only labels from this moment on are audited, microseconds since 1970; None: all.
            Of a flag with an onset it is the onset, found when the sample is drawn.
        clock: Which time of a label that is compared with: `received` or `occurred`.
    """

    size: int | None = None
    margin: float | None = None
    disputed: float = 0.60
    unanimous: float = 0.15
    twice: float = 0.20
    by_class: bool = True
    by_time: bool = False
    by_signal: bool = False
    sampling: str = STRATIFIED
    stops_early: bool = False
    reviewers: tuple[str, ...] = ()
    seed: int = 0
    choices: tuple[str, ...] = ()
    since_us: int | None = None
    clock: str = "received"

    @property
    def stratify(self) -> tuple[str, ...]:
        """Names of `FAMILIES` that the sample is drawn by.

        >>> AuditPlan(by_time=True).stratify
        ('class', 'time')
        """
        chosen = (self.by_class, self.by_time, self.by_signal)
        return tuple(name for name, kept in zip(FAMILIES, chosen, strict=True) if kept)

    @property
    def since(self) -> datetime | None:
        """From when on labels are audited, or None for all."""
        return None if self.since_us is None else moment(self.since_us)

    @property
    def random(self) -> float:
        """Share of the sample that is drawn from all items alike."""
        return max(1.0 - self.disputed - self.unanimous, 0.0)


def checked_plan(plan: AuditPlan) -> AuditPlan:
    """Return a plan that can be drawn, or refuse it.

    Raises:
        InvalidInput: Names field and value.

    >>> checked_plan(AuditPlan(size=50)).random
    0.25
    """
    if plan.size is not None and plan.margin is not None:
        raise InvalidInput("give a size or a margin, not both", place="size")
    if plan.size is not None and not 1 <= plan.size <= MAX_SIZE:
        raise InvalidInput(f"size is {plan.size}, must be 1 to {MAX_SIZE}", place="size")
    if plan.margin is not None and not 0.005 <= plan.margin <= 0.5:  # noqa: PLR2004 - its range
        raise InvalidInput(f"margin is {plan.margin}, must be 0.005 to 0.5", place="margin")
    for name in ("disputed", "unanimous", "twice"):
        _check_share(name, getattr(plan, name))
    if plan.disputed + plan.unanimous > 0.95:  # noqa: PLR2004 - see the message
        raise InvalidInput(
            "disputed and unanimous items leave less than 5 % for random ones", place="disputed"
        )
    _check_sampling(plan)
    _check_reviewers(plan)
    return plan


def _check_sampling(plan: AuditPlan) -> None:
    if plan.sampling not in SAMPLINGS:
        detail = f"sampling is {plan.sampling[:80]!r}, must be one of {', '.join(SAMPLINGS)}"
        raise InvalidInput(detail, place="sampling")
    if plan.sampling == POSTERIOR and plan.stops_early:
        detail = "a sample by the posterior has no interval that holds at every look; choose one"
        raise InvalidInput(detail, place="stops_early")


def _check_share(name: str, share: float) -> None:
    if not 0.0 <= share <= 1.0:
        raise InvalidInput(f"share is {share}, must be 0 to 1", place=name)


def _check_reviewers(plan: AuditPlan) -> None:
    names = plan.reviewers
    if len(names) > MAX_REVIEWERS or len(set(names)) < len(names) or not all(names):
        raise InvalidInput(f"name 1 to {MAX_REVIEWERS} different reviewers", place="reviewers")
    if len(names) == 1 and plan.twice > 0:
        detail = "one reviewer cannot label an item twice; name another, or no second reviews"
        raise InvalidInput(detail, place="reviewers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """A part of the items that is sampled by itself.

    Attributes:
        kind: One of `KINDS`.
        label: The class given to these items, or None for all.
        population: Items there are.
        drawn: Items in the sample, each chosen with probability drawn / population; by the
            posterior, each has a probability of its own, see `SampledItem`.
        window: Dates of the labels, or None for all.
        signal: What rests on these items, or None for all.
    """

    kind: str
    label: str | None
    population: int
    drawn: int
    window: str | None = None
    signal: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditState:
    """What stands on record of one audit.

    Attributes:
        id: Number of the audit.
        question: Name of the question.
        labeler_id: Whose labels are audited, or None for the consensus of a project.
        flag_id: The flag that it was asked for, or None.
        status: One of `STATUSES`.
        plan: How it was drawn.
        strata: Parts of the items, numbered from 0.
        position: Place in the project's chain up to which labels were read.
        reason: Why, in words.
    """

    id: int
    question: str
    labeler_id: int | None
    flag_id: int | None
    status: str
    plan: AuditPlan
    strata: tuple[Stratum, ...]
    position: int
    reason: str
    drawn_at: datetime
    drawn_by: str
    closed_at: datetime | None = None
    closed_by: str | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SampledItem:
    """One item of a sample.

    Attributes:
        item_id: Opaque id.
        place: Its place in the random order of the audit, from 0.
        stratum: Number of its stratum.
        probability: Of being in the sample.
        label: The canonical label that is audited.
        others: Who else labeled it, and how, when it was drawn.
    """

    item_id: int
    place: int
    stratum: int
    probability: float
    label: str
    others: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditCase:
    """An audit as it can be shown.

    Attributes:
        id: Number of the audit.
        project: Name of the project.
        question: Name of the question.
        labeler: Outside id of the labeler whose labels are audited; None for the labels of all, or
            where who looks is to re-label without knowing.
        flag: Number of the flag it was asked for, or None.
        blind: Whether something is left out, since who looks re-labels in it.
        items: Items of the sample.
        turns: Verdicts that are asked for.
        answered: Verdicts given.
        undo: How to undo its present state, in words.
    """

    id: int
    project: str
    question: str
    labeler: str | None
    flag: int | None
    blind: bool
    status: str
    reason: str
    items: int
    turns: int
    answered: int
    drawn_at: datetime
    drawn_by: str
    closed_at: datetime | None
    closed_by: str | None
    note: str | None
    undo: str
