"""Asking a platform for one act: looked at, planned, done or taken back."""

import json
from collections.abc import Sequence

from labeltrust.connectors._acts import ActDoer, Wanted
from labeltrust.connectors._asked import Asked
from labeltrust.connectors._base import Connector
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.platform_access import Access
from labeltrust.domain.platform_acts import Step
from labeltrust.services.acting import _doing
from labeltrust.services.acting._claiming import Claimed
from labeltrust.services.acting._stacking import others_of, without_doubles
from labeltrust.services.connectors import connector_of, opened
from labeltrust.services.deployment import Deployment
from labeltrust.store.inserting import known_id
from labeltrust.store.jobs import Lease, require_lease
from labeltrust.store.platform_acts import act_row, held_annotations, keep_steps
from labeltrust.store.session import reading, unit_of_work


def ask_platform(deployment: Deployment, lease: Lease, claimed: Claimed) -> Sequence[Step] | None:
    """Ask the platform; return what came of it, None where the act was called off meanwhile.

    Raises:
        NoAnswer: The platform did not answer as it should.
        InvalidInput: It cannot be done, or may not be asked.
        Conflict: Another worker took over.
    """
    connector = connector_of(claimed.source.platform)
    doer = doer_of(connector, claimed.kind)
    access = _access(deployment, claimed)

    def still_ours() -> None:
        with reading(deployment.engine) as session:
            require_lease(session, lease)

    with opened(deployment.settings, connector, access) as api:
        config = json.loads(claimed.source.config)
        asked = Asked(source=claimed.source.name, access=access, config=config)
        steps = claimed.steps
        if steps is None:
            doer.check(api, asked)
            wanted = _with_annotations(deployment, claimed)
            steps = _planned(deployment, lease, claimed, doer.plan(api, asked, wanted))
            if steps is None:
                return None
        with reading(deployment.engine) as session:
            others = others_of(session, act_row(session, claimed.number))
        doing = _doing.Doing(
            api=api, asked=asked, doer=doer, wanted=claimed.wanted, labeler=claimed.labeler,
            others=others, still_ours=still_ours,
        )  # fmt: skip
        return (_doing.do if claimed.state == "waiting" else _doing.undo)(doing, steps)


def doer_of(connector: Connector, kind: str) -> ActDoer:
    """Return how a connector does a kind of act.

    Raises:
        InvalidInput: `act_not_offered`, with the reason.
    """
    found = next((one for one in connector.acts if one.kind == kind), None)
    if found is None:
        why = connector.unoffered.get(kind, "nobody has built it")
        detail = f"{connector.title} cannot {kind}: {why}"
        raise InvalidInput(detail, place="acts", code="act_not_offered")
    return found


def _access(deployment: Deployment, claimed: Claimed) -> Access:
    if claimed.sealed is None:
        detail = f"connect it first: labeltrust source connect {claimed.source.name}"
        raise InvalidInput(detail, place="source", code="not_connected")
    url, remote, sealed = claimed.sealed
    if claimed.url not in {None, url}:
        # Numbers of one platform mean something else on another.
        detail = f"it was begun at {claimed.url}, and the source is connected to {url} now"
        raise InvalidInput(detail, place="source", code="other_platform")
    return Access(url=url, remote=remote, token=deployment.vault.open_secret(sealed))


def _with_annotations(deployment: Deployment, claimed: Claimed) -> Wanted:
    if claimed.kind != "requeue" or not claimed.wanted.accounts:
        return claimed.wanted
    number, wanted = known_id(claimed.source.id), claimed.wanted
    # Answers that were withdrawn do not count as items: some more are read than may be changed.
    found = held_annotations(
        deployment.engine, number, wanted.accounts, claimed.freeze, 10 * wanted.most
    )
    return Wanted(accounts=wanted.accounts, annotations=tuple(found), most=wanted.most)


def _planned(
    deployment: Deployment, lease: Lease, claimed: Claimed, steps: Sequence[Step]
) -> tuple[Step, ...] | None:
    """Store what the act changes before anything is; None where it was called off meanwhile."""
    with unit_of_work(deployment.engine) as session:
        require_lease(session, lease)
        row = act_row(session, claimed.number, lock=True)
        if row.state != "waiting":
            return None
        single = without_doubles(steps, claimed.labeler, others_of(session, row))
        row.url = None if claimed.sealed is None else claimed.sealed[0]
        keep_steps(session, row, single)
        return tuple(single)
