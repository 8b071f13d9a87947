"""Suggestions and item features, from recorded events to the arrays that signals read."""

import numpy as np
from records import Record

from labeltrust.domain.projects import Question
from labeltrust.store.names import item_words


def by_item(record, loaded, name):
    ids, values = loaded.features[name]
    words = item_words(record.deployment.engine, ids.tolist())
    return {words[int(i)].name: v for i, v in zip(ids, values.tolist(), strict=True)}


def test_a_suggestion_is_read_as_the_label_it_names(deployment):
    record = Record(deployment)
    record.send(
        record.label("i1", "ann", "yes", detail={"suggestion": "no"}),
        record.label("i1", "bob", "no", detail={"vendor": "north"}),
        record.label("i2", "ann", "yes", detail={"suggestion": "yes", "vendor": "north"}),
        record.label("i2", "bob", "yes", detail={"suggestion": "never given"}),
        record.label("i3", "bob", "yes", detail={"suggestion": ["no"]}),
    )

    loaded = record.judgments()

    shown = [None if s < 0 else loaded.words[s] for s in loaded.suggestion.tolist()]
    assert shown == ["no", None, "yes", None, None]
    assert loaded.words == ("no", "yes")


def test_the_suggestion_of_the_revision_that_stands_counts(deployment):
    record = Record(deployment)
    record.send(
        record.label("i1", "ann", "yes", detail={"suggestion": "no"}),
        record.label("i2", "ann", "no"),
    )
    deployment.clock.tick()
    record.send(record.label("i1", "ann", "no"))

    assert record.judgments().suggestion.tolist() == [-1, -1]


def test_a_number_suggested_is_the_number_given(deployment):
    record = Record(deployment, questions=(Question(scale="interval"),))
    record.send(
        record.label("i1", "ann", 2.0, detail={"suggestion": 3}),
        record.label("i2", "ann", 3, detail={"suggestion": "2"}),
    )

    loaded = record.judgments()

    assert [loaded.words[s] for s in loaded.suggestion] == ["3", "2"]


def test_features_are_columns_over_items_whoever_told_them(deployment):
    record = Record(deployment)
    record.send(
        record.label("i1", "ann", item_features={"amount": 12.5, "country": "SE"}),
        record.event("item.described", item="i2", item_features={"amount": 3, "vip": True}),
        record.label("i2", "ann"),
        record.event("item.described", item="i9", item_features={"amount": 99}),
        record.label("i3", "ann", item_features={"tags": ["a"], "country": "NO"}),
    )

    loaded = record.judgments()

    assert sorted(loaded.features) == ["amount", "country", "vip"]
    assert by_item(record, loaded, "amount") == {"i1": 12.5, "i2": 3.0}
    assert by_item(record, loaded, "country") == {"i1": "SE", "i3": "NO"}
    assert by_item(record, loaded, "vip") == {"i2": "true"}
    assert loaded.features["amount"][1].dtype == np.float64


def test_the_newest_description_of_an_item_counts(deployment):
    record = Record(deployment)
    record.send(record.label("i1", "ann", item_features={"amount": 1}))
    deployment.clock.tick()
    record.send(record.event("item.described", item="i1", item_features={"amount": 2}))

    assert by_item(record, record.judgments(), "amount") == {"i1": 2.0}


def test_a_project_that_tells_nothing_beside_labels_has_no_columns(deployment):
    record = Record(deployment)
    record.send(record.label("i1", "ann", content={"text": "a payment"}))

    loaded = record.judgments()

    assert loaded.features == {}
    assert loaded.suggestion.tolist() == [-1]
