"""The evidence of flags in words: items with what reviewers see of them, labelers by name."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from labeltrust.domain.cases import FlagCase, FreezeCase
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_flags import show_flag
from labeltrust.services.list_labelers import show_labeler
from labeltrust.store.labelers import labeler_names
from labeltrust.store.names import ItemWords, item_words
from labeltrust.store.session import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What another labeler said of an item."""

    labeler: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputedItem:
    """An item that a flag rests on.

    Attributes:
        item: The outside id.
        content: What reviewers see of it, as it was last told.
        said: The suspect's label.
        others_believe: What peers or gold believe.
        belief: How sure they are, in [0, 1].
        gold: Whether that is a gold label.
        disagreed: Names of those who labeled it otherwise.
        others: What others said of it, those who disagree first; the first dozen of many.
    """

    item: str
    content: Mapping[str, Any]
    said: str
    others_believe: str
    belief: float
    gold: bool
    disagreed: tuple[str, ...]
    others: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accuser:
    """A labeler who disagreed with the suspect on so many of the items they share.

    Attributes:
        labeler: The name.
        disagreed: Items on which they gave another label.
        of: Items they share.
        dense: One of a cluster that disagrees far more than the others do.
        ring: One of a ring that gives the same unusual labels.
    """

    labeler: str
    disagreed: int
    of: int
    dense: bool = False
    ring: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagEvidence:
    """What one flag rests on."""

    flag: FlagCase
    items: tuple[DisputedItem, ...]
    accusers: tuple[Accuser, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelerEvidence:
    """Why a labeler is suspected: signals of the newest assessment, flags with their items."""

    labeler: str
    signals: Sequence[Mapping[str, Any]]
    flags: tuple[FlagEvidence, ...]
    freezes: tuple[FreezeCase, ...]


def flag_evidence(deployment: Deployment, principal: Principal, flag: int) -> FlagEvidence:
    """Return one flag with its evidence in words.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such flag in scope.
    """
    return in_words(deployment, [show_flag(deployment, principal, flag)])[0]


def labeler_evidence(
    deployment: Deployment,
    principal: Principal,
    project: str,
    labeler: str,
    *,
    source: str | None = None,
) -> LabelerEvidence:
    """Return everything that speaks for or against one labeler.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project or labeler, or nothing was assessed yet.
        InvalidInput: Two sources call different labelers by this name.
    """
    case = show_labeler(deployment, principal, project, labeler, source=source)
    return LabelerEvidence(
        labeler=case.assessed["labeler"],
        signals=case.assessed["signals"],
        flags=tuple(in_words(deployment, case.flags)),
        freezes=case.freezes,
    )


def in_words(deployment: Deployment, flags: Sequence[FlagCase]) -> list[FlagEvidence]:
    """Return flags with their evidence in words; all names are looked up at once."""
    items = [i for flag in flags for i in _listed(flag.evidence, "items")]
    accusers = [a for flag in flags for a in _listed(flag.evidence, "accusers")]
    words = item_words(deployment.engine, {i["item"] for i in items})
    wanted = {a["labeler"] for a in accusers} | {who for i in items for who in i["disagreed"]}
    wanted |= {other["labeler"] for i in items for other in i.get("others", ())}
    with reading(deployment.engine) as session:
        names = labeler_names(session, wanted)
    return [_evidence(flag, words, names) for flag in flags]


def _evidence(
    flag: FlagCase, words: Mapping[int, ItemWords], names: Mapping[int, str]
) -> FlagEvidence:
    items = _listed(flag.evidence, "items")
    return FlagEvidence(
        flag=flag,
        items=tuple(_item(i, words.get(i["item"]), names) for i in items),
        accusers=tuple(
            Accuser(
                labeler=names[a["labeler"]],
                disagreed=a["disagreed"],
                of=a["of"],
                dense=a.get("dense", False),
                ring=a.get("ring", False),
            )
            for a in _listed(flag.evidence, "accusers")
        ),
    )


def _item(
    found: Mapping[str, Any], words: ItemWords | None, names: Mapping[int, str]
) -> DisputedItem:
    return DisputedItem(
        item=f"item #{found['item']}" if words is None else words.name,
        content={} if words is None else json.loads(words.content),
        said=found["said"],
        others_believe=found["others_believe"],
        belief=found["belief"],
        gold=found["gold"],
        disagreed=tuple(_named(found["disagreed"], names)),
        others=tuple(
            Said(labeler=names[other["labeler"]], said=other["said"])
            for other in found.get("others", ())
        ),
    )


def _named(numbers: Iterable[int], names: Mapping[int, str]) -> Iterable[str]:
    return (names[number] for number in numbers)


def _listed(evidence: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    """Return a list of the evidence; flags of other origin may have none."""
    found = evidence.get(key, [])
    return found if isinstance(found, list) else []
