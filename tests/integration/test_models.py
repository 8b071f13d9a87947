"""Models as labelers: roles on record, versions compared, alarms once each, labels frozen."""

import json

import pytest
from commands import commands
from factories import gold, label, owner
from receivers import channel, near, receiving, told
from recorded import history, project, record

from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services._identity import Named
from labeltrust.services.assess_project import assess_project
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels, list_standing
from labeltrust.services.merge_labelers import merge_labelers
from labeltrust.services.models.give_role import RoleDraft, give_role
from labeltrust.services.models.show_model import list_models, show_model
from labeltrust.services.slis.document import show_slis

TURNS = ("model.regressed", "model.recovered", "shadow.")
ITEMS = 60


def said(name, wrong=(), items=range(ITEMS), *, fraud=(), kind="model"):
    """What a model says of items whose truth is benign, but for those of `fraud`."""
    other = {"benign": "fraud", "fraud": "benign"}
    truth = {n: "fraud" if n in fraud else "benign" for n in items}
    return [
        label(f"i{n}", name, label=other[truth[n]] if n in wrong else truth[n], labeler_kind=kind)
        for n in items
    ]


@pytest.fixture
def here(deployment):
    """Three models on sixty items, twenty of them gold."""
    project(deployment)
    record(deployment, [gold(f"i{n}") for n in range(20)])
    record(deployment, said("net-1", wrong={0}) + said("net-2", wrong={0, 30}))
    record(deployment, [*said("net-3", wrong={1, 2, 31}), label("i1", "alice")])
    return deployment


def role(here, name, what, before=None, **more):
    draft = RoleDraft(labeler=name, role=what, predecessor=before, reason="why", **more)
    return give_role(here, owner(), "fraud", draft)


def turns(here):
    return [(e.type, json.loads(e.detail)["fresh"]) for e in history(here, *TURNS)]


def measure(here, number, labeler=None):
    (found,) = [
        one
        for one in show_slis(here, owner(), "fraud").slis
        if (one.id, one.labeler, one.source) == (number, labeler, None)
    ]
    return found


def test_a_role_is_an_act_of_the_chain_with_a_way_back(here):
    role(here, "net-1", "production")
    made = role(here, "net-2", "production", "net-1")

    assert (made.role, made.predecessor, made.retired) == ("production", "net-1", "net-1")
    told = [json.loads(e.detail) for e in history(here, "model.role_given")]
    assert [one["role"] for one in told] == ["production", "retired", "production"]
    assert told[-1]["before"] is None
    back = role(here, "net-1", "production")
    assert back.retired == "net-2"
    assert [one.role for one in show_model(here, owner(), "fraud", "net-1").history] == [
        "production", "retired", "production",
    ]  # fmt: skip


def test_what_cannot_be_is_refused_and_leaves_nothing(here):
    role(here, "net-1", "production")
    with pytest.raises(Conflict):
        role(here, "net-1", "production")
    wrong = (
        ("alice", "canary", None),
        ("net-2", "king", None),
        ("net-2", "canary", "net-2"),
        ("net-2", "canary", "alice"),
    )
    for name, what, before in wrong:
        with pytest.raises(InvalidInput):
            role(here, name, what, before)
    with pytest.raises(NotFound):
        role(here, "net-9", "canary")
    reviewer = Principal(name="key:r", role="reviewer", projects=None)
    with pytest.raises(NotAllowed):
        give_role(here, reviewer, "fraud", RoleDraft(labeler="net-2", role="canary", reason="w"))

    assert len(history(here, "model.role_given")) == 1


def test_a_canary_is_compared_with_production_on_the_same_gold_items(here):
    role(here, "net-1", "production")
    role(here, "net-3", "canary", "net-2")
    assess_project(here, owner(), "fraud")

    found = show_model(here, owner(), "fraud", "net-3")

    (numbers,) = found.numbers
    assert (numbers.against, numbers.lost, numbers.gained) == ("net-1", 2, 1)
    assert (numbers.change.value, numbers.change.n) == (-0.05, 20)
    assert numbers.change.low < -0.05 < numbers.change.high
    assert (numbers.accuracy.value, numbers.accuracy_before.value) == (0.9, 0.95)
    assert (numbers.divergence.value, numbers.divergence.n) == (4 / 60, 60)
    assert (found.lost, found.n_lost) == (("i1", "i2"), 2)
    assert show_model(here, owner(), "fraud", "net-3", skip=1, limit=1).lost == ("i2",)
    assert [one.labeler for one in list_models(here, owner(), "fraud")] == ["net-3", "net-1"]


def test_each_item_that_a_canary_loses_is_told_once_and_the_end_as_well(here, clock):
    role(here, "net-1", "production")
    role(here, "net-3", "canary")
    for _ in range(3):
        assess_project(here, owner(), "fraud")
    assert turns(here) == [("model.regressed", 2)]
    clock.tick(60)
    record(here, said("net-3", wrong={1, 2, 3, 31}, items=[3]))
    assess_project(here, owner(), "fraud")
    assert turns(here)[1:] == [("model.regressed", 1)]
    role(here, "net-3", "retired")
    assess_project(here, owner(), "fraud")
    assess_project(here, owner(), "fraud")

    assert turns(here)[2:] == [("model.recovered", 0)]
    assert show_model(here, owner(), "fraud", "net-3").numbers == ()


def test_a_shadow_that_parts_too_often_is_told_once_until_it_agrees(here, clock):
    items = range(1_000, 1_800)
    record(here, said("net-1", items=items) + said("shade", wrong=set(items[:60]), items=items))
    role(here, "net-1", "production")
    role(here, "shade", "shadow")
    for _ in range(2):
        assess_project(here, owner(), "fraud")
    assert [kind for kind, _ in turns(here)] == ["shadow.diverged"]
    found = measure(here, "M9", "shade")
    assert (found.value.n, found.bad_n) == (800, 60)
    clock.tick(60)
    record(here, said("shade", items=items[:60]))
    assess_project(here, owner(), "fraud")

    assert [kind for kind, _ in turns(here)] == ["shadow.diverged", "shadow.agreed"]


def test_the_indicators_are_counted_from_what_was_compared(here):
    assert "no canary is compared yet" in measure(here, "M7").value.reason
    role(here, "net-1", "production")
    role(here, "net-3", "canary")
    assess_project(here, owner(), "fraud")

    assert (measure(here, "M7").bad_n, measure(here, "M7").zero_budget) == (2, True)
    assert measure(here, "M7", "net-3").bad_n == 2
    assert measure(here, "M3").bad_n == 1
    assert measure(here, "M3").beside["worst_change"].value == -0.05
    assert "no shadow is compared yet" in measure(here, "M9").value.reason


def test_without_gold_or_labels_of_both_it_is_unknown_with_a_reason(deployment):
    project(deployment)
    record(deployment, said("a", items=[1]) + said("b", items=[2]) + said("rule", kind="heuristic"))
    role(deployment, "a", "production")
    role(deployment, "b", "shadow")
    role(deployment, "rule", "canary")
    assess_project(deployment, owner(), "fraud")

    numbers = {one.labeler: one.numbers for one in list_models(deployment, owner(), "fraud")}
    assert numbers["b"][0].divergence.reason == "no item was labeled by both"
    assert numbers["rule"][0].change.reason == "no gold item was labeled by both"
    assert "compared" in show_model(deployment, owner(), "fraud", "a").todo or numbers["a"] == ()


def test_labels_of_a_model_freeze_as_those_of_anybody(here):
    freeze_labels(here, owner(), FreezeDraft(project="fraud", labeler="net-3", reason="a backdoor"))

    assert [f.labeler for f in list_standing(here, owner(), "fraud")] == ["net-3"]


def test_roles_follow_a_model_whose_names_are_joined(here):
    role(here, "net-2", "production")
    role(here, "net-3", "canary")
    merge_labelers(here, owner(), "fraud", Named("net-2"), Named("net-1"), reason="one model")
    assess_project(here, owner(), "fraud")

    assert show_model(here, owner(), "fraud", "net-3").numbers[0].against == "net-1"
    assert show_model(here, owner(), "fraud", "net-1").role.role == "production"


def test_the_commands_say_what_the_services_do(here, monkeypatch, capsys):
    cli = commands(here.settings, monkeypatch, capsys)
    one = ("labelers", "model", "net-1", "-p", "fraud", "--role")
    assert cli(*one, "production", "--reason", "first").code == 0
    made = cli("labelers", "model", "net-3", "-p", "fraud", "--role", "canary", "--predecessor",
               "net-1", "--reason", "new", "--json")  # fmt: skip
    assert made.document["predecessor"] == "net-1"
    assess_project(here, owner(), "fraud")

    listed = cli("labelers", "models", "--project", "fraud")
    shown = cli("labelers", "compare", "net-3", "--project", "fraud")

    assert "-5.00 %" in listed.out
    assert "lost: i1" in shown.out
    assert cli("labelers", "models", "-p", "fraud", "--json").document["models"][0]["n_lost"] == 2
    assert cli(*one, "king", "--reason", "x").code == 2


def test_people_are_told_of_both_by_signed_webhooks_once(here):
    items = range(1_000, 1_800)
    record(here, said("net-1", items=items) + said("shade", wrong=set(items[:60]), items=items))
    role(here, "net-1", "production")
    role(here, "net-3", "canary")
    role(here, "shade", "shadow")
    here = near(here)
    with receiving() as receiver:
        channel(here, "webhook", receiver.url, codes=("model_regression", "shadow_divergence"))
        channel(here, "slack", receiver.url, codes=("model_regression",))
        for _ in range(2):
            assess_project(here, owner(), "fraud")
            told(here)

    facts = [one for one in receiver.documents if "type" in one]
    assert sorted((one["type"], one["data"]["labeler"]) for one in facts) == [
        ("model.regressed", "net-3"), ("shadow.diverged", "shade"),
    ]  # fmt: skip
    (words,) = [json.dumps(one) for one in receiver.documents if "type" not in one]
    assert "2 of 20 gold items lost, 1 gained" in words
    assert "model_regression" in words
