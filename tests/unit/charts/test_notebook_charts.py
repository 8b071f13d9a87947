"""Charts of notebooks: the numbers of their frames, at any number of rows, with any name."""

import json
from datetime import UTC, datetime

import altair as alt
import pandas as pd
import pytest

from labeltrust import charts
from labeltrust.charts._forensics import SHOWN
from labeltrust.charts._meetings import UNUSUAL

AT = pd.Timestamp(datetime(2026, 11, 1, tzinfo=UTC))
HOSTILE = "</script><script>alert(1)</script>"
DAY = pd.Timedelta(days=1)


def frame(columns, *rows):
    return pd.DataFrame(list(rows), columns=columns.split())


PROMISES = frame("size margin random endless", (50, 0.12, 0.13, 0.14), (200, 0.06, 0.065, 0.07))
STRATA = frame(
    "kind label population drawn probability",
    ("disputed", "benign", 100, 60, 0.6),
    ("unanimous", None, 900, 40, 0.04),
)
MEETINGS = frame("labeler shared same expected excess", (HOSTILE, 90, 80, 60.5, 6.5),
                 ("bob", 50, 20, 25.0, -2.0))  # fmt: skip
ONSETS = frame(
    "labeler onset first last since_onset",
    (HOSTILE, AT + 3 * DAY, AT, AT + 9 * DAY, 40),
    ("bob", pd.NaT, AT + DAY, AT + 9 * DAY, 90),
)
LEANING = frame(
    "labeler flagged lean lean_low lean_high lean_n",
    (HOSTILE, True, 0.2, 0.1, 0.3, 50),
    ("bob", False, -0.1, -0.2, 0.0, 40),
    ("new", False, None, None, None, 0),
)
BETWEEN = frame("labeler suspect lean", ("bob", HOSTILE, 0.3), (HOSTILE, "bob", None))
MEASURES = frame(
    "measure trained value value_low value_high value_n",
    ("recall", "with", 0.5, 0.4, 0.6, 89),
    ("recall", "without", 0.7, 0.6, 0.8, 89),
    ("recall", "change", 0.2, 0.1, 0.3, 89),
    ("precision", "with", None, None, None, None),
)
TURNED = frame("found items", ("by both", 45), ("only a", 17), ("only b", 0), ("by neither", 27))
ATTACKERS = frame(
    "labeler began last flagged_at held_at poisoned through",
    (HOSTILE, AT, AT + 9 * DAY, AT + 4 * DAY, pd.NaT, 40, 20),
    ("bob", AT, AT + 9 * DAY, pd.NaT, pd.NaT, 30, 30),
)
FLOW = frame("at planted through", (AT, 1, 1), (AT + DAY, 2, 1))
WINDOWS = frame(
    "begins labels agreement agreement_low agreement_high agreement_n "
    "gold gold_low gold_high gold_n",
    (AT, 400, 0.7, 0.6, 0.8, 90, 0.9, 0.8, 1.0, 30),
    (AT + 7 * DAY, 300, 0.6, 0.5, 0.7, 80, None, None, None, None),
)
FLAGS = frame("signal status flags", ("turned", "open", 3), ("turned", "confirmed", 2),
              (HOSTILE, "dismissed", 1))  # fmt: skip
CHANGES = frame("before after items", (HOSTILE, "fraud", 30), ("fraud", None, 4), (None, "x", 1))
SHARES = frame(
    "name value low high n",
    ("wrong_rate", 0.5, 0.4, 0.6, 60),
    ("usual_rate", None, None, None, 0),
    ("wrong_labels", 90.0, 60.0, 120.0, 60),
)

DRAWINGS = {
    "promises": (lambda f: charts.draw_promises(f, 200, 0.06), PROMISES),
    "strata": (charts.draw_strata, STRATA),
    "meetings": (charts.draw_meetings, MEETINGS),
    "onsets": (charts.draw_onsets, ONSETS),
    "leaning": (charts.draw_leaning, LEANING),
    "between": (charts.draw_between, BETWEEN),
    "measures": (lambda f: charts.draw_measures(f, HOSTILE), MEASURES),
    "turned": (lambda f: charts.draw_turned(f, HOSTILE), TURNED),
    "attackers": (charts.draw_attackers, ATTACKERS),
    "flow": (charts.draw_flow, FLOW),
    "windows": (lambda f: charts.draw_windows(charts.windows_frame(f)), WINDOWS),
    "signal flags": (charts.draw_signal_flags, FLAGS),
    "changes": (charts.draw_changes, CHANGES),
    "shares": (charts.draw_shares, SHARES),
}


def rows_of(spec, *columns):
    """The rows of all data of a specification that have these columns."""
    tables = spec["datasets"].values()
    return [row for table in tables for row in table if set(columns) <= set(row)]


def marks_of(spec):
    return [layer["mark"]["type"] for layer in spec["layer"]]


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("n", [0, 1, 9], ids=["no row", "one row", "all rows"])
def test_every_drawing_is_a_valid_specification_with_a_description(name, n):
    draw, found = DRAWINGS[name]

    spec = draw(found.head(n)).to_dict()

    assert spec["description"]
    assert spec["config"]["background"] == "transparent"
    json.dumps(spec, allow_nan=False)


@pytest.mark.parametrize("name", ["meetings", "onsets", "leaning", "attackers"])
def test_a_hostile_name_is_data_and_no_part_of_the_drawing(name):
    draw, found = DRAWINGS[name]

    spec = draw(found).to_dict()

    assert rows_of(spec, "labeler")
    del spec["datasets"]
    assert HOSTILE not in json.dumps(spec)


def test_the_planned_size_is_marked_on_the_curve_of_promises():
    spec = charts.draw_promises(PROMISES, 200, 0.06).to_dict()

    assert {"size": 200, "margin": 0.06} in rows_of(spec, "size", "margin")
    drawn = rows_of(spec, "way", "half_width")
    assert len(drawn) == 3 * len(PROMISES)
    planned = [r["half_width"] for r in drawn if r["way"] == "as planned"]
    assert planned == [0.12, 0.06]


def test_what_is_expected_by_the_posterior_is_a_curve_of_its_own():
    found = PROMISES.assign(expected=[0.09, 0.04])

    drawn = rows_of(charts.draw_promises(found, 200, 0.06).to_dict(), "way", "half_width")

    right = [r["half_width"] for r in drawn if r["way"] == "as planned, if the posterior is right"]
    assert right == [0.09, 0.04]
    unknown = PROMISES.assign(expected=[None, None])
    assert len(rows_of(charts.draw_promises(unknown, 200, 0.06).to_dict(), "way")) == 6


def test_parts_told_apart_by_time_and_signal_have_names_of_their_own():
    parts = pd.concat([STRATA, STRATA]).assign(window=["May", "May", "June", "June"], signal=None)

    drawn = rows_of(charts.draw_strata(parts).to_dict(), "part", "share")

    names = {"disputed, benign, May", "disputed, benign, June", "unanimous, all, May"}
    assert {row["part"] for row in drawn} >= names


def test_shares_of_a_sample_and_of_its_population_each_add_up_to_one():
    drawn = rows_of(charts.draw_strata(STRATA).to_dict(), "who", "share")

    for who in ("of all items", "of the sample"):
        assert sum(row["share"] for row in drawn if row["who"] == who) == pytest.approx(1)
    shares = {(row["part"], row["who"]): row["share"] for row in drawn}
    assert shares["disputed, benign", "of the sample"] == 0.6
    assert shares["unanimous, all", "of all items"] == 0.9


@pytest.mark.parametrize(("excess", "reach"), [(6.5, 6.5), (0.4, UNUSUAL + 1), (-9.0, 9.0)])
def test_agreement_and_contradiction_are_drawn_on_one_scale(excess, reach):
    found = MEETINGS.head(1).assign(excess=excess)

    spec = charts.draw_meetings(found).to_dict()

    across = spec["layer"][0]["encoding"]["x"]
    assert across["scale"]["domain"] == [-reach, reach]
    assert [row["at"] for row in rows_of(spec, "at")] == [-UNUSUAL, UNUSUAL]


def test_who_was_odd_from_the_first_label_turns_with_it():
    drawn = {row["labeler"]: row for row in rows_of(charts.draw_onsets(ONSETS).to_dict(), "onset")}

    assert drawn["bob"]["onset"] == drawn["bob"]["first"]
    assert drawn[HOSTILE]["onset"] > drawn[HOSTILE]["first"]


def test_leaning_is_told_of_those_who_have_it_and_of_no_more_than_can_be_read():
    many = pd.concat([LEANING.head(1).assign(labeler=f"l{k}") for k in range(50)])

    few, cut = (charts.draw_leaning(found).to_dict() for found in (LEANING, many))

    assert {row["labeler"] for row in rows_of(few, "lean")} == {HOSTILE, "bob"}
    assert {row["status"] for row in rows_of(few, "lean")} == {"flagged", "not flagged"}
    assert len({row["labeler"] for row in rows_of(cut, "lean")}) == SHOWN
    assert f"{SHOWN} of 50 labelers" in cut["description"]


def test_suspects_stand_in_one_order_on_both_sides_and_unknown_leanings_are_left_out():
    spec = charts.draw_between(BETWEEN).to_dict()

    sides = [spec["layer"][0]["encoding"][side]["sort"] for side in ("x", "y")]
    assert sides == [["bob", HOSTILE]] * 2
    assert [row["lean"] for row in rows_of(spec, "lean")] == [0.3]


def test_a_change_is_no_third_model():
    drawn = rows_of(charts.draw_measures(MEASURES, "fraud").to_dict(), "measure")

    assert [row["trained"] for row in drawn] == ["with", "without"]


def test_who_was_never_flagged_is_free_until_the_last_label():
    spec = charts.draw_attackers(ATTACKERS).to_dict()

    drawn = {row["labeler"]: row for row in rows_of(spec, "until")}
    assert drawn["bob"]["until"] == drawn["bob"]["last"]
    assert drawn[HOSTILE]["until"] == drawn[HOSTILE]["flagged_at"]
    assert [(r["labeler"], r["what"]) for r in rows_of(spec, "what")] == [(HOSTILE, "flagged")]
    assert marks_of(spec) == ["bar", "bar", "point"]


def test_a_window_without_gold_has_a_gap_and_no_nought():
    drawn = charts.windows_frame(WINDOWS)

    assert drawn["number"].tolist() == ["pairs that agree", "pairs that agree", "right on gold"]
    assert (drawn["value"] > 0).all()


def test_signals_stand_in_the_order_of_their_flags_and_verdicts_in_one_order():
    spec = charts.draw_signal_flags(FLAGS).to_dict()

    assert spec["encoding"]["y"]["sort"] == ["turned", HOSTILE]
    places = {row["status"]: row["place"] for row in rows_of(spec, "status")}
    assert places == {"confirmed": 0, "open": 1, "dismissed": 2}
    assert isinstance(charts.draw_signal_flags(FLAGS.head(1)), alt.Chart)


def test_changes_say_from_what_to_what_and_where_no_label_is_left():
    drawn = rows_of(charts.draw_changes(CHANGES).to_dict(), "change", "items")

    assert [row["change"] for row in drawn] == [
        f"{HOSTILE} \u2192 fraud", "fraud \u2192 no label", "no label \u2192 x",
    ]  # fmt: skip
    assert [row["left"] for row in drawn] == ["another label", "no label is left", "another label"]


def test_only_shares_with_a_value_are_drawn_and_no_total_beside_them():
    drawn = rows_of(charts.draw_shares(SHARES).to_dict(), "name", "value")

    assert [(row["name"], row["value"]) for row in drawn] == [("suspects", 0.5)]
