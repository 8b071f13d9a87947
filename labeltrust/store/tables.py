"""The schema on one page.

History is `event`: one row for every event of a platform and every decision of a person or of the
machine, numbered without gaps in its chain and never changed. All else is either a name (alias
tables, mutable, erasable), a sealed original (`delivery`), a registry (projects, sources, keys) or
derived from history and may be rebuilt.

A table whose `info` names `changes` is guarded by triggers and by grants: only those columns of its
rows may ever change, and no row goes.

Times of the hot table are whole microseconds since 1970 in UTC (`_us`): they sort, subtract and
load into arrays without parsing. Everywhere else times are aware datetimes.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, MetaData, SQLModel

SQLModel.metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class RowId(TypeDecorator[int]):
    """A number of 64 bits; SQLite numbers rows by itself only where the column says INTEGER."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the type by database."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else BigInteger())


_WAITS = text("routed_at IS NULL")
CHANGES = "changes"


class Installation(SQLModel, table=True):
    """Facts of this installation, such as the fingerprint of the key that seals its data."""

    name: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


class Chain(SQLModel, table=True):
    """One gapless sequence: one a project, and `system`. Its row is the lock of all writers."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    next_sequence: int = Field(default=1, sa_type=RowId)
    head: bytes = Field(default=bytes(32), sa_type=LargeBinary)


class Checkpoint(SQLModel, table=True):
    """What was signed of a chain: the root over its first `size` records, as a signed note.

    `after` is the size of the checkpoint before: no two servers go on from the same one. `note` is
    written once, in the transaction of its row.
    """

    __table_args__ = (
        UniqueConstraint("chain_id", "size"),
        UniqueConstraint("chain_id", "after"),
        {"info": {CHANGES: ("note",)}},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    chain_id: int = Field(foreign_key="chain.id")
    size: int = Field(sa_type=RowId)
    after: int = Field(sa_type=RowId)
    root: bytes = Field(sa_type=LargeBinary)
    note: str = Field(sa_type=Text)
    made_at: datetime


class TreeNode(SQLModel, table=True):
    """A complete subtree over the leaves of a chain, at every eighth level: derived from them."""

    __tablename__ = "tree_node"
    __table_args__ = ({"sqlite_with_rowid": False, "info": {CHANGES: ()}},)

    chain_id: int = Field(primary_key=True, foreign_key="chain.id")
    level: int = Field(primary_key=True)
    place: int = Field(primary_key=True, sa_type=RowId)
    hash: bytes = Field(sa_type=LargeBinary)


class CheckpointPlace(SQLModel, table=True):
    """A place outside of the database that checkpoints go to: a folder, or a channel of alerts.

    `through` is the newest checkpoint that it took.
    """

    __tablename__ = "checkpoint_place"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    folder: str | None = Field(default=None, sa_type=Text)
    channel_id: int | None = Field(default=None, foreign_key="alert_channel.id")
    every_seconds: float = 0.0
    through: int = Field(default=0, sa_type=RowId)
    taken_at: datetime | None = None
    failures: int = 0
    retry_at: datetime | None = None
    trouble: str | None = Field(default=None, sa_type=Text)
    added_at: datetime
    added_by: str = Field(sa_type=Text)
    removed_at: datetime | None = None


class Project(SQLModel, table=True):
    """A project; `config` is the current settings document, its history is in the chain."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    chain_id: int = Field(foreign_key="chain.id")
    version: int = 1
    config: str = Field(default="{}", sa_type=Text)
    created_at: datetime


class Question(SQLModel, table=True):
    """A question of a project with its scale; a change of scale is an event and a new version."""

    __table_args__ = (UniqueConstraint("project_id", "name"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    name: str = Field(sa_type=Text)
    scale: str
    classes: str | None = Field(default=None, sa_type=Text)
    repeats: str = "last"
    version: int = 1


class Source(SQLModel, table=True):
    """Where deliveries come from; sources of one `id_space` share labeler and item ids."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    platform: str
    id_space: str = Field(sa_type=Text)
    status: str = "trusted"
    config: str = Field(default="{}", sa_type=Text)
    created_at: datetime


class SupplierKey(SQLModel, table=True):
    """A public key by which a source's files are signed; several may live while rotating."""

    __tablename__ = "supplier_key"
    __table_args__ = (Index("ix_supplier_key_source_id", "source_id"),)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id")
    key_id: str
    pem: str = Field(sa_type=Text)
    added_at: datetime
    added_by: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    revoked_at: datetime | None = None
    revoked_by: str | None = Field(default=None, sa_type=Text)
    revoked_why: str | None = Field(default=None, sa_type=Text)


class SupplierManifest(SQLModel, table=True):
    """A manifest that came with a file; an empty `code` says that all of it held."""

    __tablename__ = "supplier_manifest"
    __table_args__ = (Index("ix_supplier_manifest_source_id_id", "source_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id")
    came_at: datetime
    came_by: str = Field(sa_type=Text)
    file: str = Field(sa_type=Text)
    sha256: str
    rows: int | None = Field(default=None, sa_type=RowId)
    supplier: str = Field(default="", sa_type=Text)
    key_id: str = ""
    code: str = ""
    detail: str = Field(default="", sa_type=Text)


class SourceProject(SQLModel, table=True):
    """A source may speak only for these projects."""

    __tablename__ = "source_project"

    source_id: int = Field(foreign_key="source.id", primary_key=True)
    project_id: int = Field(foreign_key="project.id", primary_key=True)


class SourceSecret(SQLModel, table=True):
    """A webhook secret, sealed by the master key; several may live while rotating."""

    __tablename__ = "source_secret"

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id", index=True)
    key_id: str = Field(unique=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class SourceTally(SQLModel, table=True):
    """What one source sent in one hour, by received time; counted with the events themselves.

    What may be null is so in hours that were counted before it was.
    """

    __tablename__ = "source_tally"

    source_id: int = Field(primary_key=True, foreign_key="source.id")
    hour: int = Field(primary_key=True)
    accepted: int = Field(default=0, sa_type=RowId)
    duplicates: int = Field(default=0, sa_type=RowId)
    quarantined: int = Field(default=0, sa_type=RowId)
    last_us: int = Field(default=0, sa_type=RowId)
    forged: int = Field(default=0, sa_type=RowId, sa_column_kwargs={"server_default": "0"})
    doubted: int | None = Field(default=None, sa_type=RowId)
    conflicts: int | None = Field(default=None, sa_type=RowId)
    refused: int | None = Field(default=None, sa_type=RowId)
    failed: int | None = Field(default=None, sa_type=RowId)
    late: int | None = Field(default=None, sa_type=RowId)


class SourceSlot(SQLModel, table=True):
    """What one source sent in five minutes, counted as `SourceTally`; old ones are forgotten."""

    __tablename__ = "source_slot"

    source_id: int = Field(primary_key=True, foreign_key="source.id")
    slot: int = Field(primary_key=True)
    accepted: int = Field(default=0, sa_type=RowId)
    duplicates: int = Field(default=0, sa_type=RowId)
    quarantined: int = Field(default=0, sa_type=RowId)
    doubted: int = Field(default=0, sa_type=RowId)
    conflicts: int = Field(default=0, sa_type=RowId)
    refused: int = Field(default=0, sa_type=RowId)
    failed: int = Field(default=0, sa_type=RowId, sa_column_kwargs={"server_default": "0"})
    late: int = Field(default=0, sa_type=RowId, sa_column_kwargs={"server_default": "0"})


class ProjectSlots(SQLModel, table=True):
    """What a project's labels count to, slot by slot: derived at each assessment, `body` packed."""

    __tablename__ = "project_slots"

    project_id: int = Field(primary_key=True, foreign_key="project.id")
    kind: str = Field(primary_key=True, sa_type=Text)
    made_at: datetime
    body: bytes = Field(sa_type=LargeBinary)


class PullWanted(SQLModel, table=True):
    """An object of a platform that changed there and was not read by its API since.

    `asked_at` is when the platform last said so, `wanted_at` when it first did since the last read,
    `within` a JSON object of texts. The row goes when the object was read.
    """

    __tablename__ = "pull_wanted"
    __table_args__ = ({"sqlite_with_rowid": False},)

    source_id: int = Field(primary_key=True, foreign_key="source.id")
    project_id: int = Field(primary_key=True, foreign_key="project.id")
    kind: str = Field(primary_key=True, sa_type=Text)
    object_id: str = Field(primary_key=True, sa_type=Text)
    within: str = Field(default="{}", sa_type=Text)
    changed_us: int | None = Field(default=None, sa_type=RowId)
    wanted_at: datetime
    asked_at: datetime
    times: int = 1
    delivery_id: int = Field(sa_type=RowId)


class SourceAccess(SQLModel, table=True):
    """How a source's platform is read by its API; the token is sealed by the master key."""

    __tablename__ = "source_access"

    source_id: int = Field(primary_key=True, foreign_key="source.id")
    url: str = Field(sa_type=Text)
    remote: str = Field(sa_type=Text)
    sealed: bytes = Field(sa_type=LargeBinary)
    every_minutes: int
    set_at: datetime
    set_by: str = Field(sa_type=Text)


class SourcePull(SQLModel, table=True):
    """One comparison of a source with its platform; names of people and items are not in it.

    `found` is JSON of counts and annotation ids, `held` the ids of annotations that only a person
    may have withdrawn or corrected.
    """

    __tablename__ = "source_pull"
    __table_args__ = (Index("ix_source_pull_source_id_id", "source_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id")
    project_id: int = Field(foreign_key="project.id")
    started_at: datetime
    started_by: str = Field(sa_type=Text)
    dry_run: bool = False
    status: str = "running"
    finished_at: datetime | None = None
    found: str = Field(default="{}", sa_type=Text)
    held: str = Field(default="[]", sa_type=Text)
    approval_id: int | None = Field(default=None, foreign_key="approval.id")
    allowed_at: datetime | None = None
    used_at: datetime | None = None
    error: str | None = Field(default=None, sa_type=Text)


class Person(SQLModel, table=True):
    """Somebody who acts here: reviewer, QA lead, admin … Never a labeler."""

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    role: str
    projects: str | None = Field(default=None, sa_type=Text)
    created_at: datetime
    disabled_at: datetime | None = None


class ApiKey(SQLModel, table=True):
    """A key, kept as digest only; `projects` is a JSON list, or None for all.

    `used_at` is when it was last accepted, to about a minute.
    """

    __tablename__ = "api_key"

    id: int | None = Field(default=None, primary_key=True)
    key_id: str = Field(unique=True)
    digest: bytes = Field(sa_type=LargeBinary, unique=True)
    name: str = Field(sa_type=Text)
    role: str
    projects: str | None = Field(default=None, sa_type=Text)
    person_id: int | None = Field(default=None, foreign_key="person.id")
    source_id: int | None = Field(default=None, foreign_key="source.id")
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None


class Password(SQLModel, table=True):
    """The argon2 hash of a person's password; most sign in by links or elsewhere and have none."""

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    hash: str = Field(sa_type=Text)
    set_at: datetime


class SignIn(SQLModel, table=True):
    """A one-time link (sign-in, password) or a session of the console, kept as digest only."""

    __tablename__ = "sign_in"

    id: int | None = Field(default=None, primary_key=True)
    digest: bytes = Field(sa_type=LargeBinary, unique=True)
    kind: str
    person_id: int = Field(foreign_key="person.id")
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    seen_at: datetime | None = None


class Delivery(SQLModel, table=True):
    """One webhook call or one piece of an import as it arrived, sealed by a key of its own.

    `import_id` is the delivery of the first piece of the same imported file; None for webhooks.
    """

    __table_args__ = (
        Index("ix_delivery_received_at", "received_at"),
        {"info": {CHANGES: ("body", "data_key", "erased_at")}},
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    source_id: int = Field(foreign_key="source.id")
    key_id: str | None = None
    received_at: datetime
    digest: bytes = Field(sa_type=LargeBinary)
    size: int
    headers: str = Field(default="{}", sa_type=Text)
    parser: str = ""
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    data_key: bytes | None = Field(default=None, sa_type=LargeBinary)
    erased_at: datetime | None = None
    import_id: int | None = Field(default=None, foreign_key="delivery.id", sa_type=RowId)


class Quarantine(SQLModel, table=True):
    """A delivery, or one event of it, that could not be read; kept until retried or discarded.

    `event_id` is the id that the event had when it was read, since one that counts occurrences in
    a file cannot be derived from a part of it again. `digest` is that of the delivery: what comes
    again unreadable is found by it.
    """

    __table_args__ = (
        Index("ix_quarantine_status", "status", "id"),
        Index("ix_quarantine_digest", "digest"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    delivery_id: int = Field(foreign_key="delivery.id", index=True, sa_type=RowId)
    position: int | None = None
    digest: bytes = Field(sa_type=LargeBinary)
    event_id: str | None = Field(default=None, sa_type=Text)
    code: str
    detail: str = Field(sa_type=Text)
    status: str = "open"
    created_at: datetime
    closed_at: datetime | None = None
    closed_by: str | None = Field(default=None, sa_type=Text)
    reason: str | None = Field(default=None, sa_type=Text)


class LabelerAlias(SQLModel, table=True):
    """An outside labeler id and the opaque one inside; the only place of a labeler's name.

    `labeler_id` is the alias that stands for the person: itself, unless merged. `pseudonym` is
    HMAC(salt, outside id): erasing salt and outside id leaves a history that still verifies.
    """

    __tablename__ = "labeler_alias"
    __table_args__ = ({"info": {CHANGES: ("lookup", "outside_id", "salt", "labeler_id")}},)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    lookup: bytes = Field(sa_type=LargeBinary, unique=True)
    id_space: str = Field(sa_type=Text)
    outside_id: str | None = Field(default=None, sa_type=Text)
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    pseudonym: bytes = Field(sa_type=LargeBinary)
    labeler_id: int | None = Field(default=None, sa_type=RowId)
    kind: str = "human"


class LabelerProfile(SQLModel, table=True):
    """Whose people a labeler belongs to, as people said last; every change is an event.

    Where nobody said, it is the vendor that events of the labeler name, and `told_at` the time of
    the newest of them; where people did, `told_at` is null, and no event changes it.
    """

    __tablename__ = "labeler_profile"

    labeler_id: int = Field(primary_key=True, sa_type=RowId)
    vendor: str = Field(default="", sa_type=Text)
    team: str = Field(default="", sa_type=Text)
    told_at: datetime | None = None


class LabelerProject(SQLModel, table=True):
    """A project in which an outside name labeled: derived, so that acts need not read history."""

    __tablename__ = "labeler_project"
    __table_args__ = ({"sqlite_with_rowid": False},)

    labeler_id: int = Field(primary_key=True, sa_type=RowId)
    project_id: int = Field(primary_key=True, foreign_key="project.id")


class ItemAlias(SQLModel, table=True):
    """An outside item id of one project and the opaque one inside, with what reviewers see."""

    __tablename__ = "item_alias"
    __table_args__ = ({"info": {CHANGES: ("lookup", "outside_id", "salt", "item_id")}},)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    project_id: int = Field(foreign_key="project.id")
    lookup: bytes = Field(sa_type=LargeBinary, unique=True)
    id_space: str = Field(sa_type=Text)
    outside_id: str | None = Field(default=None, sa_type=Text)
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    pseudonym: bytes = Field(sa_type=LargeBinary)
    item_id: int | None = Field(default=None, sa_type=RowId)


class ItemContent(SQLModel, table=True):
    """What is shown of an item, and its features: mutable, erasable; its digest is in history.

    `first_us` is when it was first told of, by our clock, and `source_id` by whom; null where that
    was before these columns.
    """

    __tablename__ = "item_content"
    __table_args__ = (Index("ix_item_content_first_us", "first_us"),)

    item_id: int = Field(primary_key=True, foreign_key="item_alias.id", sa_type=RowId)
    content: str = Field(default="{}", sa_type=Text)
    features: str = Field(default="{}", sa_type=Text)
    updated_at: datetime
    first_us: int | None = Field(default=None, sa_type=RowId)
    source_id: int | None = Field(default=None)


class DriftReport(SQLModel, table=True):
    """How features of the newest items differ from those of earlier weeks: derived, replaced."""

    __tablename__ = "drift_report"

    project_id: int = Field(primary_key=True, foreign_key="project.id")
    measured_at: datetime
    document: str = Field(sa_type=Text)


class DriftTally(SQLModel, table=True):
    """How many looks at a source's features were possible in one hour, and how many found drift."""

    __tablename__ = "drift_tally"
    __table_args__ = ({"sqlite_with_rowid": False},)

    project_id: int = Field(primary_key=True, foreign_key="project.id")
    source_id: int = Field(primary_key=True, foreign_key="source.id")
    hour: int = Field(primary_key=True)
    looks: int
    drifted: int


class TriggerPattern(SQLModel, table=True):
    """A regular expression that is looked for in all items; `through` says how far, by sequence."""

    __tablename__ = "trigger_pattern"
    __table_args__ = (Index("ix_trigger_pattern_project_id", "project_id"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    expression: str = Field(sa_type=Text)
    place: str
    reason: str = Field(sa_type=Text)
    added_at: datetime
    added_by: str = Field(sa_type=Text)
    removed_at: datetime | None = None
    removed_by: str | None = Field(default=None, sa_type=Text)
    removed_why: str | None = Field(default=None, sa_type=Text)
    through: int = Field(default=0, sa_type=RowId)


class TriggerHit(SQLModel, table=True):
    """An item that holds a pattern, with the labels received on it."""

    __tablename__ = "trigger_hit"
    __table_args__ = (
        Index("ix_trigger_hit_item_id", "item_id"),
        {"sqlite_with_rowid": False},
    )

    pattern_id: int = Field(primary_key=True, foreign_key="trigger_pattern.id")
    item_id: int = Field(primary_key=True, foreign_key="item_alias.id", sa_type=RowId)
    found_at: datetime
    labels: int = Field(default=0, sa_type=RowId)
    predictions: int = Field(default=0, sa_type=RowId)
    settled_at: datetime | None = None


class TriggerTally(SQLModel, table=True):
    """How many items of a source were looked through in an hour, and how many held a pattern."""

    __tablename__ = "trigger_tally"
    __table_args__ = ({"sqlite_with_rowid": False},)

    project_id: int = Field(primary_key=True, foreign_key="project.id")
    source_id: int = Field(primary_key=True)
    hour: int = Field(primary_key=True)
    items: int = Field(default=0, sa_type=RowId)
    hits: int = Field(default=0, sa_type=RowId)


FLAG_STANDS = text("status <> 'dismissed'")
"""Flags that say something against a labeler; an index holds these alone."""
_GOLD = text("type IN ('gold.declared', 'gold.withdrawn')")

_FINDING = text("type = 'finding.event_id_reused'")


class Event(SQLModel, table=True):
    """The append-only history; see `ledger/canonical.py` for the bytes that the leaf hashes.

    Acts of people and of the machine have no event id: the index over them alone finds the few of
    a week among millions of labels. No foreign keys: the leaf binds chain, source, names and
    delivery, `ledger verify` finds a row that points nowhere, and PostgreSQL would ask one query a
    key for each of a million rows.
    """

    __table_args__ = (
        UniqueConstraint("source_id", "event_id"),
        # Few rows are gold, and the gold of one item is asked for by hand.
        Index("ix_event_gold", "item_alias_id", sqlite_where=_GOLD, postgresql_where=_GOLD),
        Index(
            "ix_event_acts",
            "received_us",
            sqlite_where=text("event_id IS NULL"),
            postgresql_where=text("event_id IS NULL"),
        ),
        # Two contents under one id: few among millions, and wanted by whoever watches for forgery.
        Index("ix_event_findings", "received_us", sqlite_where=_FINDING, postgresql_where=_FINDING),
        {"sqlite_with_rowid": False, "info": {CHANGES: ()}},
    )

    chain_id: int = Field(primary_key=True)
    sequence: int = Field(primary_key=True, sa_type=RowId)
    version: int = 1
    type: str
    source_id: int | None = Field(default=None)
    event_id: str | None = Field(default=None, sa_type=Text)
    delivery_id: int | None = Field(default=None, sa_type=RowId)
    position: int | None = None
    key_id: str | None = None
    actor: str | None = Field(default=None, sa_type=Text)
    item_alias_id: int | None = Field(default=None, sa_type=RowId)
    labeler_alias_id: int | None = Field(default=None, sa_type=RowId)
    question_id: int | None = Field(default=None)
    replicate: int = Field(default=0, sa_type=RowId)
    label: str | None = Field(default=None, sa_type=Text)
    annotation_id: str | None = Field(default=None, sa_type=Text)
    occurred_us: int | None = Field(default=None, sa_type=RowId)
    revised_us: int | None = Field(default=None, sa_type=RowId)
    received_us: int = Field(sa_type=RowId)
    clock_doubted: bool = False
    duration_seconds: float | None = None
    detail: str = Field(default="{}", sa_type=Text)
    parser: str = ""
    content_digest: bytes = Field(sa_type=LargeBinary)
    leaf: bytes = Field(sa_type=LargeBinary)
    previous: bytes = Field(sa_type=LargeBinary)


class Assessment(SQLModel, table=True):
    """The newest assessment of a project: derived, replaced by the next one.

    `document` has empty lists in place of its labelers: their parts are rows of their own, so that
    a page reads those that it shows.
    """

    project_id: int = Field(primary_key=True, foreign_key="project.id")
    created_at: datetime
    as_of: datetime
    events_through: int = Field(sa_type=RowId)
    policy_version: str
    digest: bytes = Field(sa_type=LargeBinary)
    document: str = Field(sa_type=Text)


class AssessedLabeler(SQLModel, table=True):
    """What tables sort, filter and search labelers by; the only name in a stored assessment."""

    __tablename__ = "assessment_labeler"
    __table_args__ = ({"sqlite_with_rowid": False},)

    project_id: int = Field(primary_key=True, foreign_key="project.id")
    question: str = Field(primary_key=True, sa_type=Text)
    labeler_id: int = Field(primary_key=True, sa_type=RowId)
    place: int
    name: str = Field(sa_type=Text)
    folded: str = Field(sa_type=Text)
    kind: str
    labels: int
    items: int
    trust: float | None = None
    gold_accuracy: float | None = None
    cohen_kappa: float | None = None
    label_shift: float | None = None


class AssessedPart(SQLModel, table=True):
    """A labeler's part of the newest assessment as JSON, and what the labeler's page draws."""

    __tablename__ = "assessment_part"

    project_id: int = Field(primary_key=True, foreign_key="project.id")
    question: str = Field(primary_key=True, sa_type=Text)
    labeler_id: int = Field(primary_key=True, sa_type=RowId)
    part: str = Field(sa_type=Text)
    portrait: bytes = Field(default=b"", sa_type=LargeBinary)


class AssessedFigures(SQLModel, table=True):
    """What pages draw of a whole question: labels by day, how each signal's sizes lie, sources."""

    __tablename__ = "assessment_figures"

    project_id: int = Field(primary_key=True, foreign_key="project.id")
    question: str = Field(primary_key=True, sa_type=Text)
    figures: str = Field(sa_type=Text)


class ModelRole(SQLModel, table=True):
    """What a model is for in a project: the newest row of a labeler counts, and none is changed."""

    __tablename__ = "model_role"
    __table_args__ = (
        Index("ix_model_role_project_id_id", "project_id", "id"),
        {"info": {CHANGES: ()}},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    labeler_id: int = Field(sa_type=RowId)
    role: str = Field(sa_type=Text)
    predecessor_id: int | None = Field(default=None, sa_type=RowId)
    reason: str = Field(sa_type=Text)
    given_at: datetime
    given_by: str = Field(sa_type=Text)


class ModelComparison(SQLModel, table=True):
    """A model beside the one before it at the newest assessment: derived, replaced by the next one.

    `found` is JSON of counts by hour, `lost` the ids of gold items that only the other has right.
    """

    __tablename__ = "model_comparison"

    project_id: int = Field(primary_key=True, foreign_key="project.id")
    question: str = Field(primary_key=True, sa_type=Text)
    labeler_id: int = Field(primary_key=True, sa_type=RowId)
    role: str = Field(sa_type=Text)
    against_id: int = Field(sa_type=RowId)
    at: datetime
    found: str = Field(sa_type=Text)
    lost: bytes = Field(sa_type=LargeBinary)


class AssessmentPoint(SQLModel, table=True):
    """A project's main numbers at one assessment, for trends; thinned as they grow old."""

    __tablename__ = "assessment_history"
    __table_args__ = (Index("ix_assessment_history_project_id_as_of", "project_id", "as_of"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    project_id: int = Field(foreign_key="project.id")
    as_of: datetime
    labels: int
    labelers: int
    alpha: float | None = None
    alpha_low: float | None = None
    alpha_high: float | None = None
    gold: float | None = None
    gold_low: float | None = None
    gold_high: float | None = None
    gold_n: int = 0
    label_shift: float | None = None
    provenance: float | None = None
    open_flags: int = 0
    frozen: int = 0
    gate_open: bool = False


class Flag(SQLModel, table=True):
    """A review case; every change of it is an event of the project's chain.

    `question`, `clock` and `strong` repeat what `evidence` says, so that lists leave that unread.
    `assigned_to` is the name of the person who is to decide it.
    """

    __table_args__ = (
        Index("ix_flag_project_id_status", "project_id", "status"),
        Index("ix_flag_assigned_to", "assigned_to"),
        Index("ix_flag_project_id_labeler_id", "project_id", "labeler_id"),
        # Evidence is long, and what stands behind it in a row is read through it: lists of all
        # labelers, and how flags ended, are answered out of these alone.
        Index(
            "ix_flag_standing",
            *("project_id", "question", "labeler_id", "id", "status", "severity", "contested"),
            sqlite_where=FLAG_STANDS,
            postgresql_where=FLAG_STANDS,
        ),
        Index("ix_flag_ended", "project_id", "signals", "status"),
        Index("ix_flag_decided_at", "decided_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    labeler_id: int = Field(sa_type=RowId)
    status: str = "open"
    severity: str
    signals: str = Field(sa_type=Text)
    contested: bool = False
    question: str = Field(default="", sa_type=Text)
    clock: str = "received"
    strong: bool = False
    evidence: str = Field(default="{}", sa_type=Text)
    since: datetime | None = None
    opened_at: datetime
    updated_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)
    assigned_to: str | None = Field(default=None, sa_type=Text)
    assigned_at: datetime | None = None


class FlagComment(SQLModel, table=True):
    """Words on a flag; the history binds them by a digest with this salt, and never holds them."""

    __tablename__ = "flag_comment"

    id: int | None = Field(default=None, primary_key=True)
    flag_id: int = Field(foreign_key="flag.id", index=True)
    author: str = Field(sa_type=Text, index=True)
    written_at: datetime
    words: str = Field(sa_type=Text)
    salt: bytes = Field(sa_type=LargeBinary)


class Freeze(SQLModel, table=True):
    """Labels held out of exports, reversibly; scope is a labeler, a source or an import."""

    __table_args__ = (
        Index("ix_freeze_project_id_lifted_at", "project_id", "lifted_at"),
        Index("ix_freeze_project_id_labeler_id", "project_id", "labeler_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    kind: str
    labeler_id: int | None = Field(default=None, sa_type=RowId)
    source_id: int | None = Field(default=None, foreign_key="source.id")
    delivery_id: int | None = Field(default=None, foreign_key="delivery.id", sa_type=RowId)
    flag_id: int | None = Field(default=None, foreign_key="flag.id")
    since: datetime | None = None
    clock: str = "received"
    automatic: bool = False
    reason: str = Field(sa_type=Text)
    placed_at: datetime
    placed_by: str = Field(sa_type=Text)
    lifted_at: datetime | None = None
    lifted_by: str | None = Field(default=None, sa_type=Text)
    lift_reason: str | None = Field(default=None, sa_type=Text)


class PlatformPolicy(SQLModel, table=True):
    """What freezes of a source's labelers do at its platform; no row: nothing. `kinds` is JSON."""

    __tablename__ = "platform_policy"

    source_id: int = Field(primary_key=True, foreign_key="source.id")
    kinds: str = Field(sa_type=Text)
    most_items: int
    set_at: datetime
    set_by: str = Field(sa_type=Text)


class PlatformAct(SQLModel, table=True):
    """Something that a freeze asks of a platform, in the transaction of the freeze.

    `steps` is JSON of what it changes at `url`, stored before the first change: None until the
    worker looked. Tries count from `since`.
    """

    __tablename__ = "platform_act"
    __table_args__ = (
        UniqueConstraint("freeze_id", "source_id", "kind"),
        Index("ix_platform_act_source_id_id", "source_id", "id"),
        Index("ix_platform_act_state_due_at", "state", "due_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    source_id: int = Field(foreign_key="source.id")
    project_id: int = Field(foreign_key="project.id")
    freeze_id: int = Field(foreign_key="freeze.id")
    labeler_id: int = Field(sa_type=RowId)
    kind: str
    state: str = "waiting"
    reason: str = Field(sa_type=Text)
    asked_at: datetime
    asked_by: str = Field(sa_type=Text)
    since: datetime
    due_at: datetime
    tries: int = 0
    tried_at: datetime | None = None
    trouble: str | None = Field(default=None, sa_type=Text)
    url: str | None = Field(default=None, sa_type=Text)
    steps: str | None = Field(default=None, sa_type=Text)
    done_at: datetime | None = None
    undo_at: datetime | None = None
    undo_by: str | None = Field(default=None, sa_type=Text)
    undo_reason: str | None = Field(default=None, sa_type=Text)
    undone_at: datetime | None = None


class Audit(SQLModel, table=True):
    """A drawn sample that is re-labeled blind; every change of it is an event of the chain."""

    __table_args__ = (Index("ix_audit_project_id_status", "project_id", "status"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    question: str = Field(sa_type=Text)
    labeler_id: int | None = Field(default=None, sa_type=RowId)
    flag_id: int | None = Field(default=None, foreign_key="flag.id", index=True)
    status: str = "drawn"
    plan: str = Field(sa_type=Text)
    strata: str = Field(sa_type=Text)
    position: int = Field(sa_type=RowId)
    reason: str = Field(sa_type=Text)
    drawn_at: datetime
    drawn_by: str = Field(sa_type=Text)
    closed_at: datetime | None = None
    closed_by: str | None = Field(default=None, sa_type=Text)
    note: str | None = Field(default=None, sa_type=Text)


class AuditItem(SQLModel, table=True):
    """An item of a sample with its chance of being in it, and what was said of it by then."""

    __tablename__ = "audit_item"

    audit_id: int = Field(primary_key=True, foreign_key="audit.id")
    item_id: int = Field(primary_key=True, foreign_key="item_alias.id", sa_type=RowId)
    place: int
    stratum: int
    probability: float
    label: str = Field(sa_type=Text)
    others: str = Field(default="[]", sa_type=Text)


class AuditTask(SQLModel, table=True):
    """One reviewer's turn at an item; `label` is what stands, None with a time: cannot tell."""

    __tablename__ = "audit_task"
    __table_args__ = (
        UniqueConstraint("audit_id", "item_id", "turn"),
        Index("ix_audit_task_audit_id_place", "audit_id", "place"),
        Index("ix_audit_task_reviewer", "reviewer"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    audit_id: int = Field(foreign_key="audit.id")
    item_id: int = Field(foreign_key="item_alias.id", sa_type=RowId)
    turn: int
    place: int
    assigned: bool = False
    reviewer: str | None = Field(default=None, sa_type=Text)
    label: str | None = Field(default=None, sa_type=Text)
    seconds: float | None = None
    answered_at: datetime | None = None


class AuditVerdict(SQLModel, table=True):
    """Every verdict that was given, those taken back too."""

    __tablename__ = "audit_verdict"
    __table_args__ = ({"info": {CHANGES: ("withdrawn_at",)}},)

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    task_id: int = Field(foreign_key="audit_task.id", index=True, sa_type=RowId)
    reviewer: str = Field(sa_type=Text)
    label: str | None = Field(default=None, sa_type=Text)
    seconds: float | None = None
    given_at: datetime
    given_by: str = Field(sa_type=Text)
    withdrawn_at: datetime | None = None


class Approval(SQLModel, table=True):
    """A request for an act of two persons; `asked_identity` is the person behind the key."""

    __table_args__ = (Index("ix_approval_project_id_status", "project_id", "status"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    kind: str
    change: str = Field(sa_type=Text)
    digest: bytes = Field(sa_type=LargeBinary)
    reason: str = Field(sa_type=Text)
    status: str = "waiting"
    asked_by: str = Field(sa_type=Text)
    asked_identity: str = Field(sa_type=Text)
    asked_at: datetime
    expires_at: datetime
    decided_by: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = None
    decision_reason: str | None = Field(default=None, sa_type=Text)


class Notice(SQLModel, table=True):
    """That a labeler's manager was told of a freeze; to whom is erasable, as in a comment."""

    id: int | None = Field(default=None, primary_key=True)
    freeze_id: int = Field(foreign_key="freeze.id", index=True)
    sent_at: datetime
    sent_by: str = Field(sa_type=Text)
    sent_to: str = Field(sa_type=Text)
    salt: bytes = Field(sa_type=LargeBinary)


class Appeal(SQLModel, table=True):
    """An appeal against a freeze; its words are erasable, as in a comment."""

    __table_args__ = (Index("ix_appeal_project_id_outcome", "project_id", "outcome"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    freeze_id: int = Field(foreign_key="freeze.id", index=True)
    reason: str = Field(sa_type=Text)
    salt: bytes = Field(sa_type=LargeBinary)
    opened_at: datetime
    opened_by: str = Field(sa_type=Text)
    due_at: datetime
    outcome: str | None = None
    decided_at: datetime | None = None
    decided_by: str | None = Field(default=None, sa_type=Text)
    decision: str | None = Field(default=None, sa_type=Text)


class SeenThrough(SQLModel, table=True):
    """Up to which moment of the history a person has seen what concerns them."""

    __tablename__ = "seen_through"

    person_id: int = Field(primary_key=True, foreign_key="person.id")
    received_us: int = Field(sa_type=RowId)


class Snapshot(SQLModel, table=True):
    """A checksummed training set; its files lie in the data folder under its id.

    `signature` is that of the manifest's bytes; None where it was made before there were any.
    `parent_id` is the snapshot that it was made from, named by who made it.
    """

    # Numbered first and written out in the same transaction; the signature guards it afterwards.
    __table_args__ = (
        {
            "info": {
                CHANGES: ("events_through", "rows", "digest", "manifest", "signature", "parent_id")
            }
        },
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    created_at: datetime
    created_by: str = Field(sa_type=Text)
    events_through: int = Field(sa_type=RowId)
    rows: int
    digest: bytes = Field(sa_type=LargeBinary)
    manifest: str = Field(sa_type=Text)
    signature: bytes | None = Field(default=None, sa_type=LargeBinary)
    parent_id: int | None = None


class TrainingSet(SQLModel, table=True):
    """That a snapshot was named the project's training set; the newest row is the one in use."""

    __tablename__ = "training_set"
    __table_args__ = (
        Index("ix_training_set_project_id_id", "project_id", "id"),
        {"info": {CHANGES: ()}},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    snapshot_id: int = Field(foreign_key="snapshot.id")
    reason: str = Field(sa_type=Text)
    used_at: datetime
    used_by: str = Field(sa_type=Text)


class TrainedModel(SQLModel, table=True):
    """A version of a model that was trained on a snapshot, as its makers said."""

    __tablename__ = "trained_model"
    __table_args__ = (
        UniqueConstraint("snapshot_id", "model", "version"),
        {"info": {CHANGES: ()}},
    )

    id: int | None = Field(default=None, primary_key=True)
    snapshot_id: int = Field(foreign_key="snapshot.id")
    model: str = Field(sa_type=Text)
    version: str = Field(sa_type=Text)
    note: str = Field(default="", sa_type=Text)
    registered_at: datetime
    registered_by: str = Field(sa_type=Text)


class GateChange(SQLModel, table=True):
    """An opening or closing of a project's training gate, as it was noticed; also an event."""

    __tablename__ = "gate_change"
    __table_args__ = (
        Index("ix_gate_change_project_id_id", "project_id", "id"),
        {"info": {CHANGES: ()}},
    )

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    at: datetime
    open: bool
    reasons: str = Field(default="[]", sa_type=Text)
    actor: str = Field(sa_type=Text)


class GateOverride(SQLModel, table=True):
    """That two persons opened a closed gate for a while; `covers` is what they saw, as JSON."""

    __tablename__ = "gate_override"
    __table_args__ = (Index("ix_gate_override_project_id_id", "project_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    covers: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    placed_at: datetime
    until: datetime
    asked_by: str = Field(sa_type=Text)
    approved_by: str = Field(sa_type=Text)
    ended_at: datetime | None = None
    ended_by: str | None = Field(default=None, sa_type=Text)
    end_reason: str | None = Field(default=None, sa_type=Text)


class GateHook(SQLModel, table=True):
    """An address that is told when a project's gate reopens; address and secret are sealed.

    `url` is what may be read of it: scheme and host. Only rows from before the seal have it whole.
    """

    __tablename__ = "gate_hook"
    __table_args__ = (Index("ix_gate_hook_project_id_id", "project_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    url: str = Field(sa_type=Text)
    sealed_url: bytes | None = Field(default=None, sa_type=LargeBinary)
    sealed: bytes = Field(sa_type=LargeBinary)
    added_at: datetime
    added_by: str = Field(sa_type=Text)
    removed_at: datetime | None = None
    told_at: datetime | None = None
    trouble: str | None = Field(default=None, sa_type=Text)


class AlertChannel(SQLModel, table=True):
    """Where alerts go, and how to speak there; its address and secrets are sealed."""

    __tablename__ = "alert_channel"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(sa_type=Text, unique=True)
    shape: str
    sealed: bytes = Field(sa_type=LargeBinary)
    host: str = Field(sa_type=Text)
    codes: str | None = Field(default=None, sa_type=Text)
    projects: str | None = Field(default=None, sa_type=Text)
    floor: str
    window_seconds: float
    added_at: datetime
    added_by: str = Field(sa_type=Text)
    removed_at: datetime | None = None
    off_at: datetime | None = None
    off_why: str | None = Field(default=None, sa_type=Text)
    failures: int = 0
    retry_at: datetime | None = None
    sent: int = Field(default=0, sa_type=RowId)
    failed: int = Field(default=0, sa_type=RowId)
    sent_at: datetime | None = None
    trouble: str | None = Field(default=None, sa_type=Text)


class AlertKey(SQLModel, table=True):
    """A key that the messages of a channel are signed by, sealed; several while rotating."""

    __tablename__ = "alert_key"

    id: int | None = Field(default=None, primary_key=True)
    channel_id: int = Field(foreign_key="alert_channel.id", index=True)
    key_id: str = Field(unique=True)
    sealed: bytes = Field(sa_type=LargeBinary)
    created_at: datetime
    expires_at: datetime | None = None


class AlertCause(SQLModel, table=True):
    """The outbox: a fact that concerns somebody outside, kept in the transaction of the fact."""

    __tablename__ = "alert_cause"
    __table_args__ = (
        Index("ix_alert_cause_waiting", "id", sqlite_where=_WAITS, postgresql_where=_WAITS),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    type: str
    at: datetime
    detail: str = Field(sa_type=Text)
    project_id: int | None = Field(default=None, foreign_key="project.id")
    source_id: int | None = Field(default=None, foreign_key="source.id")
    labeler_id: int | None = Field(default=None, sa_type=RowId)
    chain: str = Field(default="", sa_type=Text)
    sequence: int = Field(default=0, sa_type=RowId)
    routed_at: datetime | None = None
    word: str = ""


class AlertGroup(SQLModel, table=True):
    """The alerts of one code and place: people are told of all of them at once."""

    __tablename__ = "alert_group"
    __table_args__ = (UniqueConstraint("code", "place"),)

    id: int | None = Field(default=None, primary_key=True)
    code: str
    place: str = Field(sa_type=Text)
    project_id: int | None = Field(default=None, foreign_key="project.id")
    source_id: int | None = Field(default=None, foreign_key="source.id")
    epoch: int = 1
    opened_at: datetime
    close_at: datetime | None = Field(default=None, index=True)
    closed_at: datetime | None = None


class Alert(SQLModel, table=True):
    """One thing that is wrong, until it ends; `news` grows with whatever is to be told of it."""

    __table_args__ = (
        UniqueConstraint("group_id", "subject"),
        Index("ix_alert_group_id_news", "group_id", "news"),
    )

    id: int | None = Field(default=None, primary_key=True)
    group_id: int = Field(foreign_key="alert_group.id")
    subject: str = Field(sa_type=Text)
    loudness: str
    rank: int = 0
    facts: str = Field(sa_type=Text)
    labeler_id: int | None = Field(default=None, sa_type=RowId)
    opened_at: datetime
    ended_at: datetime | None = None
    repeats: int = 0
    news: int = Field(default=0, sa_type=RowId)
    news_at: datetime | None = None
    suppressed_by: str | None = Field(default=None, sa_type=Text)
    suppressed_at: datetime | None = None


class AlertMessage(SQLModel, table=True):
    """What one channel is to be told, of a group or of a single cause; kept after it was told."""

    __tablename__ = "alert_message"
    __table_args__ = (
        Index("ix_alert_message_state_due_at", "state", "due_at"),
        Index("ix_alert_message_channel_id_group_id", "channel_id", "group_id"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=RowId)
    uid: str = Field(unique=True)
    channel_id: int = Field(foreign_key="alert_channel.id")
    group_id: int | None = Field(default=None, foreign_key="alert_group.id")
    cause_id: int | None = Field(default=None, sa_type=RowId, foreign_key="alert_cause.id")
    effect: str
    epoch: int = 0
    loudness: str
    since: int = Field(default=0, sa_type=RowId)
    through: int = Field(default=0, sa_type=RowId)
    n: int = 0
    state: str = "waiting"
    made_at: datetime
    due_at: datetime
    tries: int = 0
    tried_at: datetime | None = None
    done_at: datetime | None = None
    done_by: str | None = Field(default=None, sa_type=Text)
    trouble: str | None = Field(default=None, sa_type=Text)


class FlagChart(SQLModel, table=True):
    """What a signal saw when it first accused in a case; labelers are in it by number."""

    __tablename__ = "flag_chart"

    flag_id: int = Field(primary_key=True, foreign_key="flag.id")
    signal: str = Field(primary_key=True, sa_type=Text)
    drawn_at: datetime
    frame: bytes = Field(sa_type=LargeBinary)


class KeptAssessment(SQLModel, table=True):
    """An assessment that raised flags, packed; labelers are in it by number, and no names."""

    __tablename__ = "kept_assessment"

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    project_id: int = Field(foreign_key="project.id", index=True)
    made_at: datetime
    body: bytes = Field(sa_type=LargeBinary)


class Incident(SQLModel, table=True):
    """A case file: flags believed to have one cause; every change is an event of the project."""

    __table_args__ = (Index("ix_incident_project_id_status", "project_id", "status"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    title: str = Field(sa_type=Text)
    status: str = "open"
    severity: str
    owner: str = Field(default="", sa_type=Text)
    summary: str = Field(default="", sa_type=Text)
    lessons: str = Field(default="", sa_type=Text)
    checklist: str = Field(default="{}", sa_type=Text)
    opened_at: datetime
    opened_by: str = Field(sa_type=Text)
    contained_at: datetime | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None


class IncidentMember(SQLModel, table=True):
    """A flag, labeler or source of an incident; one of the three is set."""

    __tablename__ = "incident_member"
    __table_args__ = (Index("ix_incident_member_incident_id", "incident_id"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id")
    flag_id: int | None = Field(default=None, foreign_key="flag.id")
    labeler_id: int | None = Field(default=None, sa_type=RowId)
    source_id: int | None = Field(default=None, foreign_key="source.id")
    added_at: datetime
    added_by: str = Field(sa_type=Text)


class IncidentTask(SQLModel, table=True):
    """Something to be done about an incident, by somebody, by a day."""

    __tablename__ = "incident_task"
    __table_args__ = (Index("ix_incident_task_incident_id", "incident_id"),)

    id: int | None = Field(default=None, primary_key=True)
    incident_id: int = Field(foreign_key="incident.id")
    words: str = Field(sa_type=Text)
    owner: str = Field(sa_type=Text)
    due_on: str = ""
    added_at: datetime
    added_by: str = Field(sa_type=Text)
    done_at: datetime | None = None
    done_by: str | None = Field(default=None, sa_type=Text)


class ReplayOrder(SQLModel, table=True):
    """A history to be replayed under other rules; a question, and no part of the record."""

    __tablename__ = "replay_order"
    __table_args__ = (Index("ix_replay_order_project_id_id", "project_id", "id"),)

    id: int | None = Field(default=None, primary_key=True)
    project_id: int = Field(foreign_key="project.id")
    ordered_at: datetime
    ordered_by: str = Field(sa_type=Text)
    wanted: str = Field(sa_type=Text)
    done: int = 0
    looks: int = 0
    finished_at: datetime | None = None
    found: str | None = Field(default=None, sa_type=Text)
    error: str | None = Field(default=None, sa_type=Text)


class GameDayRow(SQLModel, table=True):
    """Drills that were ordered together; records of the chain `system` say the same."""

    __tablename__ = "game_day"

    id: int | None = Field(default=None, primary_key=True)
    ordered_at: datetime
    ordered_by: str = Field(sa_type=Text)


class DrillRow(SQLModel, table=True):
    """A poison campaign tried in a shadow, as the records of the chain `system` tell of it."""

    __tablename__ = "drill"

    id: int | None = Field(default=None, primary_key=True)
    game_day_id: int | None = Field(default=None, foreign_key="game_day.id", index=True)
    ordered_at: datetime
    ordered_by: str = Field(sa_type=Text)
    campaign: str
    seed: int
    labels_a_minute: float
    finished_at: datetime | None = Field(default=None, index=True)
    found: str | None = Field(default=None, sa_type=Text)
    error: str | None = Field(default=None, sa_type=Text)


class Job(SQLModel, table=True):
    """Background work, one open row a (kind, key); claimed by a lease with a fencing number."""

    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    kind: str
    key: str = Field(sa_type=Text)
    due_at: datetime
    first_due_at: datetime
    attempts: int = 0
    fence: int = 0
    leased_until: datetime | None = None
    leased_by: str | None = None
    error: str | None = Field(default=None, sa_type=Text)


class Idempotency(SQLModel, table=True):
    """The answer to an acting request, returned again for the same `Idempotency-Key`."""

    principal: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    request_digest: bytes = Field(sa_type=LargeBinary)
    status: int
    body: str = Field(sa_type=Text)
    created_at: datetime
