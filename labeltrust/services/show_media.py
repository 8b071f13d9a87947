"""A picture of an item, fetched for a page."""

from labeltrust.domain.media import Picture, checked_address
from labeltrust.domain.principals import Principal
from labeltrust.outgoing.fetch_picture import fetch_picture
from labeltrust.services.deployment import Deployment


def show_media(deployment: Deployment, principal: Principal, url: str) -> Picture:
    """Return the picture at an address whose host is allowed.

    Raises:
        NotAllowed: The role may not read.
        InvalidInput: The address is not fetched; the message says why.
    """
    principal.require("read")
    settings = deployment.settings
    loopback = settings.unsafe_media
    address = checked_address(url, settings.allowed_media_hosts, loopback=loopback)
    return fetch_picture(address, loopback=loopback)
