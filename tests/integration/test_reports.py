"""Reports count what happened within a span and the one before, on both databases."""

import pytest
from audited import crowd, drawn, person, reviewed
from factories import owner
from flagging import flagged

from labeltrust.domain.errors import InvalidInput, NotAllowed, NotFound
from labeltrust.services.assess_project import assess_project
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.finish_audit import finish_audit
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.reports.show_report import show_report

QA = person("quinn", "qa_lead")
DAY = 86_400


@pytest.fixture
def eventful(deployment, clock):
    """A flag confirmed in the first week, one dismissed and an audit finished in the second."""
    crowd(deployment)
    clock.tick(3_600)
    first = flagged(deployment, "mallory", freeze="label")
    clock.tick(1_800)
    open_incident(deployment, QA, IncidentDraft(project="fraud", title="ring", flags=(first,)))
    decide_flag(deployment, QA, first, verdict="confirm", note="seen")
    clock.tick(7 * DAY)
    second = flagged(deployment, "victim")
    decide_flag(deployment, QA, second, verdict="dismiss", note="honest")
    audit = drawn(deployment, QA, flag=first).audit.id
    reviewed(deployment, audit, "ann", "bea", "cyd")
    finish_audit(deployment, QA, audit, note="done")
    lift_freeze(deployment, QA, 1, reason="trained again")
    clock.tick(60)
    return deployment


def test_each_week_counts_its_own(eventful):
    found = show_report(eventful, QA, "fraud")
    this, before = found.this.happened, found.before.happened

    assert (this.flags_opened, this.flags_confirmed, this.flags_dismissed) == (1, 0, 1)
    assert (before.flags_opened, before.flags_confirmed, before.flags_dismissed) == (1, 1, 0)
    assert (this.freezes_placed, before.freezes_placed) == (0, 1)
    assert (this.freezes_lifted, before.freezes_lifted) == (1, 0)
    assert (this.audits_done, before.audits_done) == (1, 0)
    assert (this.incidents_opened, before.incidents_opened) == (0, 1)
    assert found.this.work.verdicts > 0 == found.before.work.verdicts
    assert (found.this.dismissed.value, found.this.dismissed.n) == (1.0, 1)
    assert found.this.dismissed.low < 0.5
    assert found.incidents == []


def test_a_month_tells_the_incident_with_its_times_and_labels(eventful):
    assess_project(eventful, owner(), "fraud")

    found = show_report(eventful, QA, "fraud", "month")

    (one,) = found.incidents
    assert found.this.happened.flags_opened >= 2
    assert found.before.happened.flags_opened == 0
    assert one.labels > 0
    assert one.to_detect.span.total_seconds() == 3_600
    assert one.to_contain.span.total_seconds() == 0
    assert found.this.to_detect.reason == "only 1 of at least 6"
    assert found.this.gate.closed <= found.this.gate.known
    assert found.this.drills.detected.reason == "no drill was carried out"


def test_spans_projects_and_roles_are_checked(eventful):
    with pytest.raises(InvalidInput, match="no span 'year'"):
        show_report(eventful, QA, "fraud", "year")
    with pytest.raises((NotFound, NotAllowed)):
        show_report(eventful, person("zoe", "qa_lead", projects=frozenset()), "fraud")
