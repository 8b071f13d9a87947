"""Gold, verdicts of audits and raised flags, gathered from the records of a bundle on their way."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Engine

from labeltrust.ledger.canonical import Record
from labeltrust.services._raised import raised_text
from labeltrust.store.evidence import Link

Line = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A record of an assessment that raised flags; `kept` is its digest, None where it is gone."""

    sequence: int
    flags: frozenset[int]
    kept: str | None


@dataclass(slots=True)
class Findings:
    """What was met among the records.

    Attributes:
        gold: By item and question the newest record, with what orders it.
        verdicts: Verdicts in the order of the chain.
        standing: Place of the verdict that stands, by audit and task.
        flags: Numbers of the flags whose opening is among the records.
        assessments: The assessments that raised any flag.
    """

    gold: dict[tuple[str, str], tuple[tuple[int, str], Record]] = field(default_factory=dict)
    verdicts: list[Line] = field(default_factory=list)
    standing: dict[tuple[int, int], int] = field(default_factory=dict)
    flags: set[int] = field(default_factory=set)
    assessments: list[Opened] = field(default_factory=list)

    def meet(self, link: Link) -> None:
        """Remember what one more record says."""
        kind = link.record.type
        if kind.startswith("gold."):
            self._meet_gold(link.record)
        elif kind.startswith("audit.verdict_"):
            self._meet_verdict(link)
        elif kind == "flag.opened":
            self.flags.add(json.loads(link.record.detail)["flag"])
        elif kind == "assessment.made":
            self._meet_assessment(link.record)

    def _meet_gold(self, record: Record) -> None:
        at = next(t for t in (record.revised, record.occurred, record.received) if t is not None)
        key, order = (record.item or "", record.question or ""), (at, record.event or "")
        if key not in self.gold or self.gold[key][0] < order:
            self.gold[key] = order, record

    def _meet_verdict(self, link: Link) -> None:
        detail = json.loads(link.record.detail)
        task = detail["audit"], detail["task"]
        if link.record.type == "audit.verdict_withdrawn":
            place = self.standing.pop(task, None)
            if place is not None:
                self.verdicts[place]["withdrawn"] = link.record.sequence
            return
        self.standing[task] = len(self.verdicts)
        keys = ("audit", "task", "reviewer", "label", "seconds")
        said = {key: detail[key] for key in keys}
        line = {"sequence": link.record.sequence, **said, "item": link.record.item}
        self.verdicts.append({**line, "withdrawn": None, "item_id": link.item_alias_id})

    def _meet_assessment(self, record: Record) -> None:
        detail = json.loads(record.detail)
        if detail.get("opened"):
            opened = Opened(
                sequence=record.sequence,
                flags=frozenset(detail["opened"]),
                kept=detail.get("kept"),
            )
            self.assessments.append(opened)

    def raising(self) -> list[Opened]:
        """Return the assessments that raised one of the flags here, oldest first."""
        return [one for one in self.assessments if not self.flags.isdisjoint(one.flags)]

    def raised(self) -> list[Line]:
        """Return which record raised each flag, and whether its assessment is kept."""
        return [
            {"flag": flag, "sequence": one.sequence, "kept": one.kept}
            for one in self.raising()
            for flag in sorted(one.flags & self.flags)
        ]


def raised_assessments(engine: Engine, found: Findings) -> Iterator[tuple[str, bytes]]:
    """Yield the name of a member and the bytes of each assessment that raised a flag and is kept.

    Raises:
        Tampered: One is gone, or is not what its record says.
    """
    for one in found.raising():
        if one.kept is not None:
            yield f"assessments/{one.sequence}.json", raised_text(engine, one.kept)


def gold_lines(found: Findings, names: Mapping[str, str | None]) -> Iterator[Line]:
    """Yield the gold that items have now, in the order in which it was declared."""
    standing = [record for _, record in found.gold.values() if record.type == "gold.declared"]
    for record in sorted(standing, key=lambda one: one.sequence):
        yield {
            "sequence": record.sequence,
            "item": record.item,
            "name": names.get(record.item or ""),
            "question": record.question,
            "label": record.label,
        }


def verdict_lines(
    found: Findings, names: Mapping[str, str | None], said: Mapping[tuple[int, int], str]
) -> Iterator[Line]:
    """Yield the verdicts of audits, those taken back too.

    Args:
        found: What the records say.
        names: Outside ids of items by pseudonym.
        said: What the suspect had said when the sample was drawn, by audit and id of the item.
    """
    for line in found.verdicts:
        told = {key: value for key, value in line.items() if key != "item_id"}
        given = said.get((line["audit"], line["item_id"]))
        yield {**told, "name": names.get(line["item"] or ""), "said": given}
