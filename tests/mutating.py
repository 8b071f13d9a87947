"""Fourteen ways in which who owns the database may change history, each at a random place.

A world is a history with checkpoints that were kept outside; a mutation is done on a copy of its
database, as a superuser would who knows how labeltrust hashes.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random

from databases import copied
from factories import StepClock, label, owner
from recorded import project, record
from sqlalchemy import text

from labeltrust.ledger.canonical import canonical_bytes
from labeltrust.ledger.leaf import START, leaf_hash, next_head
from labeltrust.ledger.notes import Note, read_note
from labeltrust.services.checkpoints.sign import checkpoint_now
from labeltrust.services.deployment import Deployment
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.settings import Settings
from labeltrust.store.checkpoints import checkpoints_after
from labeltrust.store.session import open_engine, reading
from labeltrust.store.statements import Statements
from labeltrust.store.vault import Vault, open_vault
from labeltrust.store.verification import ENTRIES, entry

STEP = 25
"""Records from one checkpoint to the next."""
PROJECTS = ("fraud", "spam")
_COLUMNS = (
    "version, type, source_id, event_id, delivery_id, position, key_id, actor, item_alias_id, "
    "labeler_alias_id, question_id, replicate, label, annotation_id, occurred_us, revised_us, "
    "received_us, clock_doubted, duration_seconds, detail, parser, content_digest, leaf, previous"
)


@dataclass(frozen=True)
class World:
    """A history: where its database is copied from, older copies, and what was kept outside.

    `template` and `backups` are files of SQLite, or names of databases on `server`.
    """

    home: Path
    vault: Vault
    template: str
    lengths: dict[str, int]
    outside: tuple[Note, ...]
    backups: tuple[tuple[str, dict[str, int]], ...]
    server: str = ""

    @contextmanager
    def copy(self, template: str = "") -> Iterator[Deployment]:
        """Give an installation on a copy of the database, or of an older one."""
        name, clock = template or self.template, StepClock()
        with ExitStack() as stack:
            if self.server:
                url = stack.enter_context(copied(self.server, name))
                settings = Settings(home=self.home, database_url=url, unsafe_durability=True)
            else:
                place = self.home / "copy.db"
                shutil.copy(name, place)
                settings = Settings(home=self.home, database_url=f"sqlite:///{place}")
            engine = open_engine(settings)
            stack.callback(engine.dispose)
            yield Deployment(settings=settings, engine=engine, vault=self.vault, clock=clock)


@dataclass(frozen=True)
class Done:
    """What was done: in which chain, from which record on, and the older copy that is used now."""

    chain: str
    place: int
    backup: str = ""


@dataclass(frozen=True)
class Found:
    """What was noticed of a mutation: inside, and with the checkpoints from outside."""

    done: Done
    inside: int | None
    outside: int | None


@dataclass
class Hand:
    """The superuser's hand on one copy."""

    deployment: Deployment
    world: World
    random: Random
    statements: Statements | None = field(default=None)

    def run(self, sql: str, *values: object) -> None:
        self.statements.execute(sql, values)

    def rows(self, sql: str, *values: object) -> list[tuple]:
        return self.statements.rows(sql, values)

    def chain(self, name: str) -> int:
        return self.rows("SELECT id FROM chain WHERE name = ?", name)[0][0]

    def somewhere(self) -> tuple[str, int]:
        """Return a chain of a project, and a place in its middle."""
        name = self.random.choice(PROJECTS)
        return name, self.random.randrange(3, self.world.lengths[name] - 2)

    def forget(self, chain: str, size: int) -> None:
        """Delete what was signed over more than the first records."""
        number = self.chain(chain)
        self.run("DELETE FROM checkpoint WHERE chain_id = ? AND size > ?", number, size)
        self.run("DELETE FROM tree_node WHERE chain_id = ?", number)
        for name in ("verified", "broken", "outside"):
            self.run("DELETE FROM installation WHERE name = ?", f"{name}:{chain}")

    def rehash(self, chain: str) -> None:
        """Make all hashes of a chain right, as who knows the program can."""
        number = self.chain(chain)
        head, n = START, 0
        for row in self.rows(ENTRIES, number, 0, 1 << 60):
            leaf, n = leaf_hash(canonical_bytes(entry(chain, row).record)), n + 1
            sql = "UPDATE event SET leaf = ?, previous = ? WHERE chain_id = ? AND sequence = ?"
            self.run(sql, leaf, head, number, n)
            head = next_head(head, leaf)
        sql = "UPDATE chain SET next_sequence = ?, head = ? WHERE id = ?"
        self.run(sql, n + 1, head, number)


def _set(change: str) -> Callable[[Hand], Done]:
    def act(hand: Hand) -> Done:
        name, place = hand.somewhere()
        where = f"UPDATE event SET {change} WHERE chain_id = ? AND sequence = ?"  # noqa: S608
        hand.run(where, hand.chain(name), place)
        return Done(name, place)

    return act


def _source(hand: Hand) -> Done:
    name, place = hand.somewhere()
    sql = (
        "UPDATE event SET source_id = (SELECT min(id) FROM source WHERE id <> "
        "coalesce(event.source_id, 0)) WHERE chain_id = ? AND sequence = ?"
    )
    hand.run(sql, hand.chain(name), place)
    return Done(name, place)


def _digest(hand: Hand) -> Done:
    name, place = hand.somewhere()
    sql = "UPDATE event SET content_digest = ? WHERE chain_id = ? AND sequence = ?"
    hand.run(sql, hand.random.randbytes(32), hand.chain(name), place)
    return Done(name, place)


def _delete(hand: Hand, name: str, first: int, last: int) -> None:
    sql = "DELETE FROM event WHERE chain_id = ? AND sequence >= ? AND sequence <= ?"
    hand.run(sql, hand.chain(name), first, last)


def _delete_first(hand: Hand) -> Done:
    name, place = hand.somewhere()
    _delete(hand, name, 1, place)
    return Done(name, 1)


def _delete_middle(hand: Hand) -> Done:
    name, place = hand.somewhere()
    _delete(hand, name, place, place)
    return Done(name, place)


def _delete_last(hand: Hand) -> Done:
    name, place = hand.somewhere()
    _delete(hand, name, place, 1 << 60)
    return Done(name, place)


def _move(hand: Hand, number: int, old: int, new: int) -> None:
    hand.run("UPDATE event SET sequence = ? WHERE chain_id = ? AND sequence = ?", new, number, old)


def _insert(hand: Hand) -> Done:
    name, place = hand.somewhere()
    number, last = hand.chain(name), hand.world.lengths[name]
    for old in range(last, place - 1, -1):
        _move(hand, number, old, old + 1)
    _copy(hand, (number, place + 1), (number, place))
    sql = "UPDATE event SET label = '\"inserted\"' WHERE chain_id = ? AND sequence = ?"
    hand.run(sql, number, place)
    hand.run("UPDATE chain SET next_sequence = next_sequence + 1 WHERE id = ?", number)
    return Done(name, place)


def _copy(hand: Hand, source: tuple[int, int], target: tuple[int, int]) -> None:
    columns = _COLUMNS.replace("event_id", "NULL", 1)  # it is unique by source
    sql = (
        f"INSERT INTO event (chain_id, sequence, {_COLUMNS}) SELECT {target[0]}, {target[1]}, "  # noqa: S608
        f"{columns} FROM event WHERE chain_id = ? AND sequence = ?"
    )
    hand.run(sql, *source)


def _swap(hand: Hand) -> Done:
    name, place = hand.somewhere()
    number, last = hand.chain(name), hand.world.lengths[name]
    other = hand.random.randrange(place + 1, last + 1)
    for old, new in ((place, 1 << 40), (other, place), (1 << 40, other)):
        _move(hand, number, old, new)
    return Done(name, place)


def _truncate(hand: Hand) -> Done:
    name, place = hand.somewhere()
    _delete(hand, name, place, 1 << 60)
    hand.rehash(name)
    hand.forget(name, place - 1)
    return Done(name, place)


def _rewrite(hand: Hand) -> Done:
    name, place = hand.somewhere()
    sql = "UPDATE event SET label = '\"rewritten\"' WHERE chain_id = ? AND sequence = ?"
    hand.run(sql, hand.chain(name), place)
    hand.rehash(name)
    hand.forget(name, 0)
    return Done(name, place)


def _of_another(hand: Hand) -> Done:
    name, place = hand.somewhere()
    other = next(one for one in PROJECTS if one != name)
    place = min(place, hand.world.lengths[other])
    _delete(hand, name, place, place)
    _copy(hand, (hand.chain(other), place), (hand.chain(name), place))
    hand.rehash(name)
    hand.forget(name, 0)
    return Done(name, place)


def _roll_back(hand: Hand) -> Done:
    backup, lengths = hand.random.choice(hand.world.backups)
    shorter = [name for name in PROJECTS if lengths[name] < hand.world.lengths[name]]
    name = hand.random.choice(shorter)
    return Done(name, lengths[name] + 1, backup)


KINDS: dict[str, tuple[Callable[[Hand], Done], bool]] = {
    "edit label": (_set("label = '\"edited\"'"), True),
    "edit time": (_set("received_us = received_us + 1"), True),
    "edit source": (_source, True),
    "edit digest": (_digest, True),
    "edit actor": (_set("actor = 'os:eve'"), True),
    "delete first": (_delete_first, True),
    "delete middle": (_delete_middle, True),
    "delete last": (_delete_last, True),
    "insert": (_insert, True),
    "swap two": (_swap, True),
    "truncate tail": (_truncate, False),
    "rewrite all": (_rewrite, False),
    "another's row": (_of_another, False),
    "roll back": (_roll_back, False),
}
"""By name: what is done, and whether it shows without anything from outside."""


def mutated(world: World, kind: str, random: Random) -> Found:
    """Do a mutation on a copy of a world, and look what is found of it."""
    act, _ = KINDS[kind]
    with world.copy() as deployment:
        done = _done(deployment, world, act, random)
        if not done.backup:
            return _looked(deployment, world, done)
    with world.copy(done.backup) as deployment:
        return _looked(deployment, world, done)


def _done(deployment: Deployment, world: World, act, random: Random) -> Done:
    writing = deployment.engine.execution_options(labeltrust_writes=True)
    with writing.begin() as connection:
        if connection.dialect.name == "postgresql":
            for table in ("event", "checkpoint", "tree_node"):
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
        else:
            names = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            for name in connection.execute(text(names)).scalars().all():
                connection.execute(text(f"DROP TRIGGER {name}"))
        return act(Hand(deployment, world, random, Statements(connection)))


def _looked(deployment: Deployment, world: World, done: Done) -> Found:
    inside = verify_ledger(deployment, owner())
    outside = verify_ledger(deployment, owner(), outside=world.outside)
    return Found(done, _bad(inside, done.chain), _bad(outside, done.chain))


def _bad(report, chain: str) -> int | None:
    """Return the first bad record of a chain, None where nothing is bad anywhere."""
    if report.ok:
        return None
    return next(one.first_bad or 0 for one in report.chains if one.name == chain)


def is_rightly_found(world: World, found: Found, kind: str) -> bool:
    """Say whether a mutation was found as it must be, and its place named as well as can be."""
    _, shows = KINDS[kind]
    place = found.done.place
    if shows:
        return found.inside == place == found.outside
    if found.inside is not None or found.outside is None:
        return False
    cut = kind in {"truncate tail", "roll back"}
    return found.outside == (place if cut else _after_the_last_that_holds(world, found.done))


def _after_the_last_that_holds(world: World, done: Done) -> int:
    stated = [note.checkpoint for note in world.outside]
    sizes = [one.size for one in stated if one.origin.endswith(f"/{done.chain}")]
    return 1 + max((size for size in sizes if size < done.place), default=0)


@contextmanager
def world_of(home: Path, template: Path | str, seed: int = 1, server: str = "") -> Iterator[World]:
    """Make a world: two projects, labels in many deliveries, decisions, checkpoints, backups."""
    random = Random(seed)  # noqa: S311
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        deployment, name = _installation(stack, home, template, server)
        for number, chain in enumerate(PROJECTS):
            project(deployment, chain, source=f"feed{number}")
        backups: list[tuple[str, dict[str, int]]] = []
        outside: dict[int, Note] = {}
        for turn in range(8):
            _grown(deployment, turn, random)
            checkpoint_now(deployment, owner())
            with reading(deployment.engine) as session:
                notes = {one.id: one.note for one in checkpoints_after(session, 0, 10_000)}
            outside |= {number: read_note(note) for number, note in notes.items()}
            if turn % 2 == 1 and turn < 7:
                copy = _kept(stack, deployment, (home, name, server), turn)
                backups.append((copy, _lengths(deployment)))
        lengths = _lengths(deployment)
        deployment.engine.dispose()
        yield World(
            home, deployment.vault, name, lengths, tuple(outside.values()), tuple(backups), server
        )


def _installation(stack, home: Path, template, server: str) -> tuple[Deployment, str]:
    if server:
        url = stack.enter_context(copied(server, template))
        name = url.rpartition("/")[2].partition("?")[0]
        settings = Settings(home=home, database_url=url, unsafe_durability=True)
    else:
        name = str(home / "world.db")
        shutil.copy(template, name)
        settings = Settings(home=home, database_url=f"sqlite:///{name}")
    settings = replace(settings, checkpoint_records=STEP)
    engine = open_engine(settings)
    stack.callback(engine.dispose)
    vault, clock = open_vault(settings), StepClock()
    return Deployment(settings=settings, engine=engine, vault=vault, clock=clock), name


def _grown(deployment: Deployment, turn: int, random: Random) -> None:
    for number, chain in enumerate(PROJECTS):
        n = random.randrange(12, 30)
        events = [
            label(f"t{turn}i{k}", random.choice(["alice", "bob", "eve"]), project=chain)
            for k in range(n)
        ]
        brought = record(deployment, events, source=f"feed{number}")
        if turn % 3 == 0:
            draft = FreezeDraft(project=chain, import_id=brought.delivery_id, reason="supplier")
            freeze_labels(deployment, owner(), draft)
        deployment.clock.tick(60)


def _kept(stack, deployment: Deployment, where, turn: int) -> str:
    home, name, server = where
    deployment.engine.dispose()
    if not server:
        copy = str(home / f"backup{turn}.db")
        shutil.copy(name, copy)
        return copy
    url = stack.enter_context(copied(server, name))
    return url.rpartition("/")[2].partition("?")[0]


def _lengths(deployment: Deployment) -> dict[str, int]:
    with deployment.engine.connect() as connection:
        rows = Statements(connection).rows("SELECT name, next_sequence - 1 FROM chain")
    return dict(rows)
