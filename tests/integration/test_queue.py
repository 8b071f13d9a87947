"""The review queue and the case page: filters, scope, and as many queries however long it is."""

from datetime import timedelta

import pytest
from factories import START, label, owner
from flagging import counted_queries, flagged, person
from recorded import project, record

from labeltrust.domain.errors import InvalidInput, NotAllowed
from labeltrust.domain.estimates import Estimate, Undefined
from labeltrust.domain.flags import SEVERITIES
from labeltrust.domain.listings import Listing
from labeltrust.domain.principals import Principal
from labeltrust.domain.reviews import Tally
from labeltrust.services.assign_flag import assign_flag
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.decide_flag import decide_flag
from labeltrust.services.freeze_flagged import freeze_flagged
from labeltrust.services.list_queue import (
    NOBODY,
    OLDEST_FIRST,
    QueueFilter,
    list_queue,
    queue_choices,
)
from labeltrust.services.show_case import show_case

COUNTS = {"true": "fraud", "said": "benign", "times": 45, "of": 90, "expected": 3.5}
SAID = {
    "effect": 0.5, "low": 0.4, "high": 0.6, "n": 90, "p_value": 1e-9, "log_e": 12.0,
    "detail": COUNTS,
}  # fmt: skip
EVIDENCE = {
    "strong": True, "clock": "received", "disputed": 45, "accusers_n": 7, "peers": 9,
    "clusters": 6.5, "remove_k": {"k": 3, "smallest": 5, "log_e_without": 2.0},
    "signals": {"targeted_flip": SAID},
    "holds": {"labels": 90, "items": 88, "first_received_us": int(START.timestamp()) * 1_000_000},
}  # fmt: skip


@pytest.fixture
def frauds(deployment):
    project(deployment)
    names = ["alice", "bob", *(f"labeler-{n}" for n in range(200))]
    record(deployment, [label("i1", name) for name in names])
    return deployment


def ids(deployment, who=None, *, asked=OLDEST_FIRST, **wanted):
    found = list_queue(deployment, who or owner(), QueueFilter(**wanted), asked)
    return [line.flag.id for line in found.rows]


def test_the_queue_goes_over_all_projects_in_scope_oldest_first(frauds):
    project(frauds, "other", source="feed2")
    first, theirs, second = (
        flagged(frauds),
        flagged(frauds, project="other"),
        flagged(frauds, "bob"),
    )
    only = Principal(name="person:ann", role="reviewer", projects=frozenset({"fraud"}))

    assert ids(frauds) == [first, theirs, second]
    assert ids(frauds, asked=Listing(sort="-flag")) == [second, theirs, first]
    assert ids(frauds, only) == [first, second]
    assert ids(frauds, only, projects=frozenset({"other"})) == []
    assert ids(frauds, projects=frozenset({"other"})) == [theirs]
    assert queue_choices(frauds, only).projects == ("fraud",)


def test_the_queue_is_filtered_by_what_tells_flags_apart(frauds):
    one = flagged(frauds, severity="low", signals=("spam", "turned"))
    two = flagged(frauds, "bob", contested=True)
    three = flagged(frauds, "labeler-0")
    person(frauds, "rita", "reviewer")
    assign_flag(frauds, owner(), two, person="rita")
    decide_flag(frauds, owner(), three, verdict="confirm", note="looked")

    assert ids(frauds) == [one, two]
    assert ids(frauds, status=None) == [one, two, three]
    assert ids(frauds, status="confirmed") == [three]
    assert ids(frauds, severity="low") == [one]
    assert ids(frauds, signal="spam") == ids(frauds, signal="turned") == [one]
    assert ids(frauds, assigned_to="rita") == [two]
    assert ids(frauds, assigned_to=NOBODY) == [one]
    assert ids(frauds, contested=True) == [two]
    assert ids(frauds, contested=False) == [one]


@pytest.mark.parametrize("signal", ["", "%", "_pam", "spa", 'x"y', "\\", "\u202e"])
def test_a_signal_is_found_by_its_whole_name_only(frauds, signal):
    flagged(frauds, signals=("spam",))

    assert ids(frauds, signal=signal) == []


def test_pages_of_the_queue_hold_every_flag_once(frauds):
    made = [flagged(frauds, f"labeler-{n}") for n in range(5)]

    pages = [ids(frauds, asked=Listing(sort="flag", limit=2, offset=n)) for n in (0, 2, 4)]
    found = list_queue(frauds, owner(), QueueFilter(), Listing(sort="flag", limit=2))

    assert [number for page in pages for number in page] == made
    assert (found.n_found, found.n_all) == (5, 5)


SORTED = ("flag", "labeler", "severity", "since", "opened_at", "assigned_to")


@pytest.mark.parametrize("sort", [*SORTED, *(f"-{name}" for name in SORTED)])
def test_the_queue_is_sorted_by_each_column_and_holds_each_flag_once(frauds, sort):
    made = [flagged(frauds, f"labeler-{n}", severity=how) for n, how in enumerate(SEVERITIES)]
    person(frauds, "rita", "reviewer")
    assign_flag(frauds, owner(), made[1], person="rita")

    pages = [ids(frauds, asked=Listing(sort=sort, limit=1, offset=n)) for n in range(len(made))]

    assert sorted(number for page in pages for number in page) == made
    if sort in {"severity", "-severity"}:
        assert [p[0] for p in pages] == (made if sort == "severity" else made[::-1])
    if sort.endswith("assigned_to"):
        assert pages[0] == [made[1]]


def test_the_queue_is_searched_by_labeler_and_project(frauds):
    one, two = flagged(frauds, "alice"), flagged(frauds, "bob")
    person(frauds, "rita", "reviewer")
    assign_flag(frauds, owner(), two, person="rita")

    found = {text: ids(frauds, asked=Listing(sort="flag", text=text))
             for text in ("ALIC", "rit", "fraud", "%", "nobody")}  # fmt: skip
    narrowed = list_queue(frauds, owner(), QueueFilter(), Listing(text="alice"))

    assert found == {"ALIC": [one], "rit": [], "fraud": [one, two], "%": [], "nobody": []}
    assert (narrowed.n_found, narrowed.n_all) == (1, 2)


def test_a_line_tells_the_strongest_reason_with_its_interval(frauds, clock):
    weaker = SAID | {"log_e": None, "effect": None}
    both = {"strong": True, "signals": {"targeted_flip": SAID, "label_shift": weaker}}
    flagged(frauds, signals=("label_shift", "targeted_flip"), evidence=both)
    clock.tick(7_200)

    line = list_queue(frauds, owner(), QueueFilter()).rows[0]

    assert [reason.signal for reason in line.reasons] == ["targeted_flip", "label_shift"]
    assert line.reasons[0].estimate == Estimate(value=0.5, low=0.4, high=0.6, n=90)
    assert line.reasons[0].title == "calls one class another"
    assert isinstance(line.reasons[1].estimate, Undefined)
    assert (line.strong, line.age) == (True, timedelta(hours=2))


def test_a_signal_that_is_gone_is_told_by_its_name(frauds):
    flagged(frauds, signals=("retired_signal",), evidence={"signals": "not even a mapping"})

    line = list_queue(frauds, owner(), QueueFilter()).rows[0]

    assert line.reasons[0].title == "retired signal"


def test_200_flags_take_as_many_queries_as_2(frauds):
    for n in range(2):
        flagged(frauds, f"labeler-{n}", freeze="label")
    with counted_queries(frauds) as of_two:
        list_queue(frauds, owner(), QueueFilter(), Listing(sort="flag", limit=500))
    for n in range(2, 200):
        flagged(frauds, f"labeler-{n}", freeze="label")

    with counted_queries(frauds) as of_many:
        found = list_queue(frauds, owner(), QueueFilter(), Listing(sort="flag", limit=500))

    assert len(found.rows) == 200
    assert len(of_many) == len(of_two)


def test_a_case_takes_as_many_queries_whatever_else_there_is(frauds):
    number = flagged(frauds, evidence=EVIDENCE, freeze="label")
    with counted_queries(frauds) as alone:
        show_case(frauds, owner(), number)
    for n in range(50):
        flagged(frauds, f"labeler-{n}", freeze="label")
        person(frauds, f"person {n}")
    create_snapshot(frauds, owner(), "fraud")

    with counted_queries(frauds) as among_many:
        show_case(frauds, owner(), number)

    assert len(among_many) <= len(alone)


def test_a_filter_of_no_sense_and_a_reader_of_no_right_are_refused(frauds):
    source = Principal(name="key:s", role="source", projects=None)

    with pytest.raises(InvalidInput, match="status"):
        ids(frauds, status="closed")
    with pytest.raises(InvalidInput, match="severity"):
        ids(frauds, severity="dire")
    with pytest.raises(NotAllowed):
        ids(frauds, source)


def test_a_case_says_why_in_one_sentence_with_counts(frauds):
    case = show_case(frauds, owner(), flagged(frauds, evidence=EVIDENCE))

    assert case.sentence == (
        "others believe another label on 45 of 90 labels; calls one class another (“fraud” called "
        "“benign” 45 of 90 times, where 3.5 are expected)"
    )


def test_a_record_is_none_before_anybody_decided_and_counts_verdicts_after(frauds):
    number = flagged(frauds)
    before = show_case(frauds, owner(), number).reasons[0].record
    for n, verdict in enumerate(("confirm", "confirm", "dismiss")):
        other = flagged(frauds, f"labeler-{n}")
        decide_flag(frauds, owner(), other, verdict=verdict, note="looked")
    project(frauds, "other", source="feed2")
    flagged(frauds, "bob", project="other")

    after = show_case(frauds, owner(), number).reasons[0].record

    assert before == Tally(pending=1)
    assert after == Tally(confirmed=2, dismissed=1, pending=1)


def test_a_case_names_the_snapshots_that_contain_what_would_be_held(frauds, clock):
    number = flagged(frauds, evidence=EVIDENCE)
    clock.tick(60)
    first = create_snapshot(frauds, owner(), "fraud")["snapshot"]
    freeze_flagged(frauds, owner(), number, since=START, clock="received", reason="audit")
    second = create_snapshot(frauds, owner(), "fraud")["snapshot"]

    held = show_case(frauds, owner(), number).would_hold

    assert (held.labels, held.items, held.looked_at) == (90, 88, 2)
    assert [snapshot.id for snapshot in held.snapshots] == [first]
    assert second != first


def test_what_no_assessment_counted_is_unknown(frauds):
    held = show_case(frauds, owner(), flagged(frauds)).would_hold

    assert (held.labels, held.items, held.snapshots) == (None, None, ())


def test_a_freeze_from_a_flag_rests_on_it(frauds):
    number = flagged(frauds, evidence=EVIDENCE)

    placed = freeze_flagged(frauds, owner(), number, since=START, clock="received", reason="audit")

    assert (placed.flag, placed.labeler, placed.since) == (number, "alice", START)
    assert show_case(frauds, owner(), number).evidence.flag.freezes == (placed.id,)
