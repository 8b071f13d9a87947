"""What a bundle is about: the case, whom it concerns, and the documents beside the records."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labeltrust.domain.audits import STATUSES
from labeltrust.domain.principals import Principal
from labeltrust.services._case_charts import number_in, unpacked
from labeltrust.services.deployment import Deployment
from labeltrust.services.freeze_labels import list_standing
from labeltrust.services.list_flags import list_flags
from labeltrust.services.read_assessment import whole_document
from labeltrust.services.show_audit import AuditResult, audit_result
from labeltrust.services.show_incident import IncidentCase, show_incident
from labeltrust.store.assessments import latest_assessment
from labeltrust.store.audits import audits_about, sample_of
from labeltrust.store.chains import ChainEnd, chain_end
from labeltrust.store.evidence import aliases_of, items_touched
from labeltrust.store.flag_charts import chart_of_flag, charts_of_flag
from labeltrust.store.flags import flags_among
from labeltrust.store.freezes import source_names
from labeltrust.store.incidents import get_incident, members_of
from labeltrust.store.labelers import labeler_names
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading

_ASIDES = frozenset({"as_of", "events_through", "flags_opened"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """An incident, the end of its project's chain at that moment, and whom it concerns.

    Attributes:
        flags: Numbers of its flags.
        labelers: Ids of the aliases of its labelers, merged ones too.
        sources: Ids of its sources; `source_names` are their names.
        items: Ids of the items that these labelers or sources said something of.
        audits: Numbers of the audits that the reader may see whole.
        results: What those audits found.
    """

    case: IncidentCase
    end: ChainEnd
    flags: frozenset[int]
    labelers: frozenset[int]
    sources: frozenset[int]
    source_names: frozenset[str]
    items: frozenset[int]
    audits: frozenset[int]
    results: tuple[AuditResult, ...]


def facts_of(deployment: Deployment, principal: Principal, number: int) -> Facts:
    """Return what a bundle is about.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such incident in scope.
    """
    case = show_incident(deployment, principal, number)
    with reading(deployment.engine) as session:
        row = get_incident(session, number)
        end = chain_end(session, project_row(session, row.project))
        members = members_of(session, number)
        flags = sorted(m.flag_id for m in members if m.flag_id is not None)
        rows = flags_among(session, row.project_id, flags)
        labelers = {m.labeler_id for m in members if m.labeler_id is not None}
        aliases = aliases_of(session, labelers | {flag.state.labeler_id for flag in rows})
        sources = {m.source_id for m in members if m.source_id is not None}
        known = source_names(session, sorted(sources)) if sources else {}
        asked = audits_about(session, row.project_id, (aliases, flags), STATUSES)
    told = [audit_result(deployment, principal, audit.id) for audit in asked]
    results = tuple(one for one in told if isinstance(one, AuditResult))  # none re-labeled blind
    return Facts(
        case=case,
        end=end,
        flags=frozenset(flags),
        labelers=frozenset(aliases),
        sources=frozenset(sources),
        source_names=frozenset(known.values()),
        items=items_touched(deployment.engine, end, aliases, sources),
        audits=frozenset(result.audit.id for result in results),
        results=results,
    )


def cases_of(
    deployment: Deployment, principal: Principal, facts: Facts
) -> Iterator[tuple[str, object]]:
    """Yield the documents of flags, freezes, audits and charts with the names of their members."""
    project = facts.case.incident.project
    flags = [f for f in list_flags(deployment, principal, project) if f.id in facts.flags]
    yield "flags.json", flags
    whose = {member.name for member in facts.case.members if member.kind != "source"}
    every = list_standing(deployment, principal, project, lifted=True)
    yield (
        "freezes.json",
        [
            freeze
            for freeze in every
            if freeze.labeler in whose
            or freeze.source in facts.source_names
            or freeze.flag in facts.flags
        ],
    )
    yield "audits.json", facts.results
    for flag in flags:
        yield from _charts(deployment, flag.id)


def said_of(deployment: Deployment, facts: Facts) -> dict[tuple[int, int], str]:
    """Return what suspects had said when samples were drawn, by audit and id of the item."""
    with reading(deployment.engine) as session:
        return {
            (audit, item.item_id): item.label
            for audit in sorted(facts.audits)
            for item in sample_of(session, audit)
        }


def labelers_in(deployment: Deployment, texts: Iterable[bytes]) -> dict[str, str]:
    """Return the names of the labelers in kept assessments, by number; erased ones by that."""
    parts = (part for text in texts for part in _parts(json.loads(text)))
    numbers = {entry["id"] for part in parts for entry in part["labelers"]}
    with reading(deployment.engine) as session:
        known = labeler_names(session, numbers)
    return {str(number): known[number] for number in sorted(numbers)}


def _parts(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [document, *document["questions"].values()]


def _charts(deployment: Deployment, flag: int) -> Iterator[tuple[str, object]]:
    """Yield what each signal saw when it accused, as rows with names."""
    with reading(deployment.engine) as session:
        for signal in sorted(charts_of_flag(session, flag)):
            kept = chart_of_flag(session, flag, signal)
            if kept is not None:
                rows = json.loads(unpacked(kept.frame).to_json(orient="records", date_format="iso"))
                numbers = {n for row in rows for v in row.values() if (n := number_in(v))}
                known = labeler_names(session, numbers)
                named = [{key: _named(value, known) for key, value in row.items()} for row in rows]
                document = {"flag": flag, "signal": signal, "seen_at": kept.drawn_at}
                yield f"charts/{flag}-{signal}.json", {**document, "rows": named}


def _named(value: object, names: Mapping[int, str]) -> object:
    number = number_in(value)
    return value if number is None else names.get(number, f"labeler #{number}")


def bound_assessment(
    deployment: Deployment, facts: Facts, made: Mapping[str, int]
) -> tuple[dict[str, Any], dict[str, object] | None]:
    """Return the newest assessment, and which record of the chain binds it, if any does.

    Args:
        deployment: The installation.
        facts: What the bundle is about.
        made: Digest to sequence of the assessments on record.
    """
    with reading(deployment.engine) as session:
        row = get_incident(session, facts.case.incident.id)
        stored = latest_assessment(session, row.project_id)
        if stored is None:
            return {"reason": "nothing was assessed yet"}, None
        document = whole_document(session, stored, row.project)
    said = {key: value for key, value in document.items() if key not in _ASIDES}
    digest = hashlib.sha256(json.dumps(said, sort_keys=True, allow_nan=False).encode()).hexdigest()
    place = made.get(digest)
    return document, None if place is None else {"sequence": place, "sha256": digest}
