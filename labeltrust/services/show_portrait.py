"""One labeler's portrait: what was drawn of the labeler by the newest assessment, with names.

Reads the labeler's own rows and the words of the items on one page, never the whole project.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from labeltrust.domain.audits import AuditCase
from labeltrust.domain.clock import moment
from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services._audits import audit_cases
from labeltrust.services._cases import labeler_named
from labeltrust.services._keeping import unpacked
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_assessment import Document, entry_of, head_of
from labeltrust.services.show_evidence import Said
from labeltrust.store.assessed import figures_of, labelers_shown_as, portrait_of, some_parts
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.audits import list_audits
from labeltrust.store.flags import brief_flags
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import labeler_names
from labeltrust.store.names import ItemWords, item_words
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, reading_at_once
from labeltrust.store.tables import Project

ON_A_PAGE = 8
"""Items side by side on one page."""
_AUDITS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What charts of a labeler are drawn from.

    Attributes:
        labeler_id: Opaque id.
        entry: The labeler's part of the document.
        portrait: See `policy/portraits.py`; empty where the assessment is older than it.
        figures: Of the question, see `policy/figures.py`.
        onset: Since when the standing flag suspects the labeler, or None.
    """

    labeler_id: int
    entry: Document
    portrait: Mapping[str, Any]
    figures: Mapping[str, Any]
    onset: datetime | None

    @property
    def words(self) -> list[str]:
        """The word of each class by code."""
        return list(self.figures.get("words", []))


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtedItem:
    """An item where peers or gold believe something else, beside what everybody said.

    Attributes:
        item: The outside id.
        content: What reviewers see of it.
        said: The labeler's label.
        others_believe: What gold or the others say.
        belief: How sure they are, in [0, 1].
        gold: Whether that is a gold label.
        at: When the labeler said so.
        others: What others said, at most a dozen.
        n_others: How many others labeled it.
    """

    item: str
    content: Mapping[str, Any]
    said: str
    others_believe: str
    belief: float
    gold: bool
    at: datetime
    others: Sequence[Said]
    n_others: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """How a labeler gets on with another one on the items of both; see `policy/meetings.py`."""

    labeler: str
    shared: int
    same: int
    expected: float
    excess: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Portrait:
    """A labeler's portrait in words.

    Attributes:
        drawn: What its charts are drawn from.
        pairs: Others who stand out, those who agree most first.
        items: Doubted items of one page, the surest first.
        n_items: How many of them are kept.
        audits: Audits of the labeler, newest first, but for those that the reader re-labels in.
    """

    drawn: Drawn
    pairs: Sequence[Meeting]
    items: Sequence[DoubtedItem]
    n_items: int
    audits: Sequence[AuditCase]


def read_drawn(deployment: Deployment, principal: Principal, project: str, labeler: str) -> Drawn:
    """Return what charts of a labeler are drawn from.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project or labeler, or nothing was assessed yet.
        InvalidInput: Two sources call different labelers by this name.
    """
    principal.require("read", project)
    with reading_at_once(deployment.engine) as session:
        row = project_row(session, project)
        number = known_id(row.id)
        question = head_of(latest_assessment(session, number), project)["question"]
        who = _labeler(deployment, session, row, question, labeler)
        part = some_parts(session, number, question, [who]).get(who)
        if part is None:
            detail = f"labeler {labeler[:200]!r} is in no assessment yet; run `labeltrust assess`"
            raise NotFound(detail)
        flags = brief_flags(session, number, labeler_ids=[who])
        standing = [f for f in flags if f.status != "dismissed" and f.question == question]
        return Drawn(
            labeler_id=who,
            entry=entry_of(part),
            portrait=unpacked(portrait_of(session, number, question, who)),
            figures=json.loads(figures_of(session, number, question)),
            onset=standing[-1].since if standing else None,
        )


def _labeler(
    deployment: Deployment, session: Session, project: Project, question: str, name: str
) -> int:
    """Find a labeler by outside id, or by what tells two of one id apart: `ann (source:a)`."""
    try:
        return labeler_named(deployment, session, project, name)
    except NotFound:
        shown = labelers_shown_as(session, known_id(project.id), question, name)
        if len(shown) != 1:
            raise
        return shown[0]


def show_portrait(
    deployment: Deployment, principal: Principal, project: str, labeler: str, *, page: int = 1
) -> Portrait:
    """Return the portrait of a labeler with one page of doubted items.

    Args:
        deployment: The installation.
        principal: Who reads.
        project: Name of the project.
        labeler: Outside id, as the source gave it.
        page: Of the items, from 1; beyond the last one it is the last.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project or labeler, or nothing was assessed yet.
        InvalidInput: Two sources call different labelers by this name.
    """
    drawn = read_drawn(deployment, principal, project, labeler)
    items, pairs = drawn.portrait.get("items", []), drawn.portrait.get("pairs", [])
    last = max(len(items) - 1, 0) // ON_A_PAGE
    first = min(max(page - 1, 0), last) * ON_A_PAGE
    shown = items[first : first + ON_A_PAGE]
    words = item_words(deployment.engine, {one["item"] for one in shown})
    wanted = {pair["labeler"] for pair in pairs} | {a for one in shown for a, _ in one["others"]}
    with reading(deployment.engine) as session:
        names = labeler_names(session, wanted)
        number = known_id(project_row(session, project).id)
        rows = list_audits(
            session, project_ids=[number], labeler_id=drawn.labeler_id, limit=_AUDITS
        )
        audits = [case for case in audit_cases(session, principal, rows) if not case.blind]
    return Portrait(
        drawn=drawn,
        pairs=[Meeting(**{**pair, "labeler": names[pair["labeler"]]}) for pair in pairs],
        items=[_item(one, words.get(one["item"]), names, drawn.words) for one in shown],
        n_items=len(items),
        audits=audits,
    )


def _item(
    one: Mapping[str, Any],
    words: ItemWords | None,
    names: Mapping[int, str],
    classes: Sequence[str],
) -> DoubtedItem:
    return DoubtedItem(
        item=f"item #{one['item']}" if words is None else words.name,
        content={} if words is None else json.loads(words.content),
        said=classes[one["said"]],
        others_believe=classes[one["believed"]],
        belief=one["belief"],
        gold=one["gold"],
        at=moment(one["at_us"]),
        others=[Said(labeler=names[who], said=classes[label]) for who, label in one["others"]],
        n_others=one["n_others"],
    )
