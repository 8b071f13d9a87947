"""What a signal says of everybody, as the frame of a chart."""

import pytest

from labeltrust.charts import draw_effects
from labeltrust.policy.loudest import MOST
from labeltrust.services._case_charts import numbered
from labeltrust.services.draw_signal import Compared, effects

UNKNOWN = {"value": None, "reason": "too little data"}
SUSPECT = 1


def entry(name, value, *, p=0.5, q=0.9, number=2):
    known = {"value": value, "low": value - 0.1, "high": value + 0.1, "n": 50}
    said = {
        "signal": "spam",
        "estimate": UNKNOWN if p is None else known,
        "p_value": p,
        "q_value": q,
    }
    return {"id": number, "labeler": name, "signals": [said, said | {"signal": "turned"}]}


def compared(labelers, honest=(0.1, 0.5), of=90):
    return Compared(labelers=labelers, suspect=SUSPECT, honest=honest, of=of)


def test_the_suspect_is_shown_however_many_stand_out_more():
    louder = [entry(f"loud-{k}", 0.9, p=1e-9, q=1e-8) for k in range(MOST + 5)]
    mallory = entry("mallory", 0.4, p=0.2, number=SUSPECT)

    found = effects(compared([*louder, mallory]), "spam", 0.05)

    assert len(found) == MOST
    assert found[found["mine"]]["labeler"].tolist() == [numbered(SUSPECT)]
    assert set(found[~found["mine"]]["status"]) == {"stands out"}
    assert found["of"].iloc[0] == 90
    assert found["population"].iloc[0] == pytest.approx(0.3)


THREE = [entry(f"w{k}", 0.1 * k) for k in range(3)]


@pytest.mark.parametrize(
    ("labelers", "n"), [([], 0), ([entry("alice", 0.1, p=None)], 0), (THREE, 3)]
)
def test_too_few_to_compare_are_drawn_all_the_same(labelers, n):
    found = effects(compared(labelers, honest=None), "spam", 0.05)

    spec = draw_effects(found.assign(unit="share", title="Spam")).to_dict()

    assert len(found) == n
    assert spec["title"]["text"]


def test_a_signal_that_nobody_has_leaves_nothing_to_draw():
    assert effects(compared([entry("alice", 0.1)]), "unheard", 0.05).empty
