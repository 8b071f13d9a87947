"""Charts of pages: the same numbers as pictures and as words, and calm where there is nothing."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from labeltrust import charts

WORDS = ["benign", "fraud"]
AT = datetime(2026, 11, 1, tzinfo=UTC)
DAY_US = 86_400_000_000
FIRST_US = int(AT.timestamp()) * 10**6
PORTRAIT = {
    "gold": [[18, 2], [9, 1]],
    "believed": [[180.0, 20.0], [60.0, 40.0]],
    "mix": [240, 60],
    "peers": [200.0, 100.0],
    "spans": {
        "first_us": FIRST_US, "width_us": DAY_US, "span": [0, 1, 5], "n": [100, 100, 100],
        "doubted": [10.0, 10.0, 60.0], "usual": [12.0, 12.0, 12.0],
    },
}  # fmt: skip
SIZES = {
    "title": "calls one class another", "unit": "share", "n": 40, "edges": [0.0, 0.1, 0.2, 0.3],
    "counts": [30, 8, 2], "honest": [0.0, 0.15],
}  # fmt: skip
READING = {"signal": "flip", "estimate": {"value": 0.25, "low": 0.2, "high": 0.3, "n": 1234}}
SILENT = {"signal": "flip", "estimate": {"value": None, "reason": "3 where it takes 10"}}


def point(day, alpha, gold=None):
    return {
        "as_of": AT + timedelta(days=day),
        "alpha": alpha, "alpha_low": alpha - 0.1, "alpha_high": alpha + 0.1,
        "gold": gold, "gold_low": gold, "gold_high": gold,
    }  # fmt: skip


def test_confusion_says_what_is_taken_for_what_most_often():
    frame = charts.confusion_frame(PORTRAIT, WORDS, "gold")

    assert frame["times"].tolist() == [18, 2, 9, 1]
    assert frame["share"].tolist() == [0.9, 0.1, 0.9, 0.1]
    assert charts.confusion_words(frame, "gold") == (
        "19 of 30 labels are as the gold label says. Most often otherwise: "
        "\u201cbenign\u201d where it is \u201cfraud\u201d, 9 of 10 times."
    )


def test_mix_says_where_the_difference_is_largest():
    said = charts.mix_words(charts.mix_frame(PORTRAIT, WORDS))

    assert "\u201cbenign\u201d 80.0% of the time" in said
    assert "others of the same items 66.7%" in said


def test_timeline_says_how_doubt_changed_at_the_onset():
    frame = charts.timeline_frame(PORTRAIT)

    assert frame["labels"].tolist() == [100, 100, 100]
    assert charts.timeline_words(frame, AT + timedelta(days=3)) == (
        "300 labels from 2026-11-01 to 2026-11-06. Estimated onset 2026-11-04 00:00 UTC: peers "
        "doubt 10% of the labels before it and 60% from then on, where 12% is usual."
    )
    assert "peers doubt 27% of them" in charts.timeline_words(frame, None)


def test_a_signal_says_where_the_labeler_stands_among_all():
    assert charts.standing_words(SIZES, READING) == (
        "0.25 share, between 0.2 and 0.3 with 95 % confidence, from 1,234. More than 38 of 40 "
        "labelers. 95 % of honest ones: 0 to 0.15."
    )
    assert charts.standing_words(SIZES, SILENT) == "Says nothing: 3 where it takes 10."


def test_agreement_says_where_each_number_stands_and_stood():
    frame = charts.agreement_frame([point(0, 0.5), point(3, 0.7, gold=0.9)])

    assert charts.agreement_words(frame) == (
        "Krippendorff's alpha is 0.70 (0.60 to 0.80); it was 0.50 on 2026-11-01. Gold accuracy is "
        "0.90 (0.90 to 0.90), at the only assessment so far."
    )


def test_days_keep_the_commonest_labels_apart_and_put_the_rest_together():
    words = [f"w{k}" for k in range(12)]
    counts = [[100 - k for k in range(12)] for _ in range(10)]
    frame = charts.days_frame({"days": {"first": 20_000, "counts": counts}}, words)

    day = frame[frame["day"] == frame["day"].max()]
    assert day["label"].tolist() == [*words[:8], "any other"]
    assert day["labels"].sum() == sum(counts[0])
    assert day["share"].sum() == pytest.approx(1)
    assert "the commonest is \u201cw0\u201d" in charts.days_words(frame)


DRAWINGS = {
    "confusion": lambda p, s: charts.draw_confusion(
        charts.confusion_frame(p, WORDS, "gold"), WORDS, "gold"
    ),
    "mix": lambda p, s: charts.draw_mix(charts.mix_frame(p, WORDS), WORDS),
    "timeline": lambda p, s: charts.draw_timeline(charts.timeline_frame(p), AT if p else None),
    "standing": lambda p, s: charts.draw_standing(SIZES if p else {}, READING if p else SILENT),
    "agreement": lambda p, s: charts.draw_agreement(
        charts.agreement_frame([point(0, 0.5, 0.5)] if p else [])
    ),
    "days": lambda p, s: charts.draw_days(
        charts.days_frame({"days": {"first": 20_000, "counts": [[3, 1]]}} if p else {}, WORDS),
        [(datetime(2030, 1, 1, tzinfo=UTC), "flag opened #1")],
    ),
}


@pytest.mark.parametrize("name", DRAWINGS)
@pytest.mark.parametrize("portrait", [PORTRAIT, {}], ids=["full", "empty"])
def test_every_drawing_is_a_valid_specification_with_a_description(name, portrait):
    spec = DRAWINGS[name](portrait, SIZES).to_dict()

    assert spec["description"]
    assert spec["config"]["background"] == "transparent"
    json.dumps(spec, allow_nan=False)


@pytest.mark.parametrize(
    "said",
    [
        charts.confusion_words(charts.confusion_frame({}, WORDS, "gold"), "gold"),
        charts.confusion_words(charts.confusion_frame({}, WORDS, "believed"), "believed"),
        charts.mix_words(charts.mix_frame({}, WORDS)),
        charts.timeline_words(charts.timeline_frame({}), AT),
        charts.agreement_words(charts.agreement_frame([])),
        charts.days_words(charts.days_frame({}, WORDS)),
    ],
)
def test_without_data_the_words_say_so(said):
    assert said.startswith("No")
    assert "nan" not in said
