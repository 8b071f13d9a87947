"""How the keeping of checkpoints stands: do they reach enough places, and soon enough?"""

from dataclasses import dataclass
from datetime import timedelta

from labeltrust.services.deployment import Deployment
from labeltrust.store import checkpoint_places
from labeltrust.store.checkpoint_places import Place
from labeltrust.store.checkpoints import growths
from labeltrust.store.session import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How the keeping of checkpoints stands.

    Attributes:
        places: Where they go.
        wanted: Places that each must reach.
        waiting_seconds: Age of the oldest checkpoint that has not, 0 where all have.
        late: It is older than the settings allow.
        unsigned: Records that no checkpoint is over yet.
    """

    places: tuple[Place, ...]
    wanted: int
    waiting_seconds: float
    late: bool
    unsigned: int

    @property
    def words(self) -> str:
        """The same in one line."""
        there = f"{len(self.places)} of {self.wanted} places outside"
        if not self.late:
            return there if len(self.places) < self.wanted else f"reach {len(self.places)} places"
        return f"{self.waiting_seconds / 60:.0f} min without {self.wanted} places ({there} are set)"

    @property
    def mend(self) -> str:
        """What to do where it is late."""
        if not self.late:
            return ""
        if len(self.places) < self.wanted:
            return (
                "add places with `labeltrust ledger place add`: who owns the database can rewrite "
                "what was never kept elsewhere (LABELTRUST_CHECKPOINT_PLACES=0 accepts that)"
            )
        troubled = next((one for one in self.places if one.trouble), None)
        if troubled is None:
            return "start `labeltrust serve` or `labeltrust worker`: nobody takes checkpoints away"
        return f"mend place {troubled.name}: {troubled.trouble}"


def standing(deployment: Deployment) -> Standing:
    """Return how the keeping of checkpoints stands at this moment."""
    settings, now = deployment.settings, deployment.clock()
    wanted = settings.checkpoint_places
    with reading(deployment.engine) as session:
        since = checkpoint_places.late_since(session, wanted) if wanted else None
        found = tuple(checkpoint_places.places(session))
        unsigned = sum(one.records - one.signed for one in growths(session))
    waiting = timedelta(0) if since is None else now - since
    return Standing(
        places=found,
        wanted=wanted,
        waiting_seconds=waiting.total_seconds(),
        late=waiting > timedelta(minutes=settings.checkpoint_late_minutes),
        unsigned=unsigned,
    )
