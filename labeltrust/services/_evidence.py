"""Evidence with names: it is kept with opaque ids, since names live in one erasable table alone."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from labeltrust.store.labelers import item_names, labeler_names

Evidence = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceNames:
    """Outside ids of the items and labelers that evidence speaks of."""

    items: Mapping[int, str]
    labelers: Mapping[int, str]


def evidence_names(session: Session, evidence: Iterable[Evidence]) -> EvidenceNames:
    """Read the names of everything that some pieces of evidence speak of, at once."""
    items: set[int] = set()
    labelers: set[int] = set()
    for piece in evidence:
        for item in piece.get("items", ()):
            items.add(item["item"])
            labelers.update(item["disagreed"])
        labelers.update(accuser["labeler"] for accuser in piece.get("accusers", ()))
    return EvidenceNames(
        items=item_names(session, items), labelers=labeler_names(session, labelers)
    )


def with_names(evidence: Evidence, names: EvidenceNames) -> dict[str, Any]:
    """Return evidence with outside ids in place of opaque ones."""
    named = dict(evidence)
    if "items" in evidence:
        named["items"] = [_item(item, names) for item in evidence["items"]]
    if "accusers" in evidence:
        named["accusers"] = [
            {**accuser, "labeler": names.labelers[accuser["labeler"]]}
            for accuser in evidence["accusers"]
        ]
    return named


def _item(item: Mapping[str, Any], names: EvidenceNames) -> dict[str, Any]:
    disagreed = [names.labelers[number] for number in item["disagreed"]]
    return {**item, "item": names.items[item["item"]], "disagreed": disagreed}
