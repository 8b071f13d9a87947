"""Suppliers over HTTP: keys that sign files, and the vetting of sources."""

from typing import Annotated

import msgspec
from litestar import get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath, FromQuery

from labeltrust.domain.access import Source
from labeltrust.domain.suppliers import Supplied
from labeltrust.services.supplier_keys import (
    add_supplier_key,
    revoke_supplier_key,
    show_supplier,
)
from labeltrust.services.vet_source import Vetting, decide_vetting, vet_source
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example


class KeyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An Ed25519 public key in PEM, and where it is known from."""

    pem: str
    reason: str


class RevokeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which key ends, and why."""

    key_id: str
    reason: str


class VettingBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`trust`, `keep` or `reject`, and what was checked."""

    decision: str
    reason: str


_PEM = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n"
)
_KEY = example("A supplier's key", {"pem": _PEM, "reason": "read to us by phone"})
_REVOKE = example("A leaked key", {"key_id": "21fe31dfa154a261", "reason": "their laptop is gone"})
_TRUST = example("Trust", {"decision": "trust", "reason": "audit 7: 24 of 25 right"})


@get(
    "/v1/sources/{source:str}/supplier",
    opt=by_key("read"),
    tags=["sources"],
    summary="Show a source's supplier",
)
async def show(source: FromPath[str], caller: NamedDependency[Caller]) -> Supplied:
    """Return the keys of a source's supplier, and the manifests that came with its files."""
    return await caller.ask(show_supplier, source)


@post(
    "/v1/sources/{source:str}/supplier-keys",
    opt=by_key("manage"),
    tags=["sources"],
    summary="Add a supplier's key",
)
async def add(
    source: FromPath[str],
    data: Annotated[KeyBody, BodyKwarg(examples=[_KEY])],
    caller: NamedDependency[Caller],
) -> Supplied:
    """Register a public key: from now on files of the source need a manifest that it signed."""
    return await caller.ask(add_supplier_key, source, data.pem.encode(), reason=data.reason)


@post(
    "/v1/sources/{source:str}/supplier-keys/revoke",
    opt=by_key("manage"),
    status_code=200,
    tags=["sources"],
    summary="Revoke a supplier's key",
)
async def revoke(
    source: FromPath[str],
    data: Annotated[RevokeBody, BodyKwarg(examples=[_REVOKE])],
    caller: NamedDependency[Caller],
) -> Supplied:
    """End a key: no manifest that it signed is taken any more."""
    return await caller.ask(revoke_supplier_key, source, data.key_id, reason=data.reason)


@get(
    "/v1/projects/{project:str}/sources/{source:str}/vetting",
    opt=by_key("read"),
    tags=["sources"],
    summary="Compare a source with trusted ones",
)
async def vetting(
    project: FromPath[str],
    source: FromPath[str],
    caller: NamedDependency[Caller],
    question: FromQuery[str | None] = None,
) -> Vetting:
    """Return label mix, agreement, gold, features and duplicates beside the trusted sources."""
    return await caller.ask(vet_source, source, project, question)


@post(
    "/v1/sources/{source:str}/vetting",
    opt=by_key("manage"),
    status_code=200,
    tags=["sources"],
    summary="Decide about a source",
)
async def decide(
    source: FromPath[str],
    data: Annotated[VettingBody, BodyKwarg(examples=[_TRUST])],
    caller: NamedDependency[Caller],
) -> Source:
    """Trust a source, keep it on probation or reject it, with a reason."""
    return await caller.ask(decide_vetting, source, data.decision, reason=data.reason)


HANDLERS = (show, add, revoke, vetting, decide)
