"""Charts of dashboards: valid drawings, and words that say the same."""

from datetime import UTC, datetime

from labeltrust import charts

AT = datetime(2026, 11, 1, tzinfo=UTC)


def budget(title, left):
    return {"title": title, "left": left, "low": left - 0.1, "high": left + 0.1}


def test_an_overspent_budget_is_named_and_drawn_within_the_scale():
    unknown = {"title": "c", "left": None, "low": None, "high": None}
    found = charts.budget_frame([budget("a", -9.0), budget("b", 0.5), unknown])

    drawn = charts.draw_budgets(found).to_dict()

    assert charts.budget_words(found) == "Overspent: a. The least is left of a: -900%."
    assert found["measure"].tolist() == ["a", "b"]
    assert min(row["shown"] for rows in drawn["datasets"].values() for row in rows) == -1.0
    assert charts.budget_words(found[1:]).startswith("No budget is overspent.")


def test_without_numbers_words_say_so_and_pictures_are_drawn():
    for frame, words, draw in (
        (charts.budget_frame([]), charts.budget_words, charts.draw_budgets),
        (charts.provenance_frame([]), charts.provenance_words, charts.draw_provenance),
        (charts.mix_change_frame([]), charts.mix_change_words, charts.draw_mix_change),
    ):
        assert draw(frame).to_dict()
        assert words(frame)


def test_provenance_is_told_as_what_lacks_it():
    points = [{"as_of": AT, "provenance": 1.0}, {"as_of": AT, "provenance": 0.75}]
    found = charts.provenance_frame([*points, {"as_of": AT, "provenance": None}])

    assert len(found) == 2
    assert charts.provenance_words(found).startswith("25.00% of the labels")
    assert charts.provenance_words(found[:1]) == "Every label says where it came from."


def test_the_class_that_moved_most_is_named_and_rare_ones_are_one():
    classes = [("benign", 800, 500), ("fraud", 200, 500), *((f"c{k}", 1, 0) for k in range(20))]
    found = charts.mix_change_frame(classes)

    words = charts.mix_change_words(found)

    assert found["label"].nunique() == 13
    assert "50.0% this week" in words
    assert found[found["when"] == "this week"]["labels"].sum() == 1_000
    assert charts.draw_mix_change(found).to_dict()
