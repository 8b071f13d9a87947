"""Assessments that are kept for good, since they raised flags: found by the digest in history."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from labeltrust.store.tables import KeptAssessment


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An assessment as it is kept; `body` is packed, `digest` is that of what it holds."""

    digest: bytes
    project_id: int
    made_at: datetime
    body: bytes


def keep_assessment(session: Session, kept: Kept) -> None:
    """Store an assessment; the same once more changes nothing."""
    if session.get(KeptAssessment, kept.digest) is None:
        session.add(
            KeptAssessment(
                digest=kept.digest,
                project_id=kept.project_id,
                made_at=kept.made_at,
                body=kept.body,
            )
        )
        session.flush()


def kept_body(session: Session, digest: bytes) -> bytes | None:
    """Return the packed assessment of a digest, None where none is kept."""
    row = session.get(KeptAssessment, digest)
    return None if row is None else row.body
