"""An assessment into what is stored of it: labelers as rows, figures for pages, one more point."""

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from sqlmodel import Session

from labeltrust import signals as signals_folder
from labeltrust.discovery import discover
from labeltrust.policy.figures import figures
from labeltrust.policy.loudest import loudest
from labeltrust.policy.names import class_words
from labeltrust.policy.portraits import portraits
from labeltrust.services._appraisal import Appraised
from labeltrust.services.read_assessment import Document
from labeltrust.signals._base import Signal
from labeltrust.store.assessed import (
    MEASURED,
    LabelerLine,
    forget_questions,
    write_figures,
    write_labelers,
)

Drawn = dict[str, tuple[str, list[bytes]]]
"""By question: its figures as JSON, and the portrait of each labeler in the document's order."""


def drawn(found: Sequence[Appraised]) -> Drawn:
    """Draw the figures and portraits of all questions; heavy, so outside of any transaction."""
    return {one.question: (_figures(one), _portraits(one)) for one in found}


def head_text(document: Document) -> str:
    """Return the document without its labelers as JSON."""
    others = {name: {**part, "labelers": []} for name, part in document["questions"].items()}
    head = {**document, "labelers": [], "questions": others}
    return json.dumps(head, allow_nan=False, separators=(",", ":"))


def keep(session: Session, project_id: int, document: Document, pictures: Drawn) -> None:
    """Store labelers and figures of an assessment, in the transaction of the document."""
    parts = {document["question"]: document, **document["questions"]}
    for question, part in parts.items():
        told, portrait = pictures[question]
        lines = [_line(*pair) for pair in zip(part["labelers"], portrait, strict=True)]
        write_labelers(session, project_id, question, lines)
        write_figures(session, project_id, question, told)
    forget_questions(session, project_id, list(parts))


def _line(entry: Document, portrait: bytes) -> LabelerLine:
    part = {key: value for key, value in entry.items() if key != "labeler"}
    return LabelerLine(
        labeler_id=entry["id"],
        name=entry["labeler"],
        kind=entry["kind"],
        labels=entry["labels"],
        items=entry["items"],
        measured=tuple((entry[number] or {}).get("value") for number in MEASURED),
        part=json.dumps(part, allow_nan=False, separators=(",", ":")),
        portrait=portrait,
    )


def _figures(found: Appraised) -> str:
    seen = found.appraisal
    crowd, mix = seen.evidence.crowd, seen.evidence.label_mix
    words = class_words(seen.names, seen.evidence.judgments, crowd.rows, mix)
    signals = discover(signals_folder, "SIGNAL", Signal)
    told: dict[str, Any] = figures(seen.evidence, seen.readings, signals, words)
    ids = seen.names.labeler_ids
    told["loudest"] = {name: loudest(said, ids) for name, said in sorted(seen.readings.items())}
    told["sources"] = {
        str(number): [share.labels, share.newest_us] for number, share in found.by_source.items()
    }
    told["suppliers"] = msgspec.to_builtins(found.suppliers)
    return json.dumps(told, allow_nan=False, separators=(",", ":"))


def _portraits(found: Appraised) -> list[bytes]:
    seen = found.appraisal
    suspects = seen.suspicion.suspected
    ids = seen.names.labeler_ids
    return list(_packed(portraits(seen.evidence, ids, np.asarray(suspects))))


def _packed(found: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    encode = msgspec.json.Encoder().encode
    for portrait in found:
        yield zlib.compress(encode(portrait), 1)


def unpacked(portrait: bytes) -> dict[str, Any]:
    """Return a stored portrait, empty where there is none.

    >>> unpacked(b"")
    {}
    """
    if not portrait:
        return {}
    found: dict[str, Any] = msgspec.json.decode(zlib.decompress(portrait))
    return found
