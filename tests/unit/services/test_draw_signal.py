"""What a signal says of everybody, as the frame of a chart."""

import pytest

from labeltrust.charts import draw_effects
from labeltrust.services.draw_signal import SHOWN, effects

UNKNOWN = {"value": None, "reason": "too little data"}


def entry(name, value, *, p=0.5, q=0.9, flag=None):
    known = {"value": value, "low": value - 0.1, "high": value + 0.1, "n": 50}
    said = {
        "signal": "spam",
        "estimate": UNKNOWN if p is None else known,
        "p_value": p,
        "q_value": q,
    }
    return {"labeler": name, "flag": flag, "signals": [said, said | {"signal": "turned"}]}


def crowd(n=60):
    return [entry(f"labeler-{k}", 0.3 * (k % 7)) for k in range(n)]


def test_the_suspect_is_marked_and_shown_however_many_stand_out_more():
    louder = [entry(f"loud-{k}", 0.9, p=1e-9, q=1e-8, flag={"id": k}) for k in range(SHOWN + 5)]

    found = effects([*crowd(), *louder, entry("mallory", 0.4, p=0.2)], "spam", "mallory", 0.05)

    assert len(found) == SHOWN
    assert "\u25b8 mallory" in set(found["labeler"])
    assert set(found[found["labeler"].str.startswith("loud")]["status"]) == {"stands out"}
    assert found["of"].iloc[0] == 60 + SHOWN + 5 + 1
    assert found["honest_low"].iloc[0] < found["honest_high"].iloc[0]


@pytest.mark.parametrize("labelers", [[], [entry("alice", 0.1, p=None)], crowd(3)])
def test_too_few_to_compare_are_drawn_all_the_same(labelers):
    found = effects(labelers, "spam", "alice", 0.05)

    spec = draw_effects(found.assign(unit="share", title="Spam")).to_dict()

    assert len(found) == (3 if len(labelers) == 3 else 0)
    assert spec["title"]["text"]


def test_a_signal_that_nobody_has_leaves_nothing_to_draw():
    assert effects(crowd(), "unheard", "labeler-1", 0.05).empty
