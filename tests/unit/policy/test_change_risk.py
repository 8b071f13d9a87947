"""What a training set has that the one before had not decides how much is tested."""

from dataclasses import replace

import pytest

from labeltrust.policy.change_risk import Contents, change_risk

BEFORE = Contents(
    judgments=1_000,
    by_labeler={"ann": 500, "ben": 500},
    sources=frozenset({"ls"}),
    kinds=frozenset({"human"}),
    classes=frozenset({("label", "benign"), ("label", "fraud")}),
    questions=frozenset({"label"}),
    guideline="3",
)


@pytest.mark.parametrize(
    ("more", "codes", "suite"),
    [
        ({}, [], "none"),
        ({"by_labeler": {"ann": 500}}, [], "none"),
        ({"by_labeler": {"ann": 510, "ben": 500}}, ["new_labels"], "light"),
        ({"by_labeler": {"ann": 451, "ben": 500, "cat": 49}}, ["new_labelers"], "light"),
        ({"by_labeler": {"ann": 450, "ben": 500, "cat": 50}}, ["many_new_labelers"], "full"),
        ({"sources": frozenset({"ls", "vendor"})}, ["new_source"], "full"),
        ({"kinds": frozenset({"human", "model"})}, ["new_kind"], "full"),
        ({"guideline": "4"}, ["guideline_changed"], "full"),
        ({"guideline": None}, [], "none"),
        ({"classes": BEFORE.classes | {("label", "unclear")}}, ["new_class"], "full"),
        (
            {
                "questions": frozenset({"label", "span"}),
                "classes": BEFORE.classes | {("span", "a")},
            },
            ["new_question"],
            "full",
        ),
    ],
)
def test_what_is_new_is_scored_and_what_went_is_not(more, codes, suite):
    found = change_risk(BEFORE, replace(BEFORE, **more))

    assert [reason.code for reason in found.reasons] == codes
    assert found.suite == suite
