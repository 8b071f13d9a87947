"""Tampering with the record shows: `ledger verify` names the place, and the gate closes."""

import pytest
from factories import gold, label, owner
from recorded import project, record
from tampering import tamper

from labeltrust.services.check_gate import check_gate
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.verify_ledger import verify_ledger
from labeltrust.services.verify_news import unverified_chains, verify_news


@pytest.fixture
def frauds(deployment):
    project(deployment)
    events = [
        label(f"i{n}", "alice", duration_seconds=1.5, annotation_id=f"a{n}") for n in range(9)
    ]
    brought = record(deployment, [*events, gold("i1")])
    freeze_labels(
        deployment,
        owner(),
        FreezeDraft(project="fraud", import_id=brought.delivery_id, reason="supplier"),
    )
    return deployment


def report(deployment, chain="fraud"):
    found = verify_ledger(deployment, owner())
    return next(c for c in found.chains if c.name == chain)


def codes(deployment):
    return {reason.code for reason in check_gate(deployment, owner(), "fraud").reasons}


def test_an_untouched_record_verifies_and_the_gate_does_not_mind_it(frauds):
    found = verify_ledger(frauds, owner())

    assert found.ok
    assert {c.name for c in found.chains} == {"fraud", "system"}
    assert report(frauds).records == 13  # the gate closed after the freeze
    assert "tampering" not in codes(frauds)


@pytest.mark.parametrize(
    ("change", "sequence", "reason"),
    [
        ("UPDATE event SET label = 'fraud' WHERE sequence = 5", 5, "changed"),
        ("UPDATE event SET received_us = received_us + 1 WHERE sequence = 5", 5, "changed"),
        ("UPDATE event SET duration_seconds = 9 WHERE sequence = 5", 5, "changed"),
        ("UPDATE event SET actor = 'os:eve' WHERE type = 'freeze.placed'", 12, "changed"),
        ("UPDATE event SET source_id = NULL WHERE sequence = 5", 5, "changed"),
        ("DELETE FROM event WHERE sequence = 5 AND type LIKE 'label%'", 5, "missing"),
        ("DELETE FROM event WHERE type = 'freeze.placed'", 12, "missing"),
        ("DELETE FROM event WHERE type = 'gate.closed'", 13, "missing at the end"),
    ],
)
def test_a_changed_or_missing_record_is_named(frauds, change, sequence, reason):
    tamper(frauds, change)

    found = report(frauds)

    assert found.first_bad == sequence
    assert reason in found.problem
    assert "tampering" in codes(frauds)


def test_a_changed_alias_shows_in_every_record_of_it(frauds):
    tamper(frauds, "UPDATE labeler_alias SET pseudonym = (SELECT leaf FROM event LIMIT 1)")

    assert report(frauds).first_bad == 2


def test_a_head_moved_back_shows(frauds):
    tamper(
        frauds,
        "DELETE FROM event WHERE type = 'gate.closed'",
        "UPDATE chain SET next_sequence = next_sequence - 1 WHERE name = 'fraud'",
    )

    assert "head does not match" in report(frauds).problem


def test_the_gate_sees_a_change_among_the_newest_records_at_once(frauds):
    tamper(frauds, "UPDATE event SET label = 'fraud' WHERE sequence = 5")

    assert "tampering" in codes(frauds)


def test_later_verifications_start_where_the_last_one_ended(frauds):
    verify_ledger(frauds, owner())
    tamper(frauds, "UPDATE event SET label = 'fraud' WHERE sequence = 5 AND type LIKE 'label%'")
    record(frauds, [label("new", "bob")])

    unverified = unverified_chains(frauds)
    verify_news(frauds)

    assert unverified == ["fraud"]
    assert unverified_chains(frauds) == []


def test_what_was_found_broken_stays_so_until_a_whole_verification_holds(frauds):
    tamper(frauds, "UPDATE event SET label = 'fraud' WHERE sequence = 5")
    verify_ledger(frauds, owner())
    tamper(frauds, "UPDATE event SET label = 'benign' WHERE sequence = 5 AND label = 'fraud'")

    record(frauds, [label("new", "bob")])
    verify_news(frauds)
    before = codes(frauds)
    verify_ledger(frauds, owner())

    assert "tampering" in before
    assert "tampering" not in codes(frauds)
