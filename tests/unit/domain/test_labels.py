"""Equal labels are equal bytes; anything else is refused with its reason."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.labels import COUNTED, SCALES, canonical_label

CLASSES = ("benign", "fraud")


@pytest.mark.parametrize("number", [1, 1.0, "1", "1.0", "1e0", " 1 "])
def test_one_number_has_one_text(number):
    assert canonical_label(number, "interval", None) == "1"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_reads_back_to_itself(number):
    text = canonical_label(number, "ratio", None)

    assert float(text) == number


@pytest.mark.parametrize(
    "number",
    [
        float("nan"),
        float("inf"),
        "1e999",
        "fraud",
        "1_000",
        "infinity",
        "\u0661",
        True,
        [1],
        pytest.param(10**5000, id="huge"),
    ],
)
def test_what_is_no_finite_number_is_refused_on_a_numeric_scale(number):
    with pytest.raises(InvalidEvent) as refusal:
        canonical_label(number, "interval", None)

    assert refusal.value.code == "label_wrong_type"


def test_a_label_outside_the_scale_is_refused_and_named():
    with pytest.raises(InvalidEvent, match="'scam' is outside the nominal scale") as refusal:
        canonical_label("scam", "nominal", CLASSES)

    assert refusal.value.code == "label_outside_scale"


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("label", [None, ""])
def test_a_missing_label_is_refused_on_every_scale(scale, label):
    with pytest.raises(InvalidEvent) as refusal:
        canonical_label(label, scale, None)

    assert refusal.value.code == "label_missing"


@pytest.mark.parametrize("label", ["a\x00b", "\ud800"])
def test_text_that_no_database_can_hold_is_refused(label):
    with pytest.raises(InvalidEvent) as refusal:
        canonical_label(label, "nominal", None)

    assert refusal.value.code == "label_not_text"


def test_a_label_over_a_kibibyte_is_refused():
    assert canonical_label("x" * 1024, "nominal", None)

    with pytest.raises(InvalidEvent, match="1025 bytes"):
        canonical_label("x" * 1025, "nominal", None)


@given(st.lists(st.text(min_size=1, max_size=5).filter(lambda t: "\x00" not in t), min_size=1))
def test_a_set_has_no_order_and_no_repeats(words):
    shuffled = [*reversed(words), *words]

    assert canonical_label(words, "set", None) == canonical_label(shuffled, "set", None)


@pytest.mark.parametrize("scale", sorted(set(SCALES) - COUNTED - {"set", "text"}))
def test_structured_labels_keep_their_parts(scale):
    parts = [{"start": 0, "end": 4, "label": "PER"}]

    assert json.loads(canonical_label(parts, scale, None)) == parts


@pytest.mark.parametrize("scale", ["spans", "boxes"])
def test_a_number_that_is_none_is_refused_inside_a_structure(scale):
    with pytest.raises(InvalidEvent) as refusal:
        canonical_label([{"x": float("nan")}], scale, None)

    assert refusal.value.code == "label_wrong_type"
