"""Tell a labeler's manager of a freeze: what is held, since when, why, and how to appeal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from labeltrust.domain.appeals import Notice
from labeltrust.domain.cases import FlagCase, FreezeCase
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act, note
from labeltrust.services._cases import flag_cases, freeze_cases
from labeltrust.services._words import bound
from labeltrust.services.deployment import Deployment
from labeltrust.services.open_appeal import require_standing, seen_freeze
from labeltrust.services.show_evidence import DisputedItem, in_words
from labeltrust.store.appeals import add_notice, notices_of
from labeltrust.store.flags import get_flag
from labeltrust.store.freezes import get_freeze
from labeltrust.store.history import About
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeText:
    """What a notice says, and to whom it went before.

    Attributes:
        freeze: The freeze.
        labels: Labels held as of the newest assessment, or None where that is not known.
        items_n: Items that they are of, or None.
        items: Items that the freeze rests on, without gold: whoever reads it must not learn which
            items are gold, nor what is right on them.
        sent: Notices on record, oldest first.
        now: Date of the notice.
    """

    freeze: FreezeCase
    labels: int | None
    items_n: int | None
    items: tuple[DisputedItem, ...]
    sent: tuple[Notice, ...]
    now: datetime


def show_notice(deployment: Deployment, principal: Principal, freeze_id: int) -> NoticeText:
    """Return what the notice of a freeze says today.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such freeze in scope.
        InvalidInput: It is of no labeler.
    """
    with reading(deployment.engine) as session:
        row = seen_freeze(session, principal, freeze_id, "read")
        _require_labeler(freeze_id, row.state.labeler_id)
        freeze = freeze_cases(session, [row])[0]
        flag = None
        if row.state.flag_id is not None:
            flag = flag_cases(session, [get_flag(session, row.state.flag_id)])[0]
        sent = tuple(notices_of(session, [freeze_id]))
    holds = _holds(flag, freeze)
    return NoticeText(
        freeze=freeze,
        labels=holds.get("labels"),
        items_n=holds.get("items"),
        items=_items(deployment, flag),
        sent=sent,
        now=deployment.clock(),
    )


def send_notice(
    deployment: Deployment, principal: Principal, freeze_id: int, *, sent_to: str
) -> Notice:
    """Put on record that a notice was given to somebody.

    Raises:
        NotAllowed: The role may not freeze.
        NotFound: There is no such freeze in scope.
        InvalidInput: It is not told to whom, or the freeze is of no labeler.
        Conflict: The freeze is lifted.
    """
    words = bound(checked_note(sent_to, "sent_to"))
    with unit_of_work(deployment.engine) as session:
        seen = seen_freeze(session, principal, freeze_id, "freeze")
        project = project_row(session, seen.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        freeze = get_freeze(session, freeze_id)
        require_standing(freeze)
        by, at = act.actor, act.at
        number = add_notice(
            session, freeze_id, sent_by=by, at=at, sent_to=words.text, salt=words.salt
        )
        said = {"notice": number, "freeze": freeze_id, "sha256": words.digest}
        note(act, "notice.sent", said, About(labeler_alias_id=freeze.state.labeler_id))
        return Notice(id=number, freeze=freeze_id, sent_at=at, sent_by=by, sent_to=words.text)


def _require_labeler(freeze_id: int, labeler_id: int | None) -> None:
    if labeler_id is None:
        detail = f"freeze {freeze_id} is of no labeler; a notice is about a labeler"
        raise InvalidInput(detail, code="freeze_scope")


def _holds(flag: FlagCase | None, freeze: FreezeCase) -> Mapping[str, Any]:
    """Return what the assessment counted, where the freeze holds just that."""
    found = {} if flag is None else flag.evidence.get("holds")
    same = flag is not None and (freeze.since, freeze.clock) == (
        flag.since,
        flag.evidence.get("clock", "received"),
    )
    return found if same and isinstance(found, Mapping) else {}


def _items(deployment: Deployment, flag: FlagCase | None) -> tuple[DisputedItem, ...]:
    if flag is None:
        return ()
    return tuple(item for item in in_words(deployment, [flag])[0].items if not item.gold)
