"""Worked examples of how alike labels with parts are, and the laws every measure keeps."""

import json
import random
import time
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labeltrust.domain.similarity import MEASURES
from labeltrust.domain.similarity.boxes import MOST_MATCHED, iou
from labeltrust.domain.similarity.sets import masi
from labeltrust.domain.similarity.text import MOST_CHARACTERS, edit_distance

CLASSES = st.sampled_from(["car", "bus"])
PLACE = st.integers(0, 12)
SPAN = st.fixed_dictionaries({"start": PLACE, "end": PLACE, "label": CLASSES})
BOX = st.fixed_dictionaries(
    {"x": PLACE, "y": PLACE, "width": st.integers(0, 6), "height": PLACE, "label": CLASSES}
)
LABELS = {
    "set": st.lists(st.sampled_from("abcdef"), max_size=4).map(
        lambda s: json.dumps(sorted(set(s)))
    ),
    "spans": st.lists(SPAN, max_size=4).map(json.dumps),
    "boxes": st.lists(BOX, max_size=4).map(json.dumps),
    "text": st.text("abü ", max_size=12),
}
few = settings(max_examples=60, deadline=None)
every_scale = pytest.mark.parametrize("scale", MEASURES)


def alike(scale, *words):
    made = [w if isinstance(w, str) else json.dumps(w) for w in words]
    measure = MEASURES[scale](made)
    return measure(np.array([0]), np.array([len(made) - 1]))[0]


def test_every_scale_with_parts_has_a_measure():
    assert set(MEASURES) == {"set", "spans", "boxes", "text"}


@every_scale
@few
@given(data=st.data())
def test_similarity_is_symmetric_in_bounds_and_one_for_equal_labels(scale, data):
    words = data.draw(st.lists(LABELS[scale], min_size=1, max_size=6))
    one, two = (axis.ravel() for axis in np.indices((len(words), len(words))))

    table = MEASURES[scale](words)(one, two).reshape(len(words), len(words))

    assert np.allclose(table, table.T, atol=1e-12)
    assert ((table >= 0) & (table <= 1)).all()
    assert np.allclose(table.diagonal(), 1)


@every_scale
@few
@given(data=st.data())
def test_a_pair_is_as_alike_alone_as_among_others(scale, data):
    words = data.draw(st.lists(LABELS[scale], min_size=2, max_size=5))

    among = MEASURES[scale](words)(np.array([0, 1]), np.array([1, 0]))

    assert np.allclose(among, MEASURES[scale](words[:2])(np.array([0]), np.array([1]))[0])


# Passonneau (2006); nltk 3.10 has the same: masi_distance({1, 2}, {1, 2, 3, 4}) is 2/3.
@pytest.mark.parametrize(
    ("one", "two", "jaccard", "monotone"),
    [
        (["a"], ["a"], 1, 1),
        (["a", "b"], ["a", "b", "c", "d"], 1 / 2, 1 / 3),
        (["a", "b"], ["b", "c"], 1 / 3, 1 / 9),
        (["a"], ["b"], 0, 0),
        ([], ["b"], 0, 0),
        ([], [], 1, 1),
    ],
)
def test_sets_by_jaccard_and_masi(one, two, jaccard, monotone):
    found = masi([json.dumps(one), json.dumps(two)])(np.array([0]), np.array([1]))[0]

    assert alike("set", one, two) == pytest.approx(jaccard, abs=1e-12)
    assert found == pytest.approx(monotone, abs=1e-12)


@pytest.mark.parametrize(
    ("one", "two", "f1"),
    [
        ([[0, 10, "PER"]], [[5, 10, "PER"]], 2 * 5 / 15),
        ([[0, 10, "PER"]], [[0, 10, "ORG"]], 0),
        ([[0, 4, "PER"], [8, 12, "ORG"]], [[0, 4, "PER"], [8, 12, "PER"]], 2 * 4 / 16),
        ([[0, 6, "PER"], [4, 8, "PER"]], [[0, 8, "PER"]], 1),  # covered twice counts once
        ([[0, 4, "PER"]], [], 0),
        ([], [], 1),
        ([[4, 0, "PER"]], [[0, 4, "PER"]], 1),
        ([[0.5, 1.0, "speech"]], [[0.5, 2.0, "speech"]], 2 * 0.5 / 2),  # seconds of sound
    ],
)
def test_spans_by_the_places_they_cover(one, two, f1):
    assert alike("spans", one, two) == pytest.approx(f1, abs=1e-12)


def test_spans_read_the_forms_of_the_platforms():
    plain = [{"start": 2, "end": 6, "label": "PER"}]
    studio = [{"start": "/p[1]", "globalOffsets": {"start": 2, "end": 6}, "labels": ["PER"]}]

    assert alike("spans", plain, studio) == 1
    assert alike("spans", plain, [{"start": 2, "end": 6, "class": "PER", "text": "Ada L"}]) == 1


def test_parts_that_cannot_be_measured_are_like_their_equals_only():
    relation = {"from": "a", "to": "b", "direction": "right"}
    other = relation | {"to": "c"}

    assert alike("spans", [relation, other], [relation]) == pytest.approx(2 / 3)
    assert alike("boxes", [relation], [other]) == 0
    assert alike("spans", "an older text", "another") == 0


def by_hand(one, two):
    total = 0.0
    for name in ("car", "bus"):
        few_, many = sorted(([b for b in x if b[0] == name] for x in (one, two)), key=len)
        total += max(
            sum(iou(np.array([a[1]]), np.array([b[1]]))[0] for a, b in zip(few_, some, strict=True))
            for some in permutations(many, len(few_))
        )
    return 2 * total / (len(one) + len(two)) if one or two else 1.0


def test_boxes_by_their_overlap():
    box = {"x": 0, "y": 0, "width": 2, "height": 2}

    assert alike("boxes", [box], [box | {"x": 1, "y": 1}]) == pytest.approx(1 / 7)
    assert alike("boxes", [box], [box, box | {"x": 50}]) == pytest.approx(2 / 3)
    assert alike("boxes", [box | {"label": "car"}], [box | {"label": "bus"}]) == 0
    assert alike("boxes", [box], [{"x1": 2, "y1": 2, "x2": 0, "y2": 0}]) == 1
    assert alike("boxes", [box], [{"points": [[0, 0], [2, 0], [2, 2], [0, 2]]}]) == 1


@few
@given(data=st.data())
def test_boxes_match_one_to_one_as_well_as_any_matching(data):
    one, two = (
        [(name, np.array([x, y, x + w, y + h], float)) for name, x, y, w, h in drawn]
        for drawn in data.draw(
            st.tuples(
                *[
                    st.lists(
                        st.tuples(CLASSES, PLACE, PLACE, st.integers(1, 6), st.integers(1, 6)),
                        max_size=4,
                    )
                ]
                * 2
            )
        )
    )
    corners = ("x1", "y1", "x2", "y2")
    words = [[dict(zip(corners, c.tolist(), strict=True)) | {"label": n} for n, c in x]
             for x in (one, two)]  # fmt: skip

    assert alike("boxes", *words) == pytest.approx(by_hand(one, two), abs=1e-9)


@pytest.mark.parametrize(
    ("one", "two", "distance"),
    [("kitten", "sitting", 3), ("", "abc", 3), ("flaw", "lawn", 2), ("intention", "execution", 5)],
)
def test_texts_by_their_edit_distance(one, two, distance):
    assert edit_distance(one, two) == distance
    assert alike("text", one, two) == pytest.approx(1 - distance / max(len(one), len(two)))


@few
@given(one=st.text("ab ", max_size=90), two=st.text("ab ", max_size=90))
def test_the_edit_distance_is_that_of_the_table(one, two):
    row = list(range(len(two) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(two, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))

    assert edit_distance(one, two) == row[-1]


def test_one_text_written_in_two_encodings_is_one_text():
    assert alike("text", "p\u00e4iv\u00e4", "pa\u0308iva\u0308") == 1


def test_hostile_labels_take_bounded_time_and_are_never_more_alike_than_they_are():
    rng = random.Random(1)  # noqa: S311 - no secret, labels of a test
    long = ["".join(rng.choices("ab", k=60_000)) for _ in range(2)]
    spans = [[[k, k + rng.randrange(9), "x"] for k in range(5_000)] for _ in range(2)]
    boxes = [[{"x": rng.random(), "y": k, "width": 1, "height": 1} for k in range(1_800)]
             for _ in range(2)]  # fmt: skip
    start = time.process_time()

    text = alike("text", *long)
    assert 0 <= text <= MOST_CHARACTERS / 60_000
    assert 0 < alike("spans", *spans) <= 1
    assert 0 < alike("boxes", *boxes) <= 1
    assert len(boxes[0]) > MOST_MATCHED
    assert time.process_time() - start < 5


@pytest.mark.parametrize("scale", ["spans", "boxes", "set"])
@pytest.mark.parametrize(
    "part", [None, 7, True, "x", [], {}, {"start": 1e308, "end": -1e308}, {"x": 0, "width": 1e300},
             {"start": True, "end": "2"}, [0, 5], {"points": [[0, "a"]]}, {"labels": [[1], None]}]
)  # fmt: skip
def test_any_part_can_be_compared(scale, part):
    assert alike(scale, [part], [part]) == 1
    assert 0 <= alike(scale, [part], [[0, 3, "PER"]]) <= 1
