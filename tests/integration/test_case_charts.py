"""Charts of cases: kept as they were when the flag was raised, without a name, drawn with names."""

from datetime import timedelta

import pytest
from crowds import FLIP, small_crowd
from factories import label, owner
from flagging import flagged
from recorded import project, record
from sqlmodel import Session, delete, select

from labeltrust.domain.errors import NotFound
from labeltrust.services._case_charts import number_in
from labeltrust.services.assess_project import assess_project
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.draw_signal import draw_signal
from labeltrust.services.erase_labeler import erase_labeler
from labeltrust.services.list_flags import list_flags
from labeltrust.services.show_case import show_case
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import FlagChart

CROWD = small_crowd(FLIP, seed=0)
(SUSPECT,) = CROWD.suspects


@pytest.fixture
def frauds(deployment):
    project(deployment)
    record(deployment, CROWD.events)
    assess_project(deployment, owner(), "fraud")
    return deployment


def the_flag(deployment, status="open"):
    return list_flags(deployment, owner(), "fraud", status=status)[-1]


def kept(deployment):
    with Session(deployment.engine) as session:
        return {(c.flag_id, c.signal): c.frame for c in session.exec(select(FlagChart))}


def test_a_flag_keeps_the_chart_of_each_signal_that_accuses(frauds):
    flag = the_flag(frauds)

    case = show_case(frauds, owner(), flag.id)
    drawing = draw_signal(frauds, owner(), flag.id, "targeted_flip")

    assert flag.labeler == SUSPECT
    assert "targeted_flip" in flag.signals
    assert set(case.charts) == {reason.signal for reason in case.reasons}
    assert set(case.charts.values()) == {flag.opened_at}
    assert drawing.kept
    assert drawing.names[drawing.suspect] == SUSPECT
    assert drawing.frame["labeler"].iloc[0] == drawing.suspect
    assert set(drawing.frame["pair"]) == {"fraud \u2192 benign", "benign \u2192 fraud"}


def test_a_later_assessment_leaves_the_chart_as_it_was(frauds, clock):
    before = kept(frauds)
    clock.tick(3_600)
    record(frauds, [label(f"i{n}", SUSPECT, label="benign") for n in range(50)])

    assess_project(frauds, owner(), "fraud")

    assert {key: frame for key, frame in kept(frauds).items() if key in before} == before


def test_where_no_chart_was_kept_the_next_assessment_keeps_its_own(frauds, clock):
    flag = the_flag(frauds)
    with unit_of_work(frauds.engine) as session:
        session.exec(delete(FlagChart))
    today = draw_signal(frauds, owner(), flag.id, "targeted_flip")
    later = clock.tick(3_600)

    assess_project(frauds, owner(), "fraud")

    assert not today.kept
    assert today.names[today.suspect] == SUSPECT
    assert today.suspect in set(today.frame["labeler"])
    assert set(show_case(frauds, owner(), flag.id).charts.values()) == {later}
    assert later - flag.opened_at == timedelta(hours=1)


def test_a_flag_after_a_dismissed_one_has_charts_of_its_own(frauds, clock):
    first = the_flag(frauds)
    decide_flag(frauds, owner(), first.id, verdict="dismiss", note="the guideline changed")
    clock.tick(86_400 * 60)
    record(frauds, [label(f"i{n}", SUSPECT, label="benign") for n in range(60)])

    second = flagged(frauds, SUSPECT, evidence={"strong": True, "question": "label"})
    assess_project(frauds, owner(), "fraud")

    assert {number for number, _ in kept(frauds)} == {first.id, second}


def test_an_erased_labeler_is_shown_by_number(frauds):
    flag = the_flag(frauds)

    drawing = draw_signal(frauds, owner(), flag.id, "targeted_flip")
    erase_labeler(frauds, owner(), number_in(drawing.suspect), reason="asked for it")

    drawing = draw_signal(frauds, owner(), flag.id, "targeted_flip")
    assert drawing.names[drawing.suspect].startswith("labeler #")
    assert all(SUSPECT.encode() not in frame for frame in kept(frauds).values())


def test_a_signal_that_there_is_not_is_not_drawn(frauds):
    with pytest.raises(NotFound, match="no signal"):
        draw_signal(frauds, owner(), the_flag(frauds).id, "astrology")
