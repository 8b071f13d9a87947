"""Write a comment on a flag; it is never changed, only followed by another."""

from labeltrust.domain.naming import checked_note
from labeltrust.domain.principals import Principal
from labeltrust.domain.reviews import Comment
from labeltrust.services._acts import begin_act, note
from labeltrust.services._words import bound
from labeltrust.services.decide_flag import seen_flag
from labeltrust.services.deployment import Deployment
from labeltrust.store.comments import add_comment, list_comments
from labeltrust.store.history import About
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work


def comment_flag(
    deployment: Deployment, principal: Principal, flag_id: int, *, text: str
) -> Comment:
    """Put a comment on record, whatever the flag's status.

    Raises:
        NotAllowed: The role may not review.
        NotFound: There is no such flag in scope.
        InvalidInput: The text is empty, too long, or no text.
    """
    words = bound(checked_note(text, "text"))
    with unit_of_work(deployment.engine) as session:
        row = seen_flag(session, principal, flag_id, "review")
        project = project_row(session, row.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        author, at = act.actor, act.at
        number = add_comment(
            session, flag_id, author=author, at=at, words=words.text, salt=words.salt
        )
        said = {"flag": flag_id, "comment": number, "sha256": words.digest}
        note(act, "flag.commented", said, About(labeler_alias_id=row.state.labeler_id))
        return Comment(id=number, flag=flag_id, author=author, written_at=at, text=words.text)


def show_comments(
    deployment: Deployment, principal: Principal, flag_id: int
) -> tuple[Comment, ...]:
    """Return the comments on a flag, oldest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such flag in scope.
    """
    with reading(deployment.engine) as session:
        seen_flag(session, principal, flag_id, "read")
        return tuple(list_comments(session, flag_id))
