"""Each control of Label Studio becomes a label; several controls are several questions."""

import pytest

from labeltrust.domain.errors import InvalidEvent
from labeltrust.ingest._label_studio.answers import answers

PER = {"start": 0, "end": 12, "text": "Ada Lovelace"}
BOX = {"x": 10.5, "y": 20.25, "width": 30, "height": 15.5, "rotation": 0}
POLYGON = {"points": [[10, 10], [40, 12], [25, 50]], "closed": True}
CONTROLS = {
    "one choice": ("choices", {"choices": ["fraud"]}, "fraud"),
    "two choices": ("choices", {"choices": ["fraud", "urgent"]}, ["fraud", "urgent"]),
    "rating": ("rating", {"rating": 4}, 4),
    "number": ("number", {"number": 0}, 0),
    "date": ("datetime", {"datetime": "2026-01-31"}, "2026-01-31"),
    "pairwise": ("pairwise", {"selected": "left"}, "left"),
    "text": ("textarea", {"text": ["one"]}, "one"),
    "texts": ("textarea", {"text": ["one", "two"]}, "one\ntwo"),
    "one path": ("taxonomy", {"taxonomy": [["Money", "Card", "Stolen"]]}, "Money/Card/Stolen"),
    "two paths": ("taxonomy", {"taxonomy": [["A", "B/C"], ["D"]]}, ["A/B\\/C", "D"]),
    "ranker": (
        "ranker", {"ranker": {"rank": ["i2", "i1"]}}, [{"bucket": "rank", "items": ["i2", "i1"]}],
    ),
    "span": ("labels", PER | {"labels": ["PER"]}, [PER | {"labels": ["PER"]}]),
    "box": ("rectanglelabels", BOX | {"rectanglelabels": ["car"]}, [BOX | {"labels": ["car"]}]),
    "polygon": (
        "polygonlabels", POLYGON | {"polygonlabels": ["car"]}, [POLYGON | {"labels": ["car"]}],
    ),
    "box without class": ("rectangle", BOX, [BOX]),
    "an unknown control": ("magicwand", {"magic": 7}, [{"magic": 7}]),
    "a choice for a part": (
        "choices", {"start": 0, "end": 3, "choices": ["x"]},
        [{"start": 0, "end": 3, "labels": ["x"]}],
    ),
}  # fmt: skip


def entry(kind, value, name="q", **more):
    return {"id": "r1", "from_name": name, "to_name": "text", "type": kind, "value": value} | more


@pytest.mark.parametrize(("kind", "value", "label"), CONTROLS.values(), ids=CONTROLS)
def test_a_control_becomes_a_label(kind, value, label):
    assert answers([entry(kind, value)]) == {"q": label}


def test_several_controls_are_several_answers():
    result = [entry("choices", {"choices": ["fraud"]}, "verdict"), entry("rating", {"rating": 2})]

    assert answers(result) == {"verdict": "fraud", "q": 2}


def test_the_order_of_drawing_makes_no_other_label():
    one, two = (entry("labels", {"start": n, "end": 9, "labels": ["PER"]}) for n in (0, 5))

    assert answers([one, two]) == answers([two, one])


def test_a_relation_holds_its_two_regions():
    result = [
        entry("labels", PER | {"labels": ["PER"]}, id="a"),
        entry("labels", {"start": 20, "end": 25, "labels": ["ORG"]}, id="b"),
        {"type": "relation", "from_id": "a", "to_id": "b", "direction": "right"},
    ]

    (relation,) = answers(result)["relation"]

    assert relation["from"] == PER | {"labels": ["PER"]}
    assert relation["to"]["labels"] == ["ORG"]
    assert relation["direction"] == "right"


@pytest.mark.parametrize(
    "result",
    [None, [], [entry("choices", {"choices": []})], [entry("textarea", {"text": [""]})],
     [entry("number", {"number": None})]],
)  # fmt: skip
def test_an_empty_answer_is_no_answer(result):
    assert answers(result) == {}


@pytest.mark.parametrize(
    ("result", "place"),
    [
        ("text", "result"),
        ([7], "result/0"),
        ([entry("rating", {"rating": 1}), entry("choices", None)], "result/1/value"),
        ([{"type": "choices", "value": {}}], "result/0/from_name"),
        ([entry("choices", {"choices": [1]})], "result/value"),
        ([entry("choices", {"choices": 1})], "result/value"),
        ([entry("rating", {"rating": [4]})], "result/value/rating"),
        ([entry("taxonomy", {"taxonomy": ["flat", 7]})], "result/value"),
        ([entry("choices", {"choices": ["x"]}, "n" * 257)], "result/0/from_name"),
    ],
)
def test_a_result_that_is_none_is_refused_naming_the_place(result, place):
    with pytest.raises(InvalidEvent) as refusal:
        answers(result)

    assert (refusal.value.code, refusal.value.place) == ("bad_result", place)
