"""The current judgments of a question, for those who may read a project."""

from collections.abc import Sequence

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.store.judgments import LoadedJudgments, read_judgments
from labeltrust.store.snapshots import item_names


def read_current(
    deployment: Deployment, principal: Principal, project: str, question: str = "label"
) -> LoadedJudgments:
    """Return the current judgments of a question as columns, frozen ones too.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or no such question.
    """
    principal.require("read", project)
    return read_judgments(deployment.engine, project, question)


def read_item_names(
    deployment: Deployment, principal: Principal, project: str, item_ids: Sequence[int]
) -> dict[int, str]:
    """Return the outside id of items that `read_current` named.

    Raises:
        NotAllowed: The role may not read.
        NotFound: The project is out of scope.
    """
    principal.require("read", project)
    return item_names(deployment.engine, item_ids)
