"""An assessment kept by labeler: read whole it is the same document, read in part it is cheap."""

import dataclasses
import json
from datetime import timedelta

import pytest
from crowds import FLIP, small_crowd
from factories import START, label, owner
from queries import counted_queries
from recorded import project, record
from sqlalchemy import text
from sqlmodel import Session, select

from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.services.assess_project import assess_project
from labeltrust.services.check_gate import check_gate
from labeltrust.services.erase_labeler import erase_labeler
from labeltrust.services.list_labelers import list_labelers, show_labeler
from labeltrust.services.read_assessment import read_assessment
from labeltrust.services.search_labelers import LabelerSearch, search_labelers
from labeltrust.services.show_overview import show_overview
from labeltrust.store.labeler_search import SORTS
from labeltrust.store.migrate import downgrade, migrate
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import AssessedLabeler, AssessedPart, AssessmentPoint
from labeltrust.store.trends import note_point, points_of

ODD = "100%_Straße"


@pytest.fixture(scope="module")
def crowd():
    return small_crowd(dataclasses.replace(FLIP, n_members=2), seed=0)


@pytest.fixture
def frauds(deployment, crowd):
    project(deployment)
    record(deployment, [*crowd.events, label(item="i-odd", labeler=ODD, labeler_kind="model")])
    assess_project(deployment, owner(), "fraud")
    return deployment


def found(deployment, **wanted):
    page = search_labelers(deployment, owner(), "fraud", LabelerSearch(**wanted))
    return [entry["labeler"] for entry in page.entries]


def value_of(entry, sort):
    value = {"labeler": entry["labeler"].casefold()}.get(sort, entry.get(sort))
    return value["value"] if isinstance(value, dict) else value


@pytest.mark.parametrize("sort", [name for name in SORTS if name != "trouble"])
@pytest.mark.parametrize("way", ["", "-"])
def test_the_database_sorts_as_the_document_says_with_unknown_values_last(frauds, sort, way):
    entries = read_assessment(frauds, owner(), "fraud")["labelers"]
    known = [value_of(e, sort) for e in entries if value_of(e, sort) is not None]

    page = search_labelers(frauds, owner(), "fraud", LabelerSearch(sort=way + sort)).entries

    values = [value_of(entry, sort) for entry in page]
    assert values[: len(known)] == sorted(known, reverse=way == "-")
    assert set(values[len(known) :]) <= {None}
    assert sorted(e["labeler"] for e in page) == sorted(e["labeler"] for e in entries)


def test_who_is_in_most_trouble_comes_first(frauds, crowd):
    assert set(found(frauds)[:2]) == set(crowd.suspects)


def test_pages_hold_every_labeler_once(frauds):
    pages = [found(frauds, sort="trust", offset=n, limit=7) for n in range(0, 28, 7)]

    assert sorted(name for page in pages for name in page) == sorted(found(frauds))
    assert found(frauds, sort="trust", offset=10**9, limit=7) == pages[-1]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("100%_s", [ODD]), ("STRASSE", [ODD]), ("%", [ODD]), ("_", [ODD]), ("\\", []), ("' OR 1", [])],
)
def test_a_search_looks_for_the_text_itself(frauds, wanted, expected):
    assert found(frauds, text=wanted) == expected


def test_filters_say_what_stands_now(frauds, crowd):
    everybody, suspects = set(found(frauds)), set(crowd.suspects)

    assert set(found(frauds, standing="flagged")) == suspects
    assert set(found(frauds, standing="frozen")) == suspects
    assert set(found(frauds, standing="clear")) == everybody - suspects
    assert found(frauds, standing="confirmed") == []
    assert found(frauds, standing="contested") == []
    assert found(frauds, kind="model") == [ODD]
    page = search_labelers(frauds, owner(), "fraud", LabelerSearch(standing="flagged"))
    assert (page.n_found, page.n_all) == (2, len(everybody))
    assert all(entry["flag"]["status"] == "open" for entry in page.entries)


@pytest.mark.parametrize("wanted", [{"sort": "part"}, {"sort": "--trust"}, {"standing": "bad"}])
def test_orders_that_there_are_not_are_refused(frauds, wanted):
    with pytest.raises(InvalidInput):
        found(frauds, **wanted)


def test_what_is_not_assessed_has_no_table_but_an_overview(deployment):
    project(deployment)

    overview = show_overview(deployment, owner(), "fraud")

    assert (overview.assessed, overview.points, overview.flags) == (None, [], [])
    with pytest.raises(NotFound, match="not assessed yet"):
        found(deployment)


def test_one_labeler_is_read_without_the_others(frauds, crowd):
    whole = {e["labeler"]: e for e in read_assessment(frauds, owner(), "fraud")["labelers"]}

    for name in (*crowd.suspects, ODD):
        assert show_labeler(frauds, owner(), "fraud", name).assessed == whole[name]


def test_labelers_whose_labels_are_gone_are_gone_from_the_table(frauds):
    gone = label(item="i-odd", labeler=ODD, label=None, type="label.withdrawn", event_id="gone")
    record(frauds, [gone])
    assess_project(frauds, owner(), "fraud")

    assert ODD not in found(frauds)
    with pytest.raises(NotFound):
        show_labeler(frauds, owner(), "fraud", ODD)
    with Session(frauds.engine) as session:
        lines = set(session.exec(select(AssessedLabeler.labeler_id)))
        assert lines == set(session.exec(select(AssessedPart.labeler_id)))


def test_documents_of_the_schema_before_are_split_and_joined_again(frauds):
    document = read_assessment(frauds, owner(), "fraud")

    downgrade(frauds.engine, "0007")
    with frauds.engine.connect() as connection:
        (stored,) = connection.execute(text("SELECT document FROM assessment")).one()
    migrate(frauds.engine)

    before = json.loads(stored)["labelers"]
    assert [e["labeler"] for e in before] == [e["labeler"] for e in document["labelers"]]
    assert read_assessment(frauds, owner(), "fraud") == document
    assert set(found(frauds, standing="flagged")) == {
        e["labeler"] for e in document["labelers"] if e["flag"]
    }


def test_an_erased_name_leaves_the_stored_assessment_too(frauds):
    number = show_labeler(frauds, owner(), "fraud", ODD).assessed["id"]

    erase_labeler(frauds, owner(), number, reason="asked in writing")

    assert found(frauds, text="straße") == []
    with frauds.engine.connect() as connection:
        for table in ("assessment", "assessment_labeler", "assessment_part"):
            rows = connection.execute(text(f"SELECT * FROM {table}")).all()  # noqa: S608 - constants
            assert "Straße" not in str(rows)


def test_a_table_page_costs_as_many_queries_for_few_labelers_as_for_many(frauds):
    costs = []
    for limit in (2, 20):
        with counted_queries(frauds.engine) as sent:
            found(frauds, limit=limit)
        costs.append(len(sent))
    with counted_queries(frauds.engine) as sent:
        list_labelers(frauds, owner(), "fraud")
    costs.append(len(sent))

    assert costs[0] == costs[1] <= 7
    assert costs[2] <= 6


def test_every_assessment_leaves_a_point_with_what_it_found(frauds, clock):
    clock.tick(60)
    assess_project(frauds, owner(), "fraud")

    points = show_overview(frauds, owner(), "fraud").points

    assert [p.as_of for p in points] == [START, START + timedelta(seconds=60)]
    document = read_assessment(frauds, owner(), "fraud")
    assert points[1].alpha == document["alpha"]["value"]
    assert (points[1].open_flags, points[1].frozen) == (2, 2)
    assert points[1].provenance == 1.0
    assert points[1].gate_open == check_gate(frauds, owner(), "fraud").open


def a_point(at):
    return AssessmentPoint(project_id=1, as_of=at, labels=1, labelers=1)


def test_points_are_thinned_to_one_an_hour_and_later_to_one_a_day(deployment):
    project(deployment)
    every = [START + timedelta(minutes=20 * n) for n in range(3 * 24 * 3)]
    with unit_of_work(deployment.engine) as session:
        session.add_all([a_point(at) for at in every])
        note_point(session, a_point(START + timedelta(days=12)))
        hourly = len(points_of(session, 1))
    with unit_of_work(deployment.engine) as session:
        note_point(session, a_point(START + timedelta(days=110)))
        daily = [p.as_of for p in points_of(session, 1)]

    assert hourly == 3 * 24 + 1
    assert daily[-1] == START + timedelta(days=110)
    assert len(daily) <= 6
    assert every[-1] in daily


def test_of_many_points_evenly_chosen_ones_are_shown_with_the_newest(deployment):
    project(deployment)
    with unit_of_work(deployment.engine) as session:
        session.add_all([a_point(START + timedelta(days=n)) for n in range(25)])
        session.flush()
        shown = [p.as_of for p in points_of(session, 1, most=10)]

    assert len(shown) <= 10
    assert shown[-1] == START + timedelta(days=24)
