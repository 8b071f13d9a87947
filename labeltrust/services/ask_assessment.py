"""Ask for an assessment: where a worker is at hand it is done soon and beside everything else."""

from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act, note_request
from labeltrust.services.assess_project import assess_project
from labeltrust.services.background import ASSESS
from labeltrust.services.deployment import Deployment
from labeltrust.store import jobs
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work


def ask_assessment(deployment: Deployment, principal: Principal, project: str) -> None:
    """Have a project assessed, by the server's worker if there is one, else here and now.

    Raises:
        NotAllowed: The role may not assess.
        NotFound: There is no such project in scope.
        Busy: Too many assessments wait already.
    """
    principal.require("assess", project)
    if deployment.apart is None:
        assess_project(deployment, principal, project)
        return
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        act = begin_act(session, project_row(session, project), principal.name, at)
        jobs.enqueue(session, ASSESS, project, at)
        note_request(act)
