"""The evidence of an incident as one file that is verified without this installation."""

import os
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labeltrust.domain.errors import Conflict, InvalidInput, Misconfigured
from labeltrust.domain.principals import Principal
from labeltrust.ledger import bundle_verifier as verifier
from labeltrust.services._acts import begin_act
from labeltrust.services._bundle_facts import (
    Facts,
    bound_assessment,
    cases_of,
    facts_of,
    labelers_in,
    said_of,
)
from labeltrust.services._bundle_findings import gold_lines, raised_assessments, verdict_lines
from labeltrust.services._bundle_records import Seen, names, originals, records
from labeltrust.services._bundle_zip import BundleFile
from labeltrust.services._heavy import heavily
from labeltrust.services._incidents import note, seen_incident
from labeltrust.services.deployment import Deployment
from labeltrust.services.draw_incident import draw_incident
from labeltrust.services.fill_notebook import filled
from labeltrust.services.incident_damage import incident_damage
from labeltrust.services.postmortem_page import page_of
from labeltrust.services.write_postmortem import postmortem
from labeltrust.store.evidence import leaves_from
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work

_PIECE = 1 << 18
Told = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A written bundle.

    Attributes:
        incident: Number of the incident.
        path: Where it lies.
        manifest: SHA-256 of its manifest, which history holds, too.
        events: Records of the chain in it.
        opened: Originals in it; `erased` ones are gone, `withheld` not for this reader.
        head: Head of the chain that its records lead to, in hex.
    """

    incident: int
    path: str
    bytes: int
    manifest: str
    events: int
    opened: int
    erased: int
    withheld: int
    head: str


def bundle_incident(
    deployment: Deployment, principal: Principal, number: int, path: Path
) -> Bundle:
    """Write the evidence of an incident to a new file, and note in history who took it away.

    Nothing is held in memory but one delivery at a time. Audits that the reader re-labels blind,
    and originals that the role may not see, are named as withheld.

    Args:
        deployment: The installation.
        principal: Who takes it.
        number: Number of the incident.
        path: A file that is not there yet.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such incident in scope.
        Conflict: The file is there already.
        InvalidInput: The file cannot be made.
        Busy: Too much heavy work waits already.
    """
    with reading(deployment.engine) as session:
        seen_incident(session, principal, number, "read")
    return heavily(deployment, _bundled, principal, number, str(path))


def stream_bundle(
    deployment: Deployment, principal: Principal, number: int
) -> tuple[Bundle, Iterator[bytes]]:
    """Write a bundle and return it with its bytes; the file is gone with the last of them.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such incident in scope.
        Busy: Too much heavy work waits already.
    """
    folder = tempfile.mkdtemp(prefix=".bundle-", dir=deployment.settings.home)
    path = Path(folder) / "bundle.zip"
    try:
        made = bundle_incident(deployment, principal, number, path)
        file = path.open("rb")
    finally:
        path.unlink(missing_ok=True)
        Path(folder).rmdir()
    return made, _pieces(file)


def _pieces(file: Any) -> Iterator[bytes]:  # noqa: ANN401 - an open file
    with file:
        while piece := file.read(_PIECE):
            yield piece


def _bundled(deployment: Deployment, principal: Principal, number: int, path: str) -> Bundle:
    draft = Path(f"{path}.part")
    try:
        os.close(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except FileExistsError:
        raise Conflict(f"{draft} is there already: is another bundle being written?") from None
    except OSError as error:
        raise InvalidInput(f"{path} cannot be written: {error.strerror}", place="out") from None
    try:
        made = _written(deployment, principal, number, draft)
        os.link(draft, path)  # whole or not at all, and never over another file
    except FileExistsError:
        raise Conflict(f"{path} is there already") from None
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
    _note(deployment, principal, made)
    return Bundle(**{**made, "path": path})


def _written(
    deployment: Deployment, principal: Principal, number: int, path: Path
) -> dict[str, Any]:
    facts = facts_of(deployment, principal, number)
    file, seen = BundleFile(path), Seen()
    file.add(verifier.EVENTS, records(deployment.engine, facts, seen))
    file.add(verifier.LEAVES, leaves_from(deployment.engine, facts.end, seen.first))
    _add_originals(file, deployment, principal, seen)
    file.add_lines(verifier.NAMES, names(deployment.engine, seen))
    _add_findings(file, deployment, facts, seen)
    bound = _add_documents(file, deployment, principal, facts, seen)
    manifest = {
        **_stated(deployment, principal, facts),
        "chain": seen.stated(facts.end),
        "deliveries": seen.tally,
        "assessment": bound,
        "raised": seen.findings.raised(),
    }
    digest = file.close(manifest, deployment.vault.sign)
    return {
        "incident": number,
        "path": str(path),
        "bytes": path.stat().st_size,
        "manifest": digest,
        "events": seen.events,
        "head": facts.end.head.hex(),
        **seen.tally,
    }


def _stated(deployment: Deployment, principal: Principal, facts: Facts) -> dict[str, Any]:
    return {
        "incident": facts.case.incident.id,
        "project": facts.case.incident.project,
        "made_at": deployment.clock().isoformat(),
        "made_by": principal.name,
    }


def _add_originals(
    file: BundleFile, deployment: Deployment, principal: Principal, seen: Seen
) -> None:
    """Write those that may be opened, one at a time, and then the list of all."""
    listed: list[Mapping[str, object]] = []
    for line, body in originals(deployment, principal, seen):
        listed.append(line)
        if body is not None:
            file.add(f"deliveries/{line['id']}.raw", [body])
    file.add_lines(verifier.DELIVERIES, listed)


def _add_findings(file: BundleFile, deployment: Deployment, facts: Facts, seen: Seen) -> None:
    """Write what records say of gold and verdicts, and the assessments that raised flags."""
    file.add_lines(verifier.GOLD, gold_lines(seen.findings, seen.item_names))
    said = said_of(deployment, facts)
    file.add_lines(verifier.VERDICTS, verdict_lines(seen.findings, seen.item_names, said))
    names: dict[str, str] = {}
    for name, text in raised_assessments(deployment.engine, seen.findings):
        file.add(name, [text])
        names |= labelers_in(deployment, [text])
    file.add_json("labelers.json", names)


def _add_documents(
    file: BundleFile, deployment: Deployment, principal: Principal, facts: Facts, seen: Seen
) -> dict[str, object] | None:
    file.add_json("incident.json", facts.case)
    for name, document in cases_of(deployment, principal, facts):
        file.add_json(name, document)
    _add_postmortem(file, deployment, principal, facts)
    document, bound = bound_assessment(deployment, facts, seen.assessments)
    file.add_json(verifier.ASSESSMENT, document)
    with suppress(Misconfigured):
        one = facts.case.incident
        given = {"project": one.project, "incident": str(one.id)}
        file.add("notebook.ipynb", [filled("04", given).body])
    return bound


def _add_postmortem(
    file: BundleFile, deployment: Deployment, principal: Principal, facts: Facts
) -> None:
    number = facts.case.incident.id
    damage = incident_damage(deployment, principal, number)
    pictures = draw_incident(deployment, principal, number)
    file.add_json("damage.json", damage)
    file.add("postmortem.md", [postmortem(facts.case, damage).encode()])
    file.add("postmortem.html", [page_of(facts.case, damage, pictures).encode()])
    for place, picture in enumerate(pictures, start=1):
        file.add(f"pictures/{place}.png", [picture.png])


def _note(deployment: Deployment, principal: Principal, made: Mapping[str, Any]) -> None:
    with unit_of_work(deployment.engine) as session:
        row = seen_incident(session, principal, made["incident"], "read")
        act = begin_act(
            session, project_row(session, row.project), principal.name, deployment.clock()
        )
        said = {key: made[key] for key in ("manifest", "events", "opened", "erased", "withheld")}
        note(act, "incident.bundled", made["incident"], said)
