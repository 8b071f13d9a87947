"""The postmortem of an incident as Markdown; whatever people wrote in it is text and stays text."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

from labeltrust.services.incident_damage import IncidentDamage
from labeltrust.services.show_incident import IncidentCase, MeasuredTime
from labeltrust.services.tell_damage import damage_words

_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~&:@^$=])")

MOST_NAME = 200


def postmortem(case: IncidentCase, damage: IncidentDamage) -> str:
    """Return the case file, and what the suspects did, as Markdown with one heading a part."""
    return "\n".join(_lines(case, damage)) + "\n"


def plain(text: str) -> str:
    r"""Return a text that Markdown shows as it is: on one line, nothing hidden, nothing marked up.

    >>> plain("<b>a*" + chr(0x202E))
    '\\<b\\>a\\*⟨U\\+202E⟩'
    """
    seen = (c if c.isprintable() else " " if c in "\n\t" else f"⟨U+{ord(c):04X}⟩" for c in text)
    return _SPECIAL.sub(r"\\\1", "".join(seen))


def duration_text(seconds: float) -> str:
    """Return a time in its two greatest units.

    >>> duration_text(93_784.0), duration_text(0.0)
    ('1 d 2 h', '0 s')
    """
    left, parts = int(seconds), []
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")):
        n, left = divmod(left, size)
        if n:
            parts.append(f"{n} {unit}")
    return " ".join(parts[:2]) or "0 s"


def _lines(case: IncidentCase, damage: IncidentDamage) -> Iterator[str]:
    one = case.incident
    yield f"# Incident {one.id}: {plain(one.title)}"
    yield ""
    yield f"- Project: {plain(one.project)}"
    yield f"- Status: {one.status}, severity {one.severity}"
    yield f"- Owner: {plain(one.owner) or 'nobody'}"
    yield f"- Opened: {_moment(one.opened_at)} by {plain(one.opened_by)}"
    for word, at in (("Contained", one.contained_at), ("Resolved", one.resolved_at),
                     ("Closed", one.closed_at)):  # fmt: skip
        yield f"- {word}: {_moment(at)}"
    yield from _times(case)
    yield from ("", "## Summary", "", *_paragraphs(case.summary))
    yield from ("", "## Members", "")
    yield from (f"- {_member(m.kind, m.flag)} {plain(m.name)} {m.status}" for m in case.members)
    yield from _suspects(case)
    yield from ("", "## Damage", "")
    yield from (f"- {plain(line)}" for line in damage_words(damage))
    yield from ("", "## Timeline", "")
    if case.timeline_is_cut:
        yield "Earlier entries are left out."
        yield ""
    for entry in case.timeline:
        yield f"- {_moment(entry.at)} {entry.what} by {plain(entry.actor)}: {plain(entry.text)}"
    yield from _done(case)
    yield from ("", "## Lessons", "", *_paragraphs(case.lessons))


def _times(case: IncidentCase) -> Iterator[str]:
    yield from ("", "## Times", "")
    first = "from the first bad label, by the earliest estimated onset, to the first flag"
    yield f"- Time to detect ({first}): {_time(case.to_detect)}"
    then = "from the first flag until the labels of every suspect were held out"
    yield f"- Time to contain ({then}): {_time(case.to_contain)}"


def _time(found: MeasuredTime) -> str:
    if found.seconds is None:
        return f"unknown: {plain(found.reason)}"
    start = f"{plain(found.start_of)} ({_moment(found.start)})"
    end = f"{plain(found.end_of)} ({_moment(found.end)})"
    return f"{duration_text(found.seconds)}, from {start} to {end}"


def _suspects(case: IncidentCase) -> Iterator[str]:
    """Yield a table of the suspects in time, as the picture of the other form draws them."""
    if not case.suspects:
        return
    yield from ("", "## Suspects in time", "")
    yield "| suspect | first bad label, estimated | flagged | held out | hold ended |"
    yield "| --- | --- | --- | --- | --- |"
    for one in case.suspects:
        cells = (
            f"{one.kind} {plain(one.name[:MOST_NAME])}",
            "unknown" if one.onset_at is None else f"{_moment(one.onset_at)} ({one.clock})",
            "never" if one.flagged_at is None else _moment(one.flagged_at),
            "never" if one.held_at is None else _moment(one.held_at),
            "" if one.held_at is None else _moment(one.lifted_at),
        )
        yield f"| {' | '.join(cells)} |"


def _member(kind: str, flag: int | None) -> str:
    return kind if flag is None else f"flag {flag} on labeler"


def _done(case: IncidentCase) -> Iterator[str]:
    yield from ("", "## Checklist", "")
    for step in case.checklist:
        done = f" ({_moment(step.at)} by {plain(step.by or '')})" if step.at else ""
        yield f"- [{'x' if step.at else ' '}] {step.step}{done}"
    yield from ("", "## Actions", "")
    if not case.tasks:
        yield "None."
    for task in case.tasks:
        due = f", due {task.due_on}" if task.due_on else ""
        owner = plain(task.owner) or "nobody"
        yield f"- [{'x' if task.done_at else ' '}] {plain(task.words)} ({owner}{due})"


def _paragraphs(text: str) -> list[str]:
    return [plain(line) for line in text.splitlines()] or ["Nothing was written."]


def _moment(at: datetime | None) -> str:
    return "not yet" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")
