"""Oracle I8: what a freeze holds is in no training set, whatever happened before."""

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from chaos.site import Site
from chaos.traffic import PROJECT
from factories import owner

from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.deployment import Deployment
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.verify_snapshot import snapshot_file
from labeltrust.store.statements import Statements

_FROZEN = (
    'SELECT l.outside_id FROM "freeze" f JOIN labeler_alias l ON l.id = f.labeler_id '
    "WHERE f.lifted_at IS NULL AND f.since IS NULL AND f.kind IN ('label', 'provisional')"
)
_BUSIEST = (
    "SELECT l.outside_id, count(*) FROM event e JOIN labeler_alias l ON l.id = e.labeler_alias_id "
    "WHERE e.type = 'label.submitted' GROUP BY l.outside_id ORDER BY 2 DESC LIMIT 1"
)


def held_findings(site: Site) -> Iterator[str]:
    """Yield where a snapshot made now holds labels of somebody who is frozen whole."""
    with site.opened() as deployment:
        (busiest, sent), frozen = _rows(deployment, _BUSIEST)[0], _rows(deployment, _FROZEN)
        if not frozen:
            why = FreezeDraft(project=PROJECT, labeler=busiest, reason="to see it held")
            freeze_labels(deployment, owner(), why)
            frozen = _rows(deployment, _FROZEN)
        made = create_snapshot(deployment, owner(), PROJECT)
        path = snapshot_file(deployment, owner(), made["snapshot"], "judgments.parquet")
    names = pa.array([name for (name,) in frozen], pa.string())
    labelers = pq.read_table(path, columns=["labeler"])["labeler"].cast(pa.string())
    if inside := pc.sum(pc.is_in(labelers, value_set=names)).as_py() or 0:
        yield f"I8 {inside} labels of frozen labelers are in the snapshot"
    if not any(name == busiest for (name,) in frozen) and not len(labelers):
        yield f"I8 the snapshot is empty, though {busiest} sent {sent} labels"
    site.sometimes.saw("frozen labels left out")


def _rows(deployment: Deployment, sql: str) -> list[tuple]:
    with deployment.engine.connect() as connection:
        return Statements(connection).rows(sql)
