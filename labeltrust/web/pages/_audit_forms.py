"""Fields of the audit pages into what services take."""

import math
from datetime import datetime

from labeltrust.domain.audits import AuditPlan
from labeltrust.domain.errors import InvalidInput
from labeltrust.services.draw_audit import AuditDraft
from labeltrust.services.record_verdicts import VerdictDraft
from labeltrust.web.pages._view import Form

DEFAULTS = {
    "size": "50", "margin": "", "by": "size", "disputed": "60", "unanimous": "15", "twice": "20",
    "by_class": "yes", "by_time": "", "by_signal": "", "sampling": "stratified",
    "stops_early": "",
    "reviewers": "", "labeler": "", "source": "", "flag": "",
    "question": "", "reason": "",
}  # fmt: skip


def with_defaults(form: Form) -> Form:
    """Return the fields of a form as it is shown: what is missing as a new one has it."""
    sent = {name: value for name, value in form.items() if name in DEFAULTS}
    if "price" in form or "csrf_token" in form:  # a box that is not ticked is not sent
        sent = {"by_class": "", "by_time": "", "by_signal": "", "stops_early": ""} | sent
    return DEFAULTS | sent


def audit_draft(project: str, form: Form) -> AuditDraft:
    """Return what is to be audited.

    Raises:
        InvalidInput: A number is none; names the field.

    >>> audit_draft("fraud", {"labeler": "bob", "size": "40", "by": "size"}).plan.size
    40
    """
    fields = with_defaults(form | {"csrf_token": ""})
    by_margin = fields["by"] == "margin"
    plan = AuditPlan(
        size=None if by_margin else _whole(fields["size"], "size"),
        margin=_percent(fields["margin"], "margin") if by_margin else None,
        disputed=_percent(fields["disputed"], "disputed") or 0.0,
        unanimous=_percent(fields["unanimous"], "unanimous") or 0.0,
        twice=_percent(fields["twice"], "twice") or 0.0,
        by_class=bool(fields["by_class"]),
        by_time=bool(fields["by_time"]),
        by_signal=bool(fields["by_signal"]),
        sampling=fields["sampling"],
        stops_early=bool(fields["stops_early"]),
        reviewers=tuple(name.strip() for name in fields["reviewers"].split(",") if name.strip()),
    )
    return AuditDraft(
        project=project,
        reason=fields["reason"],
        labeler=fields["labeler"] or None,
        source=fields["source"] or None,
        flag=_whole(fields["flag"], "flag"),
        question=fields["question"] or None,
        plan=plan,
    )


def _whole(text: str, name: str) -> int | None:
    if not text.strip():
        return None
    plain = text.strip()
    if not plain.isascii() or not plain.isdigit() or len(plain) > 9:  # noqa: PLR2004 - 32 bits
        raise InvalidInput(f"{text[:40]!r} is no whole number", place=name)
    return int(plain)


def _percent(text: str, name: str) -> float | None:
    if not text.strip():
        return None
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise InvalidInput(f"{text[:40]!r} is no number of percent", place=name)
    return found / 100


def verdict_draft(task: int, form: Form, classes: tuple[str, ...] | None, now: datetime) -> (
    VerdictDraft
):  # fmt: skip
    """Return what a reviewer says; `label` holds the place of a class, or a text.

    Raises:
        InvalidInput: Nothing was chosen.
    """
    seconds = _seconds(form.get("shown_at", ""), now)
    if "skip" in form:
        return VerdictDraft(task=task, cannot_tell=True, seconds=seconds)
    label = form.get("label", "")
    if not label and form.get("choice", "") and classes is not None:
        place = _whole(form["choice"], "choice") or 0
        if not 0 < place <= len(classes):
            raise InvalidInput("choose one of the answers", place="choice")
        label = classes[place - 1]
    if not label:
        raise InvalidInput("choose an answer, or say that you cannot tell", code="no_answer")
    return VerdictDraft(task=task, label=label, seconds=seconds)


def _seconds(shown_at: str, now: datetime) -> float | None:
    try:
        return (now - datetime.fromisoformat(shown_at)).total_seconds()
    except (ValueError, TypeError):
        return None
