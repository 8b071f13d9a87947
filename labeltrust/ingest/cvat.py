"""CVAT webhooks: they say that a job was finished, and no label.

A job that is saved as completed is to be read by CVAT's API: its annotations have no author of
their own, so who labeled is known, if at all, as the job's assignee when it is read. Jobs under
work are drafts. Everything else that happens to projects, tasks, issues and people is passed over.

The signature has no time stamp: an old delivery sent again only asks for a read once more.

Settings: `project`, or `projects` from CVAT's project id.
"""

import re
from functools import partial

from labeltrust.domain.events import Parsed
from labeltrust.domain.pulls import PullWanted
from labeltrust.ingest._base import Delivery, Platform
from labeltrust.ingest._layouts import HexHmac, prove_hex
from labeltrust.ingest._payload import (
    NOTHING,
    Found,
    Json,
    gather,
    kind_of,
    part_of,
    read_object,
    short_id,
    time_at,
    unknown_kind,
    within,
)
from labeltrust.ingest._routing import Route, check_route
from labeltrust.ingest._signing import check_token

_EVENT = re.compile(r"(create|update|delete):[a-z_]{1,40}|ping")
_KNOWN = ("create:…", "update:…", "delete:…", "ping")


def parse(delivery: Delivery) -> Parsed:
    """Read what one webhook call announces.

    Raises:
        UnreadableDelivery: No strict JSON, or an unknown event.
        Misconfigured: The source's settings do not fit.

    >>> from datetime import UTC, datetime
    >>> body = b'{"event": "update:job", "job": {"id": 41, "state": "completed"}}'
    >>> now, config = datetime(2026, 11, 22, tzinfo=UTC), {"project": "fraud"}
    >>> one = Delivery(source="s", body=body, headers={}, received_at=now, config=config)
    >>> parse(one).pulls[0].object_id
    '41'
    """
    route = Route.of(delivery.config)
    tree = read_object(delivery.body)
    kind = kind_of(tree, "event")
    if not _EVENT.fullmatch(kind):
        raise unknown_kind(kind, "event", _KNOWN)
    if kind != "update:job":
        return gather(lambda _: NOTHING, [tree])
    return gather(partial(_job, route), [tree])


def _job(route: Route, tree: Json) -> Found:
    job = part_of(tree, "job")
    project = route.to(job.get("project_id"))
    if project is None or job.get("state") != "completed":
        return NOTHING
    wanted = PullWanted(
        kind="job",
        object_id=short_id(job, "id", "/job"),
        project=project,
        within=within(job, "/job", task="task_id", project="project_id", stage="stage"),
        changed_at=time_at(job, "updated_date", "/job"),
    )
    return Found(pulls=(wanted,))


_HINT = (
    "In CVAT, give the webhook this text as its secret, or give labeltrust the one that is set "
    "there with `--secret-file`."
)

PLATFORM = Platform(
    name="cvat",
    title="CVAT",
    parser_version="cvat/1",
    prove=prove_hex(HexHmac(header="x-signature-256", algorithm="sha256", prefix="sha256=")),
    parse=parse,
    secret_hint=_HINT,
    check_secret=check_token,
    check_config=check_route,
    needs_project=True,
    basis="source",
)
