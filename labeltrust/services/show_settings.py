"""The effective settings of the installation, secrets hidden."""

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.settings import described


def show_settings(deployment: Deployment, principal: Principal) -> list[dict[str, object]]:
    """Return name, value, default and meaning of every setting.

    Raises:
        NotAllowed: The role may not mend the installation.
    """
    principal.require("mend")
    return described(deployment.settings)
