"""When keys were last used: remembered as they come, kept about once a minute."""

import threading
from datetime import datetime, timedelta

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.record_events import key_id_of
from labeltrust.store.keys import find_key, note_uses
from labeltrust.store.session import reading, unit_of_work

EVERY_SECONDS = 60.0


class KeyUses:
    """The last uses of keys at one server that are not in its database yet."""

    def __init__(self, deployment: Deployment) -> None:
        """Remember nothing yet."""
        self._deployment = deployment
        self._uses: dict[str, datetime] = {}
        self._lock = threading.Lock()

    def note(self, principal: Principal) -> None:
        """Remember that a key was accepted now; a session has none."""
        key_id = key_id_of(principal)
        if key_id is not None:
            with self._lock:
                self._uses[key_id.removeprefix("lt_")] = self._deployment.clock()

    def keep(self) -> None:
        """Write what is remembered.

        Raises:
            Busy: The database is; what was remembered is remembered on.
        """
        with self._lock:
            uses = dict(self._uses)
        if not uses:
            return
        with unit_of_work(self._deployment.engine) as session:
            note_uses(session, uses)
        with self._lock:
            self._uses = {k: at for k, at in self._uses.items() if uses.get(k) != at}


def note_key_use(deployment: Deployment, principal: Principal) -> None:
    """Keep that the key of a command was used, unless that is known for the last minute."""
    key_id = (key_id_of(principal) or "").removeprefix("lt_")
    with reading(deployment.engine) as session:
        row = find_key(session, key_id) if key_id else None
    at = deployment.clock()
    if row is None or (row.used_at is not None and at - row.used_at < _LATELY):
        return
    with unit_of_work(deployment.engine) as session:
        note_uses(session, {key_id: at})


_LATELY = timedelta(seconds=EVERY_SECONDS)
