"""Every route that changes something, called once with success: one record, and who made it."""

import json
import sys
from datetime import timedelta

import pytest
from factories import owner
from flagging import person
from recorded import history
from web.foreign import THEIRS, planted
from web.route_table import an_application, routes_of
from web.test_foreign_objects import bodies, filled, scoped, settings  # noqa: F401 - fixtures

from labeltrust.domain.access import KeyDraft
from labeltrust.domain.principals import RIGHTS
from labeltrust.services.add_person import add_person
from labeltrust.services.add_source import SourceChange, change_source
from labeltrust.services.change_incident import move_incident
from labeltrust.services.create_key import create_key
from labeltrust.services.give_approval import approve
from labeltrust.services.list_approvals import list_approvals

WHY = "why-of-the-test"
LOCAL = "http://127.0.0.1:9/another"
# Route, what it leaves in the history, and a body where the example of the description is about
# other objects; in an order in which each can be done.
ACTS = (
    ("POST /v1/flags/{flag}/assignment", "flag.assigned", {"person": "the qa_lead", "reason": WHY}),
    ("POST /v1/flags/{flag}/comments", "flag.commented", {"text": "seen"}),
    ("POST /v1/flags/{flag}/decision", "flag.confirmed", {"verdict": "confirm", "note": WHY}),
    ("POST /v1/platform-acts/{number}/retry", "platform.retried", {"reason": WHY}),
    ("POST /v1/platform-acts/{number}/undo", "platform.called_off", {"reason": WHY}),
    ("POST /v1/appeals/{appeal}/decision", "appeal.decided", {"outcome": "upheld", "reason": WHY}),
    ("POST /v1/freezes/{freeze}/appeals", "appeal.opened", {"reason": WHY}),
    ("POST /v1/freezes/{freeze}/lift", "freeze.lifted", {"reason": WHY}),
    ("POST /v1/projects/{project}/freezes", "freeze.placed", {"labeler": "yan", "reason": WHY}),
    ("POST /v1/audits/{audit}/cancel", "audit.cancelled", {"reason": WHY}),
    ("POST /v1/audits/{audit}/resume", "audit.resumed", {"reason": WHY}),
    ("POST /v1/projects/{project}/audits", "audit.drawn", {"reason": WHY, "size": 4}),
    ("POST /v1/identity/{act}/undo", "labeler.identity_undone", {"reason": WHY}),
    ("POST /v1/projects/{project}/labelers/{labeler}/merge", "labeler.merged",
     {"into": "yan", "reason": WHY}),
    ("POST /v1/projects/{project}/labelers/{labeler}/split", "labeler.split", {"reason": WHY}),
    ("POST /v1/projects/{project}/labelers/{labeler}/aliases", "labeler.alias_added",
     {"name": "zoe2", "source": "feed-of-theirs", "reason": WHY}),
    ("POST /v1/projects/{project}/labelers/{labeler}/profile", "labeler.described",
     {"vendor": "v", "reason": WHY}),
    ("POST /v1/projects/{project}/snapshots", "snapshot.created", {}),
    ("POST /v1/sources/{source}/supplier-keys", "supplier.key_added", None),
    ("POST /v1/sources/{source}/supplier-keys/revoke", "supplier.key_revoked",
     {"key_id": "21fe31dfa154a261", "reason": WHY}),
    ("POST /v1/sources/{source}/vetting", "source.vetted", {"decision": "keep", "reason": WHY}),
    ("POST /v1/projects/{project}/patterns", "pattern.added", {"expression": "x", "reason": WHY}),
    ("POST /v1/patterns/{pattern}/settle", "trigger.settled", {"reason": WHY}),
    ("POST /v1/patterns/{pattern}/remove", "pattern.removed", {"reason": WHY}),
    ("POST /v1/snapshots/{snapshot}/models", "model.trained", {"model": "m", "version": "1"}),
    ("POST /v1/snapshots/{snapshot}/use", "snapshot.used", {"reason": WHY}),
    ("POST /v1/projects/{project}/hooks", "hook.added", {"url": LOCAL}),
    ("POST /v1/projects/{project}/hooks/{hook}/remove", "hook.removed", {}),
    ("PATCH /v1/projects/{project}", "project.changed", {"title": "another"}),
    ("POST /v1/projects", "project.created", {"name": "new"}),
    ("POST /v1/incidents", "incident.opened", {"project": THEIRS, "title": "x"}),
    ("PATCH /v1/incidents/{incident}", "incident.updated", {"summary": "x"}),
    ("POST /v1/incidents/{incident}/members", "incident.member_added", {"flag": 1, "reason": WHY}),
    ("POST /v1/incidents/{incident}/actions", "incident.task_added", {"words": "do it"}),
    ("POST /v1/incidents/{incident}/actions/{task}/done", "incident.task_done", {}),
    ("POST /v1/incidents/{incident}/steps", "incident.step_done", None),
    ("POST /v1/quarantine/{held}/retry", "quarantine.retried", {"reason": WHY}),
    ("POST /v1/quarantine/{held}/discard", "quarantine.discarded", {"reason": WHY}),
    ("POST /v1/approvals/{approval}/approve", "approval.approved", {"reason": WHY}),
    ("POST /v1/projects/{project}/thresholds", "approval.asked",
     {"thresholds": {"flag_rate": 0.02}, "reason": WHY}),
    ("POST /v1/keys", "key.created", {"name": "k", "role": "auditor"}),
    ("POST /v1/keys/{key}/rotate", "key.rotated", {}),
    ("POST /v1/keys/{key}/revoke", "key.revoked", {"reason": WHY}),
    ("POST /v1/people", "person.added", {"name": "new", "role": "reviewer"}),
    ("POST /v1/people/{person}/role", "person.changed", {"role": "auditor"}),
    ("POST /v1/people/{person}/link", "sign_in.link_made", {}),
    ("POST /v1/people/{person}/sign-out", "sign_in.ended_everywhere", {"reason": WHY}),
    ("POST /v1/people/{person}/disable", "person.disabled", {"reason": WHY}),
    ("POST /v1/people/{person}/enable", "person.enabled", {"reason": WHY}),
    ("POST /v1/alert-channels", "alert_channel.added",
     {"name": "x", "shape": "webhook", "options": {"url": LOCAL}}),
    ("POST /v1/alert-channels/{channel}/on", "alert_channel.switched_on", {"reason": WHY}),
    ("POST /v1/alert-channels/{channel}/test", "alert_channel.tried", {}),
    ("POST /v1/alert-channels/{channel}/rotate", "alert_channel.rotated", {}),
    ("POST /v1/alert-messages/{message}/retry", "alert.retried", {"reason": WHY}),
    ("POST /v1/drills", "drill.ordered", {"campaign": "ring"}),
    ("POST /v1/alert-channels/{channel}/remove", "alert_channel.removed", {}),
)  # fmt: skip
# The same for acts that something must come before; `FIRST` says what.
LATER = (
    ("POST /v1/projects/{project}/assessments", "assessment.made", {}),
    ("POST /v1/approvals/{approval}/refuse", "approval.refused", {"reason": WHY}),
    ("POST /v1/audits/{audit}/verdicts", "audit.verdict_given", {}),
    ("POST /v1/audits/{audit}/finish", "audit.finished", {"reason": WHY}),
    ("POST /v1/incidents/{incident}/close", "incident.closed", {"reason": WHY, "lessons": "x"}),
    ("POST /v1/projects/{project}/gate/override", "approval.asked", {"reason": WHY}),
    ("POST /v1/projects/{project}/gate/override/end", "gate.override_ended", {"reason": WHY}),
    ("POST /v1/alert-messages/{message}/discard", "alert.discarded", {"reason": WHY}),
)  # fmt: skip
# What has a record that is counted elsewhere, or none and why.
ELSEWHERE = {
    "POST /v1/events": "test_events.py: an event is a record itself",
    "POST /v1/projects/{project}/thresholds/preview": "changes nothing",
    "POST /v1/game-days": "test_game_days.py: one record, and one of each of its drills",
    "POST /v1/sources/{source}/connection": "test_source_pulls.py",
    "POST /v1/sources/{source}/reconcile": "test_source_pulls.py",
    "POST /v1/sources/{source}/policy": "test_platform_acts.py",
    "POST /v1/projects/{project}/labelers/{labeler}/model": "test_models.py: the labeler is none",
}
# Of these the words stand beside the history, which knows that they were said (decision 0045).
BESIDE = {"appeal.opened", "incident.member_added"}
# Who is who concerns a project and the installation: one record in the chain of each.
IN_TWO_CHAINS = {
    "labeler.merged", "labeler.split", "labeler.alias_added", "labeler.identity_undone",
}  # fmt: skip


@pytest.fixture
def keys(deployment, fraud):
    made = {}
    for role in ("qa_lead", "admin"):
        add_person(deployment, owner(), name=f"the {role}", role=role)
        draft = KeyDraft(name=role, role=role, person=f"the {role}")
        made[role] = create_key(deployment, owner(), draft)
    return made


def test_every_writing_route_is_looked_at():
    writing = {
        route.name
        for route in routes_of(an_application())
        if route.access == "key" and route.method != "GET"
    }

    assert writing == {name for name, *_ in (*ACTS, *LATER)} | set(ELSEWHERE)


async def test_one_act_leaves_one_record(app, outsider, deployment, keys, bodies, fraud):  # noqa: F811
    objects, wrong = planted(deployment), []
    for act in ACTS:
        wrong += await done(app, outsider, deployment, keys, act, objects, bodies)
    sys.stdout.write(f"{len(ACTS)} acts, one record each\n")
    assert wrong == [], "\n".join(map(str, wrong))


async def test_an_act_that_follows_another_leaves_one_record(
    app, outsider, deployment, keys, fraud
):
    objects, wrong = planted(deployment), []
    for name, kind, body in LATER:
        told = body | FIRST.get(name, lambda *_: {})(deployment, objects)
        wrong += await done(app, outsider, deployment, keys, (name, kind, told), objects)
    assert wrong == [], "\n".join(map(str, wrong))


async def done(app, client, deployment, keys, act, objects, examples=None):  # noqa: PLR0913, PLR0917 - fixtures
    """Do one act; return what is wrong with what it left."""
    name, kind, body = act
    right = next(route.right for route in routes_of(app) if route.name == name)
    method, _, path = name.partition(" ")
    key = keys["qa_lead" if right in RIGHTS["qa_lead"] else "admin"]
    told = examples[name] if body is None else body
    headers = {"Authorization": f"Bearer {key.text}", "Content-Type": "application/json"}
    before = set(numbers(deployment))
    answer = await client.request(
        method, filled(path, objects), content=json.dumps(told).encode(), headers=headers
    )
    new = [row for number, row in numbers(deployment).items() if number not in before]
    who = f"key:lt_{key.key.key_id}"
    made = [row for row in new if row.type == kind and who in (row.actor, asker(row))]
    chains = 2 if kind in IN_TWO_CHAINS else 1
    is_one = len(made) == len({row.chain_id for row in made}) == chains
    why = WHY not in str(told) or kind in BESIDE or all(WHY in row.detail for row in made)
    if answer.status_code < 300 and is_one and why:
        return []
    return [(name, answer.status_code, [(row.type, row.actor) for row in new], answer.text[:200])]


def resolved(deployment, objects):
    """An incident is closed once it is resolved."""
    move_incident(deployment, owner(), int(objects["incident"]), "resolve", reason="over")
    return {}


def asker(row):
    """Who asked for what the policy does in its own name."""
    return json.loads(row.detail).get("asked_by") if row.actor == "system:policy" else None


def a_verdict(_, objects):
    return {"verdicts": [{"task": int(objects["task"]), "label": "benign"}]}


def later(deployment, _):
    """A gate that is closed may be overridden for a while."""
    change = SourceChange(status="probation")
    change_source(deployment, owner(), "feed-of-theirs", change, reason="a leak")
    return {"until": (deployment.clock() + timedelta(hours=2)).isoformat()}


def overridden(deployment, _):
    """A second person opened the gate."""
    other = person(deployment, "another-lead", "qa_lead", [THEIRS])
    for one in list_approvals(deployment, owner()):
        approve(deployment, other, one.id, reason="seen")
    return {}


FIRST = {
    "POST /v1/audits/{audit}/verdicts": a_verdict,
    "POST /v1/incidents/{incident}/close": resolved,
    "POST /v1/projects/{project}/gate/override": later,
    "POST /v1/projects/{project}/gate/override/end": overridden,
}


def numbers(deployment):
    """Every record by its chain and number."""
    return {(row.chain_id, row.sequence): row for row in history(deployment, "")}
