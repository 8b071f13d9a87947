"""Addresses of hooks as they are told; stored they are sealed, since they may hold a token."""

from dataclasses import replace

from labeltrust.domain.hooks import GateHook
from labeltrust.services.deployment import Deployment
from labeltrust.store.gate_hooks import SealedHook


def opened_hook(deployment: Deployment, found: SealedHook) -> GateHook:
    """Return a hook with its whole address.

    Raises:
        Tampered: The address was changed, or sealed by another master key.
    """
    if found.sealed_url is None:
        return found.hook
    return replace(found.hook, url=deployment.vault.open_secret(found.sealed_url))
