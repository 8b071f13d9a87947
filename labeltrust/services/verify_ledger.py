"""Recompute the tamper-evident history and name the first bad record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain as chained
from itertools import islice
from typing import NamedTuple

import structlog

from labeltrust.domain.errors import Busy, InvalidInput
from labeltrust.domain.principals import Principal
from labeltrust.ledger.anchors import Anchor, Anchored
from labeltrust.ledger.notes import Note, chain_of, read_note
from labeltrust.services._kept_items import in_words, kept_items
from labeltrust.services.checkpoints.compare import newest_outside, ours
from labeltrust.services.deployment import Deployment
from labeltrust.services.drills._altered import altered_drills
from labeltrust.store.checkpoints import checkpoints_after
from labeltrust.store.kept_items import OddItem, Told
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.statements import Row
from labeltrust.store.verification import (
    StoredChain,
    VerifiedChain,
    renamed_labelers,
    stored_chains,
    verify_chain,
)
from labeltrust.store.verified import (
    contradiction,
    note_contradicted,
    note_items,
    note_verified,
)

_MOST_NAMES = 100
_PAGE = 1_000
Progress = Callable[[int, int], None]
"""Told how many records were looked at, and how many there are."""
_LOG = structlog.get_logger("labeltrust.ledger")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainReport:
    """One chain: records that hold from the first on, its head in hex, and what is wrong.

    Attributes:
        name: Of the chain.
        records: Records that hold, from the first on.
        head: After them, in hex.
        first_bad: The first record that cannot be trusted, None where all can.
        problem: Why, in words.
        checkpoints: Signed checkpoints that it was held against and fulfils.
    """

    name: str
    records: int
    head: str
    first_bad: int | None
    problem: str | None
    checkpoints: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerReport:
    """The whole history.

    Attributes:
        ok: Everything holds.
        chains: `system` first, then one a project.
        renamed: Names that do not belong to their pseudonym, the first hundred.
        items: Items of which something else is kept than was told, in words, the first hundred.
        items_proven: Contents and features that are kept as they were told.
        items_unproven: Those told by records of version 1, which do not say what they told.
        outside: Checkpoints from outside that were looked at.
        strangers: Checkpoints given that bear this installation's name and not its signature.
        altered: Drills and game days that are not what their records say, the first hundred.
    """

    ok: bool
    chains: tuple[ChainReport, ...]
    renamed: tuple[str, ...]
    outside: int = 0
    strangers: int = 0
    altered: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    items_proven: int = 0
    items_unproven: int = 0


def verify_ledger(
    deployment: Deployment,
    principal: Principal,
    *,
    outside: Sequence[Note] = (),
    progress: Progress | None = None,
) -> LedgerReport:
    """Recompute every record in scope, and look at every name, drill, and what items show.

    Reads in short slices, so that a server goes on recording meanwhile. Every chain is held against
    its own checkpoints, the newest file of each folder outside, and what is given.

    Args:
        deployment: The installation.
        principal: Who asks.
        outside: Checkpoints that were kept elsewhere.
        progress: Told how far it is.

    Raises:
        NotAllowed: The role may not read.
        InvalidInput: Checkpoints are given, and none is of this installation.
    """
    principal.require("read")
    kept = _kept(deployment, outside)  # before the chains are listed: they only grow
    every = stored_chains(deployment.engine)
    seen = [chain for chain in every if _sees(principal, chain.name)]
    tell, told = _tell(progress, seen), Told()
    found = [_verified(deployment, kept, chain, tell, told) for chain in seen]
    items = kept_items(deployment, told, found)
    _noted(deployment, found, items.odd)
    missing = _missing(deployment, kept, {chain.name for chain in every}, principal)
    chains = (*(_report(one) for one in found), *missing)
    labelers = (f"labeler {n}" for n in renamed_labelers(deployment.engine))
    names = tuple(chained(labelers, (f"item {n}" for n in items.renamed)))
    altered = tuple(islice(altered_drills(deployment), _MOST_NAMES))
    wrong = names or altered or items.odd or kept.strangers
    return LedgerReport(
        ok=not wrong and all(chain.problem is None for chain in chains),
        chains=chains,
        renamed=names[:_MOST_NAMES],
        outside=kept.outside,
        strangers=kept.strangers,
        altered=altered,
        items=tuple(in_words(one) for one in items.odd[:_MOST_NAMES]),
        items_proven=items.proven,
        items_unproven=items.unproven,
    )


def _verified(
    deployment: Deployment,
    kept: "_Kept",
    chain: StoredChain,
    tell: Callable[[int], None],
    told: Told,
) -> VerifiedChain:
    """Verify a chain; where it holds, what its records say of items is known from then on."""
    of_chain = Told()

    def seen(rows: list[Row]) -> None:
        of_chain.add(rows)
        tell(len(rows))

    anchored = Anchored(kept.anchors.get(chain.name, ()))
    found = verify_chain(deployment.engine, chain, anchored=anchored, seen=seen)
    if found.broken is None:
        told.merge(of_chain)
    return found


def _sees(principal: Principal, chain: str) -> bool:
    return chain == "system" or principal.sees(chain)


def _tell(progress: Progress | None, seen: Sequence[StoredChain]) -> Callable[[int], None]:
    total, done = sum(chain.head.next_sequence - 1 for chain in seen), [0]

    def told(n: int) -> None:
        done[0] += n
        if progress is not None:
            progress(done[0], total)

    return told


class _Kept(NamedTuple):
    """Checkpoints by chain, and how many of them came from outside or from strangers."""

    anchors: Mapping[str, Sequence[Anchor]]
    outside: int
    strangers: int


def _kept(deployment: Deployment, given: Sequence[Note]) -> _Kept:
    anchors: dict[str, list[Anchor]] = {}
    mine = [n for n in given if chain_of(n.checkpoint.origin)[0] == deployment.vault.fingerprint]
    if given and not mine:
        raise InvalidInput("no checkpoint of this installation is in it", place="checkpoints")
    known = ours(deployment, mine)
    sources = {
        "a checkpoint on record": ours(deployment, _on_record(deployment)),
        "a checkpoint outside": known,
        "a checkpoint in a folder": ours(deployment, newest_outside(deployment)),
        "a checkpoint seen before": ours(deployment, _remembered(deployment)),
    }
    for where, found in sources.items():
        for chain, some in found.items():
            for note in some:
                stated = note.checkpoint
                anchor = Anchor(size=stated.size, root=stated.root, note=note.text, where=where)
                anchors.setdefault(chain, []).append(anchor)
    n_given = sum(len(some) for some in known.values())
    return _Kept(anchors, n_given, len(mine) - n_given)


def _on_record(deployment: Deployment) -> list[Note]:
    """Return the checkpoints of the database; who rewrites it must delete them first."""
    found: list[Note] = []
    newest = 0
    while True:
        with reading(deployment.engine) as session:
            page = checkpoints_after(session, newest, _PAGE)
        found += _readable([one.note for one in page])
        if len(page) < _PAGE:
            return found
        newest = page[-1].id


def _remembered(deployment: Deployment) -> list[Note]:
    """Return the checkpoints that chains were found to contradict before."""
    names = [chain.name for chain in stored_chains(deployment.engine)]
    with reading(deployment.engine) as session:
        notes = [contradiction(session, name).note for name in names]
    return _readable([note for note in notes if note])


def _readable(texts: Sequence[str]) -> list[Note]:
    found = []
    for text in texts:
        try:
            found.append(read_note(text))
        except InvalidInput:
            continue  # the signer refuses to go on from one that was spoiled
    return found


def _missing(
    deployment: Deployment, kept: _Kept, there: set[str], principal: Principal
) -> list[ChainReport]:
    """Report the chains that checkpoints know and the database does not."""
    found = []
    for name in sorted(set(kept.anchors) - there):
        if not _sees(principal, name):
            continue
        anchor = max(kept.anchors[name], key=lambda one: one.size)
        problem = f"the whole chain is missing: {anchor.where} knows {anchor.size} records of it"
        with unit_of_work(deployment.engine) as session:
            note_contradicted(session, name, problem, anchor.note, deployment.clock())
        found.append(ChainReport(name=name, records=0, head="", first_bad=1, problem=problem))
    return found


def _noted(deployment: Deployment, found: list[VerifiedChain], odd: list[OddItem]) -> None:
    """Tell the gate, which cannot look at it all; a full disk is no reason to keep quiet here."""
    try:
        with unit_of_work(deployment.engine) as session:
            for chain in found:
                mine = [in_words(one) for one in odd if one.project == chain.name]
                words = f"{mine[0]} ({len(mine)} such)" if mine else ""
                note_verified(session, chain, deployment.clock())
                if chain.broken is None:
                    note_items(session, chain.name, words, deployment.clock())
    except Busy as error:
        _LOG.warning("what was verified cannot be noted", why=str(error))


def _report(found: VerifiedChain) -> ChainReport:
    wrong = []
    if found.broken is not None:
        wrong.append((found.broken.sequence, found.broken.reason))
    if found.contradicted is not None:
        wrong.append((found.contradicted.first, found.contradicted.reason))
    first, reason = min(wrong, default=(None, ""))
    return ChainReport(
        name=found.name,
        records=found.records if first is None else min(found.records, first - 1),
        head=found.head.hex(),
        first_bad=first,
        problem=None if first is None else f"first bad record {first}: {reason}",
        checkpoints=found.checkpoints,
    )
