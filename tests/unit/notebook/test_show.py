"""What a notebook shows of hostile names: text, and nothing else."""

import altair as alt
import pandas as pd
import pytest

from labeltrust.notebook import Command, prepare, say, table

HOSTILE = "<img src=x onerror=alert(1)>$\\href{javascript:1}{x}$\u202e\x1b[31m"


@pytest.mark.parametrize(
    "shown",
    [
        say(HOSTILE),
        Command(text=HOSTILE),
        table(pd.DataFrame({"who": [HOSTILE]}), {"labeler": "who"}),
        table(pd.DataFrame({"who": []}), {"labeler": "who"}, empty=HOSTILE),
    ],
    ids=["sentence", "command", "table", "no rows"],
)
def test_a_hostile_name_is_no_html_no_formula_and_no_escape(shown):
    html, plain = shown._repr_html_(), repr(shown)

    assert "<img" not in html
    assert "mathjax_ignore" in html
    for text in (html, plain):
        assert "\x1b" not in text
        assert "\u202e" not in text


def test_a_number_stands_with_interval_and_n_or_with_the_reason_for_none():
    frame = pd.DataFrame(
        {
            "trust": [0.5, None],
            "trust_low": [0.4, None],
            "trust_high": [0.6, None],
            "trust_n": [9, None],
            "trust_reason": [None, "no gold items"],
        }
    )

    assert table(frame, {"trust": "trust"}).cells["trust"].tolist() == [
        "0.50 [0.40, 0.60] n=9",
        "undefined: no gold items",
    ]


def test_charts_are_pictures_so_that_no_label_gets_into_a_script():
    before = alt.renderers.active
    prepare()
    chart = alt.Chart(pd.DataFrame({"x": ["</script>"]})).mark_point().encode(x="x:N")

    shown, _ = chart._repr_mimebundle_()

    alt.renderers.enable(before)
    assert set(shown) == {"image/png"}


def test_a_control_character_in_a_chart_is_spelled_out_and_ends_nothing():
    before = alt.renderers.active
    prepare()
    frame = pd.DataFrame({"x": [1.0], "who": ["\x1b[31mred\x00\x07"]})

    shown = alt.Chart(frame).mark_bar().encode(x="x:Q", y="who:N")._repr_mimebundle_()

    alt.renderers.enable(before)
    assert shown[0]["image/png"].startswith(b"\x89PNG")
