"""What a minute's look for burning objectives costs where an installation has many projects.

Every project has a source with 35 days of hours on record, and every fourth was assessed. First all
sent a moment ago, so all are looked at; then twenty minutes went by without anything. Beside them
stands the document of indicators of each project, which is the floor of looking at all of them.
Seconds are of the processor.

    python benchmarks/watch.py [PROJECTS]
"""

import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from _ingest import installation

from labeltrust.app import build_deployment
from labeltrust.domain.access import SourceDraft
from labeltrust.domain.principals import shell_owner
from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.add_source import add_source
from labeltrust.services.alerting._objectives import watch_objectives
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_project import create_project
from labeltrust.services.deployment import Deployment
from labeltrust.services.slis.document import show_slis
from labeltrust.store.jobs import Lease, claim, enqueue
from labeltrust.store.session import unit_of_work
from labeltrust.store.sources import find_source
from labeltrust.store.tables import SourceSlot, SourceTally

OWNER = shell_owner("bench")
HOURS, AN_HOUR = 35 * 24, 40


def add_project(deployment: Deployment, name: str, *, assessed: bool) -> None:
    """Add a project whose source sent for five weeks."""
    create_project(deployment, OWNER, ProjectDraft(name=name))
    add_source(deployment, OWNER, SourceDraft(name=name, platform="generic", projects=(name,)))
    now = int(deployment.clock().timestamp())
    with unit_of_work(deployment.engine) as session:
        row = find_source(session, name)
        number = 0 if row is None else row.id or 0
        session.add_all(
            SourceTally(source_id=number, hour=now // 3_600 - h, accepted=AN_HOUR, doubted=0)
            for h in range(1, HOURS)
        )
        session.add(SourceSlot(source_id=number, slot=now // 300, accepted=AN_HOUR))
    if assessed:
        assess_project(deployment, OWNER, name)


def leased(deployment: Deployment) -> Lease:
    """Return a lease of work that is nobody else's."""
    now = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        enqueue(session, "bench", "", now)
        lease = claim(session, "bench", now, timedelta(hours=9), kinds=("bench",))
    if lease is None:
        raise RuntimeError("the work of the benchmark could not be claimed")
    return lease


def seconds(work: Callable[[], object]) -> float:
    """Return what something costs of the processor."""
    began = time.process_time()
    work()
    return time.process_time() - began


def main(n: int) -> None:
    """Print what both looks cost."""
    with installation() as place:
        deployment = build_deployment(place.settings)
        names = [f"project{k}" for k in range(n)]
        for k, name in enumerate(names):
            add_project(deployment, name, assessed=k % 4 == 0)
        lease = leased(deployment)
        later = replace(deployment, clock=lambda: deployment.clock() + timedelta(minutes=20))
        floor = seconds(lambda: [show_slis(deployment, OWNER, name) for name in names])
        busy = seconds(lambda: watch_objectives(deployment, lease))
        quiet = seconds(lambda: watch_objectives(later, lease))
    print(f"{n} projects: documents {floor:.2f} s")
    for what, took in (("when all sent", busy), ("when all are quiet", quiet)):
        print(f"look {what}: {took:.2f} s, {took / floor:.2f} of the documents")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
