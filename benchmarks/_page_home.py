"""The home that `pages.py` measures: a large project, and much that people did in it.

Labels go through the real import and the real assessment. What people did is inserted as rows
alone, thousands at once, by the functions of the store that services use: history does not tell of
it, which no page notices.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sqlmodel import Session, col, select

from labeltrust.domain.audits import AuditPlan, AuditState, SampledItem, Stratum
from labeltrust.domain.freezes import FreezeState
from labeltrust.domain.incidents import IncidentState
from labeltrust.domain.principals import shell_owner
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.deployment import Deployment
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.simulate import Crowd, Planting, draw_planted
from labeltrust.simulate._frames import Words, to_frames
from labeltrust.store import audit_work, audits, flags, freezes, incidents, snapshots
from labeltrust.store.approvals import Asked, insert_approval
from labeltrust.store.inserting import known_id
from labeltrust.store.projects import project_row
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import AssessedLabeler, Delivery, ItemAlias, Quarantine

OWNER = shell_owner("benchmark")
PROJECT = "big"


@dataclass(frozen=True, slots=True, kw_only=True)
class Acts:
    """How much people did.

    Attributes:
        flags: Flags that were decided.
        freezes: Freezes that were placed.
        standing: How many of them stand.
        audits: Open audits, each of `sample` items.
        members: Flags of the first incident; the others have three.
        lifts: Freezes that the first request wants to be lifted; the others name ten.
        held: Events in quarantine.
        snapshots: Snapshots besides the one with files.
    """

    flags: int = 10_000
    freezes: int = 10_000
    standing: int = 1_000
    audits: int = 300
    sample: int = 50
    incidents: int = 1_000
    members: int = 3
    approvals: int = 1_000
    lifts: int = 10
    held: int = 10_000
    snapshots: int = 200


def build(deployment: Deployment, home: Path, labels: int, labelers: int) -> None:
    """Do what is not done yet; each step leaves a file that says so."""
    steps: dict[str, Callable[[], object]] = {
        "imported": lambda: load(deployment, home, labels, labelers),
        "assessed": lambda: assess_project(deployment, OWNER, PROJECT),
        "snapshot": lambda: create_snapshot(deployment, OWNER, PROJECT),
        "acted": lambda: act(deployment, Acts()),
    }
    for name, step in steps.items():
        mark = home / name
        if not mark.exists():
            began = time.perf_counter()
            step()
            mark.touch()
            print(f"{name}: {time.perf_counter() - began:.1f} s", flush=True)


def load(deployment: Deployment, home: Path, labels: int, labelers: int) -> None:
    """Import a simulated crowd of which a hundredth flips labels."""
    crowd = Crowd(n_labelers=labelers, n_items=labels // 5, labels_per_item=5,
                  class_shares=(0.6, 0.3, 0.1), gold_share=0.05)  # fmt: skip
    bad = max(labelers // 100, 1)
    planting = Planting(attack="targeted_flip", n_members=bad, rate=0.7, from_class=1, to_class=0)
    scene = draw_planted(crowd, [planting], np.random.default_rng(4))
    made = to_frames(scene, Words(classes=("benign", "fraud", "unsure"), item="txn"))
    made.labels.to_csv(home / "labels.csv", index=False)
    made.gold.to_csv(home / "gold.csv", index=False)
    request = ImportRequest(path=home / "labels.csv", project=PROJECT, gold=home / "gold.csv")
    import_file(deployment, OWNER, request, lambda _: None)


def act(deployment: Deployment, acts: Acts, name: str = PROJECT) -> None:
    """Insert what people did over months in a project that has a flag and a snapshot."""
    now = deployment.clock()
    with unit_of_work(deployment.engine) as session:
        project = known_id(project_row(session, name).id)
        wanted = select(AssessedLabeler.labeler_id).where(
            col(AssessedLabeler.project_id) == project
        )
        scene = Scene(session, project, list(session.exec(wanted)), now, acts)
        for insert in (flag, freeze, audit, incident, approval, hold, snapshot):
            insert(scene)


class Scene(NamedTuple):
    """Where rows are inserted."""

    session: Session
    project: int
    labelers: list[int]
    now: datetime
    acts: Acts


def flag(scene: Scene) -> None:
    """Copy a flag that the assessment opened, and dismiss or confirm the copies."""
    session, project, labelers, now, acts = scene
    pattern = flags.list_flags(session, project, limit=1)[0].state
    for n in range(acts.flags):
        who = labelers[n % len(labelers)]
        number = flags.open_flag(session, project, replace(pattern, labeler_id=who))
        status, at = "confirmed" if n % 50 == 0 else "dismissed", now - timedelta(hours=2 * n)
        flags.decide(session, number, status, actor="person:ann", note="looked at", at=at)


def freeze(scene: Scene) -> None:
    """Freeze labels of many, and lift all but some of that again."""
    session, project, labelers, now, acts = scene
    for n in range(acts.freezes):
        state = FreezeState(
            id=0, kind="label", labeler_id=labelers[n % len(labelers)],
            placed_at=now - timedelta(hours=n), placed_by="person:ann",
        )  # fmt: skip
        number = freezes.place(session, project, state, f"case {n}: too many flips on {n % 7} days")
        if n >= acts.standing:
            freezes.lift(session, number, actor="person:ben", reason="audited", at=now)


def audit(scene: Scene) -> None:
    """Draw audits that wait for reviewers."""
    session, project, labelers, now, acts = scene
    items = session.exec(select(ItemAlias.id).order_by(col(ItemAlias.id)).limit(acts.sample))
    sample = [
        SampledItem(item_id=known_id(item), place=place, stratum=0, probability=0.01,
                    label="benign", others=())
        for place, item in enumerate(items)
    ]  # fmt: skip
    suspect = flags.list_flags(session, project, limit=1)[0].state.labeler_id
    stratum = Stratum(kind="random", label=None, population=10 * acts.sample, drawn=acts.sample)
    for n in range(acts.audits):
        state = AuditState(
            id=0, question="label", labeler_id=labelers[n % len(labelers)] if n else suspect,
            flag_id=None, status="drawn", plan=AuditPlan(size=acts.sample), strata=(stratum,),
            position=1, reason="accused", drawn_at=now - timedelta(hours=n), drawn_by="person:ann",
        )  # fmt: skip
        number = audits.insert_audit(session, project, state, sample)
        audit_work.insert_turns(
            session,
            (
                audit_work.Turn(audit_id=number, item_id=one.item_id, turn=1, place=one.place)
                for one in sample
            ),
        )


def incident(scene: Scene) -> None:
    """Open incidents with flags as their members."""
    session, project, _, now, acts = scene
    for n in range(acts.incidents):
        state = IncidentState(
            id=0, title=f"ring {n}", status="open", severity="medium", owner="ann", summary="",
            lessons="", checklist={}, opened_at=now, opened_by="person:ann",
        )  # fmt: skip
        number = incidents.add_incident(session, project, state)
        for member in range(acts.members if n == 0 else 3):
            one = incidents.Member(flag_id=member + 1)
            incidents.add_member(session, number, one, "person:ann", now)


def approval(scene: Scene) -> None:
    """Ask for lifts of freezes."""
    session, project, _, now, acts = scene
    for n in range(acts.approvals):
        many = acts.lifts if n == 0 else 10
        numbers = sorted({(n + k) % acts.freezes + 1 for k in range(many)})
        asked = Asked(
            project_id=project, kind="mass_lift", change={"freezes": numbers}, reason="audited",
            actor="person:ann", identity="person:ann", at=now,
        )  # fmt: skip
        insert_approval(session, asked)


def hold(scene: Scene) -> None:
    """Hold events of the newest delivery."""
    session, now = scene.session, scene.now
    newest = session.exec(select(Delivery.id).order_by(col(Delivery.id).desc())).first()
    session.add_all(
        Quarantine(delivery_id=known_id(newest), position=n, digest=b"", code=f"reason_{n % 5}",
                   detail=f"event {n} names no labeler", created_at=now)
        for n in range(scene.acts.held)
    )  # fmt: skip


def snapshot(scene: Scene) -> None:
    """Put the newest snapshot on record again and again, without its files."""
    session, project, _, now, acts = scene
    made = snapshots.list_snapshots(session, project)[-1]
    for _ in range(acts.snapshots):
        number = snapshots.reserve(session, project, "person:ann", now)
        snapshots.complete(session, replace(made, id=number))
