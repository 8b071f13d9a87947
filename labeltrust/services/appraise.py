"""Appraise the labelers of a project: judgments in, assessment out; no database, no clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, cast

import numpy as np

from labeltrust import counts as counts_folder
from labeltrust import signals as signals_folder
from labeltrust.counts import Counter, Counts, Judgments
from labeltrust.discovery import discover
from labeltrust.domain.flags import FlagState
from labeltrust.domain.freezes import FreezeState
from labeltrust.engine.choice import LOCAL, Engine
from labeltrust.inference.against_reference import exchange_with
from labeltrust.inference.blocks import received_order
from labeltrust.inference.crowd import fit_crowd
from labeltrust.inference.crowd_rows import CrowdRows, crowd_rows
from labeltrust.policy.breaker import held_rows
from labeltrust.policy.cases import Case, open_cases
from labeltrust.policy.document import labeler_entries, signal_lines, whole
from labeltrust.policy.evidence import evidence_of
from labeltrust.policy.flagging import FlagFinding, Found, flag_findings
from labeltrust.policy.freezing import FreezeProposal, Freezing, Standing, propose_freezes
from labeltrust.policy.gold_report import gold_report
from labeltrust.policy.names import ClassWords, Names, class_words
from labeltrust.policy.population import Bool, Int, Suspicion, is_divided, weigh
from labeltrust.policy.rings import rings_part
from labeltrust.policy.scorecard import Document
from labeltrust.policy.settings import PolicySettings
from labeltrust.policy.trust import Trust, trust_scores
from labeltrust.services._kinds import classes_of, counted, measured, named, read_signal
from labeltrust.signals._base import Evidence, Floors, Readings, Signal

READ_BY_SIGNALS = ("exchange", "label_mix", "tempo")
"""Counters that signals read; the others' numbers stand in the document alone."""
REFITS = 2
"""Times that the suspected are left out of their peers' reference and everything is read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Every flag and freeze that there was in the project."""

    flags: Sequence[FlagState] = ()
    freezes: Sequence[FreezeState] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Appraisal:
    """What an assessment says; nothing of it is stored yet.

    Attributes:
        document: The assessment document without what the store knows: project, as_of,
            events_through and flags_opened.
        flags: Flags to open, renew or weaken.
        freezes: Freezes to place, strongest first. A proposal belongs to the flag of the same
            labeler, which is opened or renewed by the same appraisal.
        breaker_tripped: Whether the circuit breaker made some of them provisional.
        divided: Whether so many are suspected that peers prove nothing.
        policy_version: Version of the rules.
        suspicion: All readings weighed together, labeler by labeler.
        readings: What each signal says, by its name.
        evidence: What they read.
        names: Names of labelers and labels by code.
    """

    document: Document
    flags: tuple[FlagFinding, ...]
    freezes: tuple[FreezeProposal, ...]
    breaker_tripped: bool
    divided: bool
    policy_version: str
    suspicion: Suspicion
    readings: Mapping[str, Readings]
    evidence: Evidence
    names: Names


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """Evidence as last fitted, what the signals read in it, and what that amounts to."""

    evidence: Evidence
    readings: Mapping[str, Readings]
    suspicion: Suspicion


@dataclass(frozen=True, slots=True, kw_only=True)
class _Decided:
    """What was decided about labelers."""

    cases: Sequence[Case]
    findings: tuple[FlagFinding, ...]
    freezing: Freezing
    standing: Standing


def appraise(  # noqa: PLR0913 - one parameter a thing that comes from outside
    judgments: Judgments,
    names: Names,
    *,
    policy: PolicySettings,
    history: History,
    now: datetime,
    documented: bool = True,
    engine: Engine = LOCAL,
) -> Appraisal:
    """Measure, read the signals, and decide on flags and freezes.

    Args:
        judgments: All current judgments of one question.
        names: Names of labelers and labels by code.
        policy: Rates and rules.
        history: Flags and freezes on record, by opaque labeler ids.
        now: The present moment, aware.
        documented: Whether to write the document, trust scores with it; False leaves it empty, for
            those who only ask who is flagged and held.
        engine: Where counters run; what is fitted is fitted here.
    """
    signals = discover(signals_folder, "SIGNAL", Signal)
    names = named(names, judgments)
    classes = classes_of(judgments)
    counters = discover(counts_folder, "COUNTER", Counter)
    wanted = counters if documented else {name: counters[name] for name in READ_BY_SIGNALS}
    counts = counted(judgments, classes, wanted, engine)
    read = _converged(judgments, crowd_rows(classes), counts, signals, policy)
    crowd = read.evidence.crowd
    cases = open_cases(crowd, read.readings, signals, read.suspicion, policy)
    standing = Standing(labeler_ids=names.labeler_ids, freezes=history.freezes, now=now)
    findings = flag_findings(_found(cases, read, names), history.flags, standing.code_of, now)
    live = {f.labeler for f in findings if f.action != "weaken"}
    freezing = propose_freezes(crowd, [c for c in cases if c.labeler in live], standing, policy)
    decided = _Decided(cases=cases, findings=findings, freezing=freezing, standing=standing)
    return Appraisal(
        document=_document(read, counts, names, decided, policy) if documented else {},
        flags=findings,
        freezes=freezing.proposals,
        breaker_tripped=freezing.tripped,
        divided=not read.evidence.peers_prove,
        policy_version=policy.version,
        suspicion=read.suspicion,
        readings=read.readings,
        evidence=read.evidence,
        names=names,
    )


def _converged(
    judgments: Judgments,
    rows: CrowdRows,
    counts: Mapping[str, Counts],
    signals: Mapping[str, Signal],
    policy: PolicySettings,
) -> _Read:
    """Read the signals, leave the suspected out of the reference, and read again."""
    reference, order = np.ones(judgments.n_labelers, dtype=np.bool_), received_order(rows)
    fit = partial(_evidence, judgments, rows, counts, policy, order)
    read = _read(fit(reference), signals, policy)
    for _ in range(REFITS):
        if is_divided(read.suspicion, rows.activity, policy):
            break
        left = ~read.suspicion.suspected
        if np.array_equal(left, reference):
            return read
        reference = left
        del read  # a fitted crowd is the largest thing there is: never two at a time
        read = _read(fit(reference), signals, policy)
    if is_divided(read.suspicion, rows.activity, policy):
        return _divided(fit, read, signals, policy)
    return read


def _divided(
    fit: Callable[[Bool], Evidence],
    read: _Read,
    signals: Mapping[str, Signal],
    policy: PolicySettings,
) -> _Read:
    """Read only what needs no honest population, once more without those whom it finds."""
    everybody = np.ones_like(read.evidence.reference)
    first = read.evidence if read.evidence.reference.all() else fit(everybody)
    left = ~_read(replace(first, peers_prove=False), signals, policy).suspicion.strong
    return _read(replace(fit(left), peers_prove=False), signals, policy)


def _evidence(
    judgments: Judgments,
    rows: CrowdRows,
    counts: Mapping[str, Counts],
    policy: PolicySettings,
    order: Int,
    reference: Bool,
) -> Evidence:
    found = cast("Mapping[str, Any]", counts)
    everybody = bool(reference.all())
    return Evidence(
        judgments=judgments,
        crowd=fit_crowd(rows, reference, order),
        reference=reference,
        exchange=found["exchange"] if everybody else exchange_with(judgments, reference),
        label_mix=found["label_mix"],
        tempo=found["tempo"],
        floors=Floors(gold_accuracy=policy.gold_floor, class_accuracy=policy.class_floor),
        window_days=policy.window_days,
    )


def _read(evidence: Evidence, signals: Mapping[str, Signal], policy: PolicySettings) -> _Read:
    readings = {name: read_signal(signal, evidence) for name, signal in signals.items()}
    suspicion = weigh(readings, signals, policy, activity=evidence.crowd.rows.activity)
    return _Read(evidence=evidence, readings=readings, suspicion=suspicion)


def _found(cases: Sequence[Case], read: _Read, names: Names) -> list[Found]:
    evidence = read.evidence
    words = names, _words(evidence, names)
    return [
        Found(
            labeler=case.labeler,
            labeler_id=int(names.labeler_ids[case.labeler]),
            severity=case.severity,
            signals=case.signals,
            contested=case.contested,
            since=case.since,
            evidence=evidence_of(case, evidence.crowd, evidence.judgments, read.readings, words),
        )
        for case in cases
    ]


def _trust(
    evidence: Evidence, cases: Sequence[Case], names: Names, policy: PolicySettings
) -> Trust:
    words = _words(evidence, names).fitted
    return trust_scores(evidence.crowd, policy.trust_floor, _counting(evidence, cases), words)


def _words(evidence: Evidence, names: Names) -> ClassWords:
    return class_words(names, evidence.judgments, evidence.crowd.rows, evidence.label_mix)


def _held(evidence: Evidence, freezing: Freezing, standing: Standing) -> Bool:
    """Return whose labels are held, wholly or since an onset: (n_labelers,)."""
    held = np.zeros(standing.labeler_ids.size, dtype=np.bool_)
    held[[proposal.labeler for proposal in freezing.proposals]] = True
    for freeze in standing.freezes:
        code = standing.code_of.get(freeze.labeler_id or 0)
        if code is not None and freeze.holds_labels(standing.now):
            held[code] |= held_rows(evidence.crowd, code, freeze).size > 0
    return held


def _counting(evidence: Evidence, cases: Sequence[Case]) -> Bool:
    """Return the rows that count for trust: of a suspect who turned, those since the onset."""
    counts = np.ones(evidence.crowd.rows.n, dtype=np.bool_)
    for case in cases:
        counts[evidence.crowd.rows_of(case.labeler)] = False
        counts[case.rows(evidence.crowd)] = True
    return counts


def _document(
    read: _Read,
    counts: Mapping[str, Counts],
    names: Names,
    decided: _Decided,
    policy: PolicySettings,
) -> Document:
    judgments, rows = read.evidence.judgments, read.evidence.crowd.rows
    trust = _trust(read.evidence, decided.cases, names, policy)
    held = _held(read.evidence, decided.freezing, decided.standing)
    labels = np.bincount(judgments.labeler, minlength=judgments.n_labelers)
    of_project, of_labelers = measured(counts, judgments, labels, rows.activity, policy.window_days)
    classes = _words(read.evidence, names)
    lines = [
        signal_lines(read.readings, read.suspicion, classes, code)
        for code in range(judgments.n_labelers)
    ]
    open_flags = {f.labeler: f for f in decided.findings}
    sizes = {
        "items": int(np.unique(judgments.item).size),
        "labels": judgments.n,
        "labelers_n": int((labels > 0).sum()),
    }
    entries = labeler_entries(of_labelers, trust, lines, names, (held, open_flags))
    return {
        **whole(of_project, judgments.level, sizes, entries),
        "gold_items": gold_report(judgments, read.evidence.reference, names),
        "rings": rings_part(read.readings, names, judgments),
    }
