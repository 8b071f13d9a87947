"""A project with a framed labeler and a bad one, and reviewers who know the truth."""

import numpy as np
from factories import label, owner
from recorded import project, record

from labeltrust.domain.audits import AuditPlan
from labeltrust.domain.principals import Principal
from labeltrust.services.draw_audit import AuditDraft, DrawnAudit, draw_audit
from labeltrust.services.record_verdicts import VerdictDraft, record_verdicts
from labeltrust.services.review_audit import audit_tasks

N_ITEMS = 240
OTHER = {"benign": "fraud", "fraud": "benign"}


def truth_of(item: str) -> str:
    """Return the true label of an item: every fourth is fraud."""
    return "fraud" if int(item.removeprefix("txn-")) % 4 == 0 else "benign"


def person(name: str, role: str = "reviewer", **more: object) -> Principal:
    values: dict[str, object] = {"projects": None, "person": name} | more
    return Principal(name=f"person:{name}", role=role, **values)


def crowd(deployment) -> dict[str, float]:
    """Record: `victim` is right in 95 %, two liars contradict her on half of her items, `mallory`
    is wrong in 60 % where honest others label too, `honest-…` are right in 95 %.

    Returns:
        The share of wrong labels of each labeler.
    """
    project(deployment)
    rng = np.random.default_rng(5)
    events, wrong = [], {}
    for n in range(N_ITEMS):
        item, truth = f"txn-{n}", truth_of(f"txn-{n}")
        slip = rng.random(6) < 0.05
        content = {"text": f"payment number {n}", "amount": n}
        said = {"victim": _maybe(truth, slip[0])}
        if n % 2:
            said |= dict.fromkeys(("liar-a", "liar-b"), OTHER[said["victim"]])
        else:
            said |= {"honest-a": _maybe(truth, slip[1]), "honest-b": _maybe(truth, slip[2])}
            said["mallory"] = _maybe(truth, rng.random() < 0.6)
        for who, what in said.items():
            wrong.setdefault(who, []).append(what != truth)
        events += [
            label(item, who, label=what, content=content, duration_seconds=12.0)
            for who, what in said.items()
        ]
    record(deployment, events)
    return {who: sum(slips) / len(slips) for who, slips in wrong.items()}


def _maybe(truth: str, wrong: object) -> str:
    return OTHER[truth] if wrong else truth


def drawn(deployment, who=None, **more: object) -> DrawnAudit:
    """Draw an audit of 60 items, with a fixed seed."""
    plan = {"size": 60, "seed": 11} | dict(more.pop("plan", {}))
    draft = AuditDraft(project="fraud", reason="accused", plan=AuditPlan(**plan), **more)
    return draw_audit(deployment, who or owner(), draft)


def reviewed(deployment, audit: int, *names: str, most: int = 10_000) -> None:
    """Have truthful reviewers do their work."""
    for name in names:
        who = person(name)
        found = audit_tasks(deployment, who, audit, limit=most)
        verdicts = [VerdictDraft(task=t.task, label=truth_of(t.item)) for t in found.tasks]
        record_verdicts(deployment, who, audit, verdicts)
