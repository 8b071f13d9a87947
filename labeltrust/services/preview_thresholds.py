"""Thresholds of a project: in force, under others, and asked of a second person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from labeltrust.domain.approvals import Approval
from labeltrust.domain.errors import Conflict
from labeltrust.domain.principals import Principal
from labeltrust.domain.projects import Project
from labeltrust.policy.thresholds import Thresholds
from labeltrust.services._appraisal import Appraised, appraised, history_at, rules_of
from labeltrust.services._heavy import heavily
from labeltrust.services._item_words import words_in
from labeltrust.services._thresholds import differing, in_force, under
from labeltrust.services.ask_approval import ask_approval
from labeltrust.services.deployment import Deployment
from labeltrust.store.flags import list_flags
from labeltrust.store.freezes import list_freezes
from labeltrust.store.inserting import known_id
from labeltrust.store.judgments import read_judgments
from labeltrust.store.projects import project_of, project_row
from labeltrust.store.session import reading
from labeltrust.store.snapshots import probation_sources

Pair = tuple[float | None, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """One labeler whom the change of thresholds would treat otherwise.

    Attributes:
        question: Of which question of the project.
        severity: Of the flag under the thresholds that raise it.
        signals: What it rests on there.
        flag: Number of the open flag on record, None where there is none.
    """

    labeler: str
    question: str
    severity: str
    signals: tuple[str, ...]
    flag: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What would be otherwise if the labels on record were assessed under other thresholds.

    Attributes:
        changed: The thresholds that differ: (in force, wanted).
        flagged: Labelers with a case now, and how many there would be.
        newly_flagged: Who would have a case and has none.
        no_longer_flagged: Who has a case and would have none; a flag on record stays open until a
            person decides.
        newly_held: Whose labels the machine would hold and does not.
        no_longer_held: Whose labels it would not hold by itself any more; freezes that stand
            stay until they are lifted.
        divided: Whether so many are suspected that peers prove nothing: now, and then.
    """

    project: str
    changed: dict[str, Pair]
    flagged: tuple[int, int]
    newly_flagged: tuple[Touched, ...]
    no_longer_flagged: tuple[Touched, ...]
    newly_held: tuple[Touched, ...]
    no_longer_held: tuple[Touched, ...]
    divided: tuple[bool, bool]


def show_thresholds(
    deployment: Deployment, principal: Principal, project: str
) -> dict[str, float | None]:
    """Return the thresholds in force in a project, None where one is left to the crowd.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        found = project_of(session, project_row(session, project))
    return in_force(deployment.settings, found)


def preview_thresholds(
    deployment: Deployment, principal: Principal, project: str, wanted: Thresholds
) -> Preview:
    """Assess the labels on record under other thresholds, and store nothing.

    Raises:
        NotAllowed: The role may not configure.
        NotFound: There is no such project in scope.
        InvalidInput: A threshold is unknown or out of range.
        Conflict: These thresholds are in force already.
        Busy: Too many assessments wait already.
    """
    principal.require("configure", project)
    with reading(deployment.engine) as session:
        _changed(deployment, project_of(session, project_row(session, project)), wanted)
    return heavily(deployment, _preview, project, dict(wanted))


def ask_thresholds(
    deployment: Deployment,
    principal: Principal,
    project: str,
    wanted: Thresholds,
    *,
    reason: str,
) -> Approval:
    """Ask a second person to change thresholds, upon those in force now.

    Raises:
        NotAllowed: The role may not configure, or nobody knows who asks.
        NotFound: There is no such project in scope.
        InvalidInput: A threshold is unknown or out of range, or the reason is empty.
        Conflict: These thresholds are in force, or asked for, already.
    """
    principal.require("configure", project)
    with reading(deployment.engine) as session:
        changed = _changed(deployment, project_of(session, project_row(session, project)), wanted)
    change = {
        "thresholds": {name: wanted[name] for name in changed},
        "before": {name: before for name, (before, _) in changed.items()},
    }
    return ask_approval(
        deployment, principal, "threshold_change", project=project, change=change, reason=reason
    )


def _changed(deployment: Deployment, now: Project, wanted: Thresholds) -> dict[str, Pair]:
    changed = differing(deployment.settings, now, under(now, wanted))
    if not changed:
        raise Conflict("these thresholds are in force already")
    return changed


def _preview(deployment: Deployment, name: str, wanted: Thresholds) -> Preview:
    with reading(deployment.engine) as session:
        row = project_row(session, name)
        now, project_id = project_of(session, row), known_id(row.id)
        flags = [flag.state for flag in list_flags(session, project_id)]
        freezes = [freeze.state for freeze in list_freezes(session, project_id, lifted=True)]
        probation = probation_sources(session, project_id)
    then, at = under(now, wanted), deployment.clock()
    pairs: list[tuple[Appraised, Appraised]] = []
    for question in now.questions:
        loaded = read_judgments(deployment.engine, name, question.name)
        mine = [flag for flag in flags if flag.question == question.name]
        standing = (history_at(mine, freezes, None), at)
        before, after = (
            appraised(
                question.name,
                loaded,
                probation,
                rules_of(deployment.settings, one),
                standing,
                words_of=words_in(deployment.engine),
            )
            for one in (now, then)
        )
        pairs.append((before, after))
    return _compared(name, _changed(deployment, now, wanted), pairs)


Entry = dict[str, Any]
Named = Callable[[Appraised], dict[str, Entry]]
Pairs = Sequence[tuple[Appraised, Appraised]]


def _compared(name: str, changed: dict[str, Pair], pairs: Pairs) -> Preview:
    turned = [(after, before) for before, after in pairs]
    return Preview(
        project=name,
        changed=changed,
        flagged=(
            sum(len(_with_case(before)) for before, _ in pairs),
            sum(len(_with_case(after)) for _, after in pairs),
        ),
        newly_flagged=_lost(turned, _with_case),
        no_longer_flagged=_lost(pairs, _with_case),
        newly_held=_lost(turned, _held),
        no_longer_held=_lost(pairs, _held),
        divided=(
            any(before.appraisal.divided for before, _ in pairs),
            any(after.appraisal.divided for _, after in pairs),
        ),
    )


def _with_case(found: Appraised) -> dict[str, Entry]:
    """Return the entries of labelers with a case, by name: a flag only weakened is none."""
    entries: list[Entry] = found.appraisal.document["labelers"]
    codes = (f.labeler for f in found.appraisal.flags if f.action != "weaken")
    return {entries[code]["labeler"]: entries[code] for code in codes}


def _held(found: Appraised) -> dict[str, Entry]:
    entries: list[Entry] = found.appraisal.document["labelers"]
    return {entry["labeler"]: entry for entry in entries if entry["frozen"]}


def _lost(pairs: Pairs, named: Named) -> tuple[Touched, ...]:
    """Return who is named by the first of each pair and not by the second."""
    found = []
    for first, second in pairs:
        gone = named(second)
        found += [
            _touch(first.question, entry)
            for name, entry in named(first).items()
            if name not in gone
        ]
    return tuple(sorted(found, key=lambda one: (one.question, one.labeler)))


def _touch(question: str, entry: Entry) -> Touched:
    flag = entry["flag"] or {}
    return Touched(
        labeler=entry["labeler"],
        question=question,
        severity=flag.get("severity", ""),
        signals=tuple(flag.get("signals", ())),
        flag=flag.get("id") or None,
    )
