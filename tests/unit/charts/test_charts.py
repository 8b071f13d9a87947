"""Every signal's chart: drawn from real readings, from hostile names, and from nothing."""

import json
from dataclasses import replace

import numpy as np
import pytest
from planted_crowds import evidence_of, judgments_of, names_of, planted

from labeltrust import charts, signals
from labeltrust.charts import Seen, SignalChart, chart_of, drawn
from labeltrust.charts._effects import EFFECTS
from labeltrust.counts import block
from labeltrust.discovery import discover
from labeltrust.inference.collusion import Ring
from labeltrust.policy.names import Names
from labeltrust.signals._base import Signal
from labeltrust.simulate import Assistant, Crowd, Planting, Prose, Traits

SIGNALS: dict[str, Signal] = discover(signals, "SIGNAL", Signal)
CROWD = Crowd(
    n_labelers=14,
    n_items=400,
    labels_per_item=4,
    class_shares=(0.5, 0.3, 0.2),
    assistant=Assistant(),
    traits=Traits(trigger_share=0.2),
    prose=Prose(),
)
FLIP = Planting(attack="targeted_flip", n_members=2, rate=0.9, from_class=1, to_class=0)
HOSTILE = "</text><script>alert('%d')</script>{{7*7}} datum.x\"]'\u202e"

TEXT = {"datasets", "title", "description", "sort"}
"""Where a name is data or plain text: a sort is a list of values."""

every_signal = pytest.mark.parametrize("name", SIGNALS)


@pytest.fixture(scope="module")
def evidence():
    return evidence_of(judgments_of(planted(FLIP, crowd=CROWD, seed=10_007)))


READ = {}


def seen_by(name, evidence, names=None):
    names = names or names_of(evidence.judgments)
    signal = SIGNALS[name]
    key = name, id(evidence)
    READ[key] = READ.get(key) or (evidence, signal.read(evidence))  # kept, so that the id stays
    return Seen(evidence=evidence, readings=READ[key][1], signal=signal, names=names)


def hostile_names(evidence):
    n = evidence.judgments.n_labelers
    return Names(
        labelers=tuple(HOSTILE % a for a in range(n)),
        labeler_ids=np.arange(n),
        kinds=("human",) * n,
        labels=tuple(f"<b>{HOSTILE % c}</b>" for c in range(3)),
    )


def encodings(node):
    """Return the encodings of a specification, wherever they stand."""
    if isinstance(node, list):
        return [found for part in node for found in encodings(part)]
    if not isinstance(node, dict):
        return []
    here = [node["encoding"]] if "encoding" in node else []
    return here + [f for key, part in node.items() if key != "datasets" for f in encodings(part)]


def axes(spec):
    """Return the channels of places that have a title of their own or need one."""
    return [
        part[channel]
        for part in encodings(spec)
        for channel in ("x", "y")
        if "type" in part.get(channel, {}) and "title" in part[channel]
    ]


@every_signal
def test_a_chart_says_what_it_shows_and_how_to_read_it(name, evidence):
    spec = drawn(name, seen_by(name, evidence)).to_dict()

    assert spec["title"]["text"]
    assert spec["title"]["subtitle"]
    assert spec["description"].startswith(spec["title"]["text"])
    assert any("tooltip" in part for part in encodings(spec))
    assert all(axis.get("title") for axis in axes(spec) if axis["type"] != "nominal")
    assert any(rows for rows in spec["datasets"].values())


@every_signal
def test_hostile_names_are_data_and_never_part_of_the_specification(name, evidence):
    spec = drawn(name, seen_by(name, evidence, hostile_names(evidence))).to_dict()

    def stripped(node):
        if isinstance(node, list):
            return [stripped(part) for part in node]
        if not isinstance(node, dict):
            return node
        return {key: stripped(part) for key, part in node.items() if key not in TEXT}

    assert "alert" in json.dumps(spec["datasets"])
    assert "alert" not in json.dumps(stripped(spec))


@pytest.mark.parametrize("name", ["label_shift", "targeted_flip"])
def test_hostile_names_are_no_markup_in_the_picture(name, evidence):
    vl_convert = pytest.importorskip("vl_convert")
    chart = drawn(name, seen_by(name, evidence, hostile_names(evidence)))

    svg = vl_convert.vegalite_to_svg(chart.to_json())

    assert "<script" not in svg
    assert "<b>" not in svg
    assert "</text><script" not in svg


@every_signal
def test_a_project_without_data_is_drawn_empty(name):
    b = block([], [], [], n_labelers=0, values=[0, 1])
    nobody = Names(labelers=(), labeler_ids=np.empty(0, int), kinds=(), labels=("0", "1"))

    assert drawn(name, seen_by(name, evidence_of(b), nobody)).to_dict()


@every_signal
def test_a_silent_signal_is_drawn(name):
    rng = np.random.default_rng(10_008)
    b = block(
        np.repeat(range(20), 2), [0, 1] * 20, rng.integers(0, 2, 40), n_labelers=3, values=[0, 1]
    )

    assert drawn(name, seen_by(name, evidence_of(b))).to_dict()


@every_signal
def test_a_frame_is_tidy_and_names_only_labelers_with_labels(name, evidence):
    seen = seen_by(name, evidence)

    frame = chart_of(name).frame(seen)

    assert len(frame)
    assert frame.columns.is_unique
    if "labeler" in frame:
        assert set(frame["labeler"]) <= set(seen.names.labelers)


@every_signal
def test_the_labeler_of_a_case_is_in_its_chart_however_little_is_said_of_him(name, evidence):
    seen = seen_by(name, evidence)
    p_value = seen.readings.p_value
    least = int(np.nanargmax(p_value)) if np.isfinite(p_value).any() else 0

    frame = chart_of(name).frame(replace(seen, suspect=least))

    words = {cell for column in frame for cell in frame[column] if isinstance(cell, str)}
    assert seen.names.labelers[least] in words


def test_the_ring_of_a_case_comes_before_stronger_ones(evidence):
    seen = seen_by("collusion", evidence)
    facts = {"p_value": 0.0, "share": 1.0, "low": 0.9, "high": 1.0, "shared": 9, "first_us": 0}
    rings = tuple(
        Ring(members=np.array([k, k + 1]), items=np.arange(9), **facts) for k in (0, 2, 4)
    )
    seen = replace(seen, readings=replace(seen.readings, groups=rings))

    frame = chart_of("collusion").frame(replace(seen, suspect=5))

    assert frame["one"].drop_duplicates().tolist()[:2] == [seen.names.labelers[k] for k in (4, 5)]
    assert frame["ring"].iloc[0] == 3


def test_every_chart_belongs_to_a_signal_and_the_others_get_the_forest():
    assert set(discover(charts, "CHART", SignalChart)) <= set(SIGNALS)
    assert chart_of("a_signal_without_a_chart") is EFFECTS


def test_the_planted_labelers_stand_out_in_the_heat_map(evidence):
    found = planted(FLIP, crowd=CROWD, seed=10_007)
    seen = seen_by("targeted_flip", evidence)

    frame = chart_of("targeted_flip").frame(seen)

    worst = frame[frame["pair"] == "1 \u2192 0"].sort_values("doubled").tail(2)
    assert set(worst["labeler"]) == {seen.names.labelers[a] for a in found.suspects}


def test_the_line_of_somebody_who_turned_bends_at_the_onset():
    turned = Planting(attack="uniform_flip", n_members=1, rate=0.9, since_day=14)
    crowd = Crowd(n_labelers=14, n_items=900, labels_per_item=4, class_shares=(0.6, 0.4))
    found = planted(turned, crowd=crowd, seed=10_009)
    seen = seen_by("turned", evidence_of(judgments_of(found)))

    frame = chart_of("turned").frame(seen)

    line = frame[frame["labeler"] == seen.names.labelers[int(found.suspects[0])]]
    begun = line["at"].map(lambda at: at.timestamp() * 1e6) >= found.orders[0][1].since_us
    before, after = line["excess"][~begun], line["excess"][begun]
    assert after.iloc[-1] - after.iloc[0] > 3 * abs(before.iloc[-1] - before.iloc[0])
