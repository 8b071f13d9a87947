"""What is told about a change, from two looks at the projects."""

from datetime import UTC, datetime

from labeltrust.services.watch_projects import Opened, ProjectPulse, Pulse
from labeltrust.web.news import Running, stories

NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def pulse(*, assessed_at=None, running=(), opened=()) -> Pulse:
    return Pulse(
        projects={"fraud": ProjectPulse(position=1, assessed_at=assessed_at)},
        running=frozenset(running),
        opened=tuple(Opened(flag=number, project="fraud") for number in opened),
        last_flag=max(opened, default=0),
    )


def told(before, now, running=None, seconds=0.0):
    running = {} if running is None else running
    return [(s.event, s.kind, s.flags) for s in stories(before, now, running, seconds)]


def test_a_first_look_has_nothing_to_compare_with():
    assert told(None, pulse(assessed_at=NOON, opened=(1, 2))) == []


def test_nothing_is_told_where_nothing_changed():
    assert told(pulse(assessed_at=NOON), pulse(assessed_at=NOON)) == []


def test_flags_of_a_project_are_told_together():
    found = told(pulse(), pulse(opened=(4, 5)))

    assert found == [("flags", "", (4, 5)), ("notice", "flags", (4, 5))]


def test_a_new_assessment_is_told():
    found = told(pulse(), pulse(assessed_at=NOON))

    assert [(event, kind) for event, kind, _ in found] == [
        ("assessment", ""),
        ("notice", "assessment"),
    ]


def test_a_running_assessment_says_how_long_it_runs_and_how_long_the_last_one_took():
    running: dict[str, Running] = {}
    idle, busy = pulse(), pulse(running=("fraud",))

    first = list(stories(idle, busy, running, 10.0))
    later = list(stories(busy, busy, running, 16.0))
    ended = list(stories(busy, idle, running, 20.0))
    again = list(stories(idle, busy, running, 100.0))

    assert [(s.event, s.seconds, s.usual) for s in (*first, *later, *ended, *again)] == [
        ("progress", 0.0, None),
        ("progress", 6.0, None),
        ("progress", None, 10.0),
        ("progress", 0.0, 10.0),
    ]
    assert list(stories(idle, idle, {"fraud": Running(usual=3.0)}, 30.0)) == []
