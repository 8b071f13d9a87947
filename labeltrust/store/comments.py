"""Comments on flags as rows; whoever writes one appends its event in the same transaction."""

from datetime import datetime

from sqlmodel import Session, col, select

from labeltrust.domain.reviews import Comment
from labeltrust.store.inserting import known_id
from labeltrust.store.tables import FlagComment


def add_comment(
    session: Session, flag_id: int, *, author: str, at: datetime, words: str, salt: bytes
) -> int:
    """Store a comment and return its number."""
    row = FlagComment(flag_id=flag_id, author=author, written_at=at, words=words, salt=salt)
    session.add(row)
    session.flush()
    return known_id(row.id)


def list_comments(session: Session, flag_id: int) -> list[Comment]:
    """Return the comments on a flag, oldest first."""
    wanted = select(FlagComment).where(col(FlagComment.flag_id) == flag_id)
    return [
        Comment(
            id=known_id(row.id),
            flag=row.flag_id,
            author=row.author,
            written_at=row.written_at,
            text=row.words,
        )
        for row in session.exec(wanted.order_by(col(FlagComment.id)))
    ]


def commented_by(session: Session, author: str) -> frozenset[int]:
    """Return the flags that somebody wrote on."""
    wanted = select(FlagComment.flag_id).where(col(FlagComment.author) == author).distinct()
    return frozenset(session.exec(wanted))
