"""A question's judgments out of the store into an appraisal: reading, names, rules, no writing."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from labeltrust.counts import Judgments, Tokens, block
from labeltrust.counts._base import STRUCTURED
from labeltrust.counts._meetings import SEED, with_likeness
from labeltrust.domain.flags import FlagState
from labeltrust.domain.freezes import FreezeState
from labeltrust.domain.model_roles import ModelPair
from labeltrust.domain.projects import Project
from labeltrust.engine.choice import LOCAL, Engine
from labeltrust.policy.names import Names
from labeltrust.policy.settings import PolicySettings
from labeltrust.policy.thresholds import THRESHOLDS
from labeltrust.services._item_words import WordsOf, no_words
from labeltrust.services._slots import Lately, counted_slots, lately_of
from labeltrust.services.appraise import Appraisal, History, appraise
from labeltrust.services.models._comparing import PairRead, pairs_read
from labeltrust.services.suppliers._reading import SupplierRead, suppliers_read
from labeltrust.settings import Settings
from labeltrust.store.judgments import LoadedJudgments
from labeltrust.store.names import Labeler
from labeltrust.store.project_slots import Slots
from labeltrust.store.slices import NONE

Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What an assessment looks at besides its labelers.

    Attributes:
        pairs: Models to be compared with the version before.
        vendors: Whose people labelers are, by id.
    """

    pairs: Sequence[ModelPair] = ()
    vendors: Mapping[int, str] = field(default_factory=dict)


NOTHING_BESIDE = Beside()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShare:
    """Current labels that one source brought, and when the newest of them was received."""

    labels: int
    newest_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraised:
    """An appraisal with what the store knows about its judgments."""

    question: str
    appraisal: Appraisal
    scale: str
    outside_scale: int
    without_provenance: int
    by_source: Mapping[int, SourceShare]
    slots: Mapping[str, Slots]
    models: tuple[PairRead, ...] = ()
    suppliers: tuple[SupplierRead, ...] = ()


def appraised(  # noqa: PLR0913 - one parameter a thing that comes from outside
    question: str,
    loaded: LoadedJudgments,
    probation: Collection[int],
    rules: PolicySettings,
    standing: tuple[History, datetime],
    *,
    documented: bool = True,
    engine: Engine = LOCAL,
    beside: Beside = NOTHING_BESIDE,
    words_of: WordsOf = no_words,
) -> Appraised:
    """Appraise the judgments of one question; those of sources on probation do not count.

    Args:
        question: Its name.
        loaded: Its current judgments.
        probation: Ids of sources that are not vetted.
        rules: Rates and floors.
        standing: Flags and freezes on record, and the moment of the assessment.
        documented: Whether to write the document; False where flags and freezes are enough.
        engine: Where counters run.
        beside: Models to be compared with the version before, and whose people labelers are.
        words_of: Gives the words of items.
    """
    kept = ~np.isin(loaded.source, list(probation))
    judgments = block(
        loaded.item[kept],
        loaded.labeler[kept],
        loaded.label[kept],
        n_labelers=len(loaded.labelers),
        values=loaded.values,
        level=loaded.level,
        occurred_us=loaded.occurred_us[kept],
        received_us=loaded.received_us[kept],
        duration_seconds=loaded.duration_seconds[kept],
        suggestion=loaded.suggestion[kept],
        gold=(loaded.gold_item, loaded.gold_label),
        features=loaded.features,
    )
    if loaded.level in STRUCTURED:
        judgments = with_likeness(judgments, loaded.words, np.random.default_rng(SEED))
    judgments = replace(judgments, tokens=_tokens(judgments, words_of))
    history, now = standing
    names, scale, outside = _names(loaded), loaded.scale, loaded.outside_scale
    models = pairs_read(loaded, beside.pairs)
    suppliers = suppliers_read(loaded, beside.vendors, probation, now) if documented else ()
    missing, by_source = _without_provenance(loaded, kept), _by_source(loaded)
    lately = lately_of(loaded, kept, now) if documented else None
    del loaded, kept  # the block holds what is reckoned with: columns of a history are large
    found = appraise(
        judgments,
        names,
        policy=rules,
        history=history,
        now=now,
        documented=documented,
        engine=engine,
    )
    return Appraised(
        question=question,
        appraisal=found,
        scale=scale,
        outside_scale=outside,
        without_provenance=missing,
        by_source=by_source,
        models=models,
        slots=_slots(lately, names, found),
        suppliers=suppliers,
    )


def _tokens(judgments: Judgments, words_of: WordsOf) -> Tokens | None:
    """Return the words of the items of a block, where a signal reads them."""
    if judgments.level in STRUCTURED:
        return None
    found = words_of(judgments.item_id)
    return None if found is None else found.at(judgments.item_id)


def _slots(lately: Lately | None, names: Names, found: Appraisal) -> Mapping[str, Slots]:
    if lately is None:
        return {}
    return counted_slots(lately, names.labelers, found.document["rings"])


def _by_source(loaded: LoadedJudgments) -> dict[int, SourceShare]:
    source, place, n = np.unique(loaded.source, return_inverse=True, return_counts=True)
    newest = np.zeros(source.size, dtype=np.int64)
    np.maximum.at(newest, place, loaded.received_us)
    return {
        int(number): SourceShare(labels=int(n[k]), newest_us=int(newest[k]))
        for k, number in enumerate(source.tolist())
    }


def _names(loaded: LoadedJudgments) -> Names:
    return Names(
        labelers=told_apart(loaded.labelers),
        labeler_ids=np.array([labeler.id for labeler in loaded.labelers], dtype=np.int64),
        kinds=tuple(labeler.kind for labeler in loaded.labelers),
        labels=loaded.words,
    )


def told_apart(labelers: Sequence[Labeler]) -> tuple[str, ...]:
    """Return the names of labelers; where two sources use one name, with the space of each.

    >>> told_apart([Labeler(id=1, name="ann", kind="human", id_space="a"),
    ...             Labeler(id=2, name="ann", kind="human", id_space="b")])
    ('ann (a)', 'ann (b)')
    """
    used = Counter(labeler.name for labeler in labelers)
    return tuple(
        labeler.name if used[labeler.name] == 1 else f"{labeler.name} ({labeler.id_space})"
        for labeler in labelers
    )


def _without_provenance(loaded: LoadedJudgments, kept: Bool) -> int:
    missing = (loaded.source == NONE) | (loaded.delivery == NONE)
    return int((missing & kept).sum())


def rules_of(settings: Settings, project: Project) -> PolicySettings:
    """Return the rules of a project: its thresholds and floors, else the installation's rates."""
    floors = project.floors
    rules = PolicySettings(
        flag_rate=settings.flag_rate,
        freeze_rate=settings.freeze_rate,
        gold_floor=floors.get("gold_accuracy"),
        class_floor=floors.get("class_accuracy"),
    )
    rules = replace(rules, trust_floor=floors.get("trust", rules.trust_floor))
    own: dict[str, Any] = {k: v for k, v in project.policy.items() if k in THRESHOLDS}
    return replace(rules, **own)


def history_at(
    flags: Sequence[FlagState], freezes: Sequence[FreezeState], as_of: datetime | None
) -> History:
    """Return flags and freezes as they stood at a moment; None means now."""
    if as_of is None:
        return History(flags=tuple(flags), freezes=tuple(freezes))
    return History(
        flags=tuple(f for f in flags if f.opened_at <= as_of),
        freezes=tuple(
            replace(
                f, lifted_at=None if f.lifted_at is None or f.lifted_at > as_of else f.lifted_at
            )
            for f in freezes
            if f.placed_at <= as_of
        ),
    )
