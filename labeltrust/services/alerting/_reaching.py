"""What alerts of an installation may connect to, by its settings."""

from labeltrust.outgoing.reach import Reach
from labeltrust.services.deployment import Deployment


def reach_of(deployment: Deployment) -> Reach:
    """Return what may be connected to."""
    settings = deployment.settings
    return Reach(
        ports=settings.allowed_alert_ports,
        inside=settings.allowed_alert_hosts,
        loopback=settings.unsafe_alerts,
    )
