"""Say what freezes of a source's labelers do at its platform; nothing until somebody says so."""

import json
from collections.abc import Sequence

from labeltrust.connectors._acts import ActDoer
from labeltrust.connectors._asked import Asked
from labeltrust.connectors._base import Connector
from labeltrust.domain.errors import InvalidInput
from labeltrust.domain.platform_access import Access
from labeltrust.domain.platform_acts import MOST_ITEMS, Policy, checked_policy
from labeltrust.domain.principals import Principal
from labeltrust.services.acting._asking import doer_of
from labeltrust.services.connectors import connector_of, opened
from labeltrust.services.deployment import Deployment
from labeltrust.services.manageable import manageable_source
from labeltrust.store import tables
from labeltrust.store.history import SYSTEM, About, append
from labeltrust.store.inserting import known_id
from labeltrust.store.platform_acts import get_policy, set_policy
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.source_pulls import get_access


def set_source_policy(
    deployment: Deployment,
    principal: Principal,
    source: str,
    acts: Sequence[str],
    *,
    most_items: int = MOST_ITEMS,
) -> Policy:
    """Switch acts at a platform on, or all of them off; acts that were done stay as they are.

    The platform is asked first whether it can do them, and take them back.

    Raises:
        NotAllowed: The role may not manage, or the source speaks for projects out of scope.
        NotFound: There is no such source.
        InvalidInput: There is no such act, the platform or its token cannot do it, or it is not
            connected.
        NoAnswer: The platform does not answer.
    """
    principal.require("manage")
    wanted = checked_policy(acts, most_items)
    with reading(deployment.engine) as session:
        row = manageable_source(session, principal, source)
        kept = get_access(session, known_id(row.id))
    if wanted.acts:
        connector = connector_of(row.platform)
        doers = [doer_of(connector, kind) for kind in wanted.acts]
        if kept is None:
            detail = f"connect it first: labeltrust source connect {source}"
            raise InvalidInput(detail, place="source", code="not_connected")
        token = deployment.vault.open_secret(kept.sealed)
        access = Access(url=kept.info.url, remote=kept.info.remote, token=token)
        _check(deployment, row, connector, access, doers)
    at = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        row = manageable_source(session, principal, source)
        before = get_policy(session, known_id(row.id))
        set_policy(session, known_id(row.id), wanted, at, principal.name)
        append(
            session,
            chain=SYSTEM,
            type="source.policy_set",
            actor=principal.name,
            at=at,
            detail={
                "source": row.name, "acts": list(wanted.acts), "most_items": most_items,
                "before": list(before.acts),
            },
            about=About(source_id=row.id),
        )  # fmt: skip
        return get_policy(session, known_id(row.id))


def _check(
    deployment: Deployment,
    row: tables.Source,
    connector: Connector,
    access: Access,
    doers: Sequence[ActDoer],
) -> None:
    asked = Asked(source=row.name, access=access, config=json.loads(row.config))
    with opened(deployment.settings, connector, access) as api:
        for doer in doers:
            doer.check(api, asked)
