"""The damage that suspects did: what would be labeled otherwise without them, and what is wrong."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import numpy as np
from numpy.typing import NDArray
from sqlmodel import Session

from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.flags import FlagState
from labeltrust.domain.principals import Principal
from labeltrust.policy.audit_candidates import Labeled
from labeltrust.policy.audited_labels import Held, audited_labels
from labeltrust.policy.damage import Damage, damage_of
from labeltrust.services._cases import labeler_named
from labeltrust.services._heavy import heavily
from labeltrust.services._held import held_by
from labeltrust.services._snapshot_files import training_labels
from labeltrust.services._suspected import Suspected, suspected
from labeltrust.services.deployment import Deployment
from labeltrust.store.assessed import trust_of
from labeltrust.store.chains import chain_end
from labeltrust.store.flags import brief_flags
from labeltrust.store.inserting import known_id
from labeltrust.store.judgments import LoadedJudgments, read_judgments
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading

MOST_SUSPECTS = 500
MOST_CHANGES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageAsked:
    """Whose damage is asked for.

    Attributes:
        project: Name of the project.
        labelers: Outside ids of the suspects; empty for all whose flag is open or confirmed.
        question: Name of the question.
    """

    project: str
    labelers: tuple[str, ...] = ()
    question: str = "label"


@dataclass(frozen=True, slots=True, kw_only=True)
class SuspectShare:
    """What one suspect has to do with it; `why_not` says why no audit tells of his labels."""

    labeler: str
    since: datetime | None
    clock: str
    labels: int
    audit: int | None
    audited: int
    why_not: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingChange:
    """How many items go from one training label to another; None where there is none."""

    before: str | None
    after: str | None
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageReport:
    """The damage of suspects, as of the newest label.

    Counts are facts about what is on record, estimates rest on audits.

    Attributes:
        project: Name of the project.
        question: Name of the question.
        position: Place in the project's chain up to which labels were read.
        suspects: Each of them, in the order asked for.
        labels: Labels under suspicion.
        items: Items that have one of them.
        changed: Of these, items whose training label is another one without them.
        undecided: Of these, items that are left without a training label.
        changes: Training labels before and after, the most frequent first.
        damage: What audits tell, of the suspects that were audited.
    """

    project: str
    question: str
    position: int
    suspects: tuple[SuspectShare, ...]
    labels: int
    items: int
    changed: int
    undecided: int
    changes: tuple[TrainingChange, ...]
    damage: Damage


def estimate_damage(
    deployment: Deployment, principal: Principal, asked: DamageAsked
) -> DamageReport:
    """Compare the training labels with and without suspects, and weigh up what audits found.

    Raises:
        NotAllowed: The role may not read.
        NotFound: Project, labeler or question is not there.
        InvalidInput: Nobody is suspected and nobody was named, or too many are.
    """
    principal.require("read", asked.project)
    with reading(deployment.engine) as session:
        project = project_row(session, asked.project)
        ids = [labeler_named(deployment, session, project, who, None) for who in asked.labelers]
        who, read = _read(session, principal, asked, ids)
    return heavily(deployment, _computed, who, read, asked)


def damage_of_labelers(
    deployment: Deployment, principal: Principal, asked: DamageAsked, labeler_ids: Sequence[int]
) -> DamageReport:
    """Do the same for suspects by their opaque ids, here and now: for what runs apart already.

    Raises:
        NotAllowed: The role may not read.
        NotFound: The project is not there.
        InvalidInput: Nobody is named, or too many are.
    """
    principal.require("read", asked.project)
    with reading(deployment.engine) as session:
        who, read = _read(session, principal, asked, labeler_ids)
    return _computed(deployment, who, read, asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    position: int
    names: Mapping[int, str]
    trust: Mapping[int, float]


def _read(
    session: Session, principal: Principal, asked: DamageAsked, named: Sequence[int]
) -> tuple[list[Suspected], _Read]:
    project = project_row(session, asked.project)
    number = known_id(project.id)
    flags = [
        flag
        for flag in brief_flags(session, number)
        if flag.status != "dismissed" and flag.question in {"", asked.question}
    ]
    ids = list(dict.fromkeys(named or _flagged(flags)))
    _check(ids)
    read = _Read(
        position=chain_end(session, project).position,
        names=labeler_names(session, ids),
        trust=trust_of(session, number).get(asked.question, {}),
    )
    return suspected(session, principal, ids, flags, asked.question), read


def _flagged(flags: Sequence[FlagState]) -> list[int]:
    return [flag.labeler_id for flag in flags]


def _check(ids: Sequence[int]) -> None:
    if not ids:
        detail = "nobody is flagged; name the labelers whose damage is asked for"
        raise InvalidInput(detail, place="labelers", code="no_suspects")
    if len(ids) > MOST_SUSPECTS:
        detail = f"{len(ids)} suspects, at most {MOST_SUSPECTS}; name those of one incident"
        raise InvalidInput(detail, place="labelers")


def _computed(
    deployment: Deployment, who: list[Suspected], read: _Read, asked: DamageAsked
) -> DamageReport:
    loaded = read_judgments(deployment.engine, asked.project, asked.question, through=read.position)
    rows = held_by(loaded, [one.hold for one in who]) >= 0
    codes = _codes(loaded, who)
    everything = np.ones(rows.size, dtype=np.bool_)
    held = Held(
        labeled=_labeled(loaded),
        rows=rows,
        suspects=frozenset(codes.values()),
        before=training_labels(loaded, everything, read.trust),
        after=training_labels(loaded, ~rows, read.trust),
    )
    touched = np.unique(loaded.item[rows]).tolist()
    changes = Counter((held.before.get(item), held.after.get(item)) for item in touched)
    changed = {pair: n for pair, n in changes.items() if pair[0] != pair[1]}
    audits = [
        replace(one.found, labeler=codes[one.labeler_id])
        for one in who
        if one.found is not None and one.labeler_id in codes
    ]
    return DamageReport(
        project=asked.project,
        question=asked.question,
        position=read.position,
        suspects=tuple(_share(one, read.names, codes, loaded.labeler[rows]) for one in who),
        labels=int(rows.sum()),
        items=len(touched),
        changed=sum(n for pair, n in changed.items() if pair[1] is not None),
        undecided=sum(n for pair, n in changed.items() if pair[1] is None),
        changes=_changes(changed),
        damage=damage_of(audited_labels(held, audits)),
    )


def _codes(loaded: LoadedJudgments, who: Sequence[Suspected]) -> dict[int, int]:
    """Return the code of each suspect who has current labels, by opaque id."""
    wanted = {one.labeler_id for one in who}
    return {known.id: k for k, known in enumerate(loaded.labelers) if known.id in wanted}


def _labeled(loaded: LoadedJudgments) -> Labeled:
    return Labeled(
        item=loaded.item, labeler=loaded.labeler, label=loaded.label, words=loaded.words,
        scale=loaded.scale,
    )  # fmt: skip


def _share(
    one: Suspected, names: Mapping[int, str], codes: Mapping[int, int], held: NDArray[np.int64]
) -> SuspectShare:
    return SuspectShare(
        labeler=names[one.labeler_id],
        since=one.since,
        clock=one.clock,
        labels=int((held == codes.get(one.labeler_id, -1)).sum()),
        audit=one.audit,
        audited=0 if one.found is None else int(one.found.item.size),
        why_not=one.why_not,
    )


def _changes(
    changed: Mapping[tuple[str | None, str | None], int],
) -> tuple[TrainingChange, ...]:
    most = Counter(changed).most_common(MOST_CHANGES)
    return tuple(TrainingChange(before=a, after=b, items=n) for (a, b), n in most)
