"""Tamper evidence over HTTP: checkpoints, and proofs of receipts."""

from dataclasses import dataclass
from typing import Annotated

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromPath, QueryParameter

from labeltrust.services.checkpoints.lists import list_checkpoints, signing_keys
from labeltrust.services.checkpoints.prove import Proof, prove
from labeltrust.store.checkpoints import StoredCheckpoint
from labeltrust.web.access import by_key
from labeltrust.web.caller import Caller
from labeltrust.web.pagination import MAX_ID, Cursor, cursor_after, number_of_cursor

Most = Annotated[
    int, QueryParameter(ge=1, le=999, required=False, description="Most entries of one page.")
]
ChainName = Annotated[
    str | None,
    QueryParameter(required=False, description="Of this chain alone: `system`, or a project."),
]
Since = Annotated[
    int | None,
    QueryParameter(
        ge=1,
        le=MAX_ID,
        required=False,
        description="Prove growth from a checkpoint over so many records as well.",
    ),
]
Size = Annotated[
    int | None,
    QueryParameter(
        ge=1, le=MAX_ID, required=False, description="By the checkpoint over so many records."
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckpointPage:
    """Checkpoints, oldest first, and all public keys that ever signed them, in PEM."""

    checkpoints: list[StoredCheckpoint]
    keys: str
    next_cursor: str | None


@get(
    "/v1/ledger/checkpoints",
    opt=by_key("read"),
    tags=["ledger"],
    summary="List the signed checkpoints",
)
async def checkpoints(
    caller: NamedDependency[Caller],
    chain: ChainName = None,
    limit: Most = 100,
    cursor: Cursor = None,
) -> CheckpointPage:
    """Return checkpoints of the chains in scope; keep the notes where nobody here changes them."""
    after = number_of_cursor(cursor)
    found = await caller.ask(list_checkpoints, chain=chain, after=after, limit=limit + 1)
    page, more = found[:limit], len(found) > limit
    return CheckpointPage(
        checkpoints=page,
        keys=await caller.ask(signing_keys),
        next_cursor=cursor_after(page[-1].id) if more else None,
    )


@get(
    "/v1/ledger/proof/{receipt:str}",
    opt=by_key("prove"),
    tags=["ledger"],
    summary="Prove that a receipt is in the signed history",
)
async def proof(
    receipt: FromPath[str],
    caller: NamedDependency[Caller],
    since: Since = None,
    size: Size = None,
) -> Proof:
    """Return inclusion, and consistency where `since` asks for it.

    `receipt` is `CHAIN:SEQUENCE:LEAF`. The key of a source may ask of its own records alone. 409
    says that no checkpoint is over the record yet: ask again in a minute.
    """
    return await caller.ask(prove, receipt, since=since, size=size)


HANDLERS = (checkpoints, proof)
