"""The generated parts of a page, as Markdown."""

from collections.abc import Mapping

import numpy as np
from crowds import Example

from labeltrust.charts import Seen
from labeltrust.policy.names import worded
from labeltrust.policy.settings import PolicySettings
from labeltrust.signals._base import Signal
from labeltrust.simulate import Planted, attacks

LEAST_P = 1e-12
"""Smaller p-values are no knowledge: the models are not as right as that."""

INTRODUCTION = """\
# What each signal sees

A signal is one reason to suspect a labeler. It says how far the labeler is from the honest
population, with an interval and the count behind it, or it is silent and says which data it misses.
Signals only state evidence: what opens a review and what freezes labels is decided over all signals
together, so one page's error rate is the rate of all.

- **Review flags**: of the labelers flagged, at most {flag} in expectation are honest
  (Benjamini-Hochberg over labelers, after combining each labeler's signals). A flag is a request to
  look, not a verdict.
- **Automatic freezes** of labels, reversible, rest on evidence that stays valid however often one
  looks (e-values): in expectation at most {freeze} of those frozen are honest. A case that rests on
  fewer than three independent accusers, or that good gold speaks against, is contested and freezes
  nothing.
- **A verdict on a person** is given by a person, after a blind audit of at least 25 disputed items.

Each page has a simulated crowd in which one attack was planted, so that you see what the signal
sees; the planted labelers are called *planted*. `make docs` draws them again.

| signal | the reason on a flag | needs | opens a flag alone |
|---|---|---|---|
"""
TRUST = """
Beside the signals stands the **trust score**: the probability that a labeler's accuracy, beyond
chance and averaged over the classes, is above the project's floor. Its reason is made of counts
("27 of 28 gold right; peers believe 81 % of 310 other labels; misses 9 of 14 fraud"), its interval
runs from trusting peers not at all to trusting them like gold, and it exists for each class too. It
falls within about a hundred labels of a change and rises slowly; many labels buy no trust. It
freezes nothing and is never shown to labelers or platforms.
"""


def filled(text: str, blocks: Mapping[str, str]) -> str:
    r"""Return a page with what stands between its marks replaced.

    >>> filled("<!-- facts -->old<!-- end -->", {"facts": "new"})
    '<!-- facts -->\nnew\n<!-- end -->'
    """
    for name, block in blocks.items():
        mark = f"<!-- {name} -->"
        before, rest = text.split(mark, 1)
        after = rest.split("<!-- end -->", 1)[1]
        text = f"{before}{mark}\n{block}\n<!-- end -->{after}"
    return text


def example_block(name: str, example: Example, seen: Seen, planted: Planted) -> str:
    """Return the chart, the crowd behind it, and what the signal says of the planted labelers."""
    crowd, planting = example.crowd, example.planting
    since = "" if planting.since_day is None else f" from day {planting.since_day:g} on"
    doing = attacks()[planting.attack].title
    who = "labeler" if planting.n_members == 1 else "labelers"
    lines = [
        f"![{seen.signal.title}]({name}.svg)",
        "",
        (
            f"A simulated crowd: {crowd.n_labelers} labelers, {crowd.n_items:,} items, "
            f"{crowd.labels_per_item} labels an item, {percent(crowd.gold_share)} of the items "
            f"gold; {planting.n_members} {who} planted (\u201c{doing}\u201d, at a rate of "
            f"{percent(planting.rate)}{since})."
        ),
        "",
        f"| labeler | {seen.signal.unit} | n | p-value | in detail |",
        "|---|---|---|---|---|",
    ]
    honest = np.setdiff1d(np.arange(crowd.n_labelers), planted.suspects)
    p_value = np.nan_to_num(seen.readings.p_value, nan=2.0)
    nearest = honest[np.argsort(p_value[honest], kind="stable")[:1]]
    return "\n".join(lines + [_row(seen, int(a)) for a in [*planted.suspects, *nearest]])


def _row(seen: Seen, labeler: int) -> str:
    found = seen.readings
    detail = worded(found.detail[labeler], seen.words)
    told = "; ".join(f"{key.replace('_', ' ')} {_plain(value)}" for key, value in detail.items())
    effect = [f"{x[labeler]:.2f}" for x in (found.effect, found.low, found.high)]
    size = f"{effect[0]} [{effect[1]}, {effect[2]}]"
    p_value = float(found.p_value[labeler])
    p_text = f"{p_value:.2g}" if p_value >= LEAST_P else f"under {LEAST_P:g}"
    name = seen.names.labelers[labeler]
    return f"| {name} | {size} | {found.n[labeler]} | {p_text} | {told} |"


def _plain(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(v)}" for key, v in value.items())
    if isinstance(value, (list, tuple)):
        return " / ".join(_plain(v) for v in value)
    return f"{value:.3g}" if isinstance(value, float) else str(value)


def facts_block(seen: Seen) -> str:
    """Return what a signal declares of itself, as a table."""
    signal, settings = seen.signal, PolicySettings()
    freezes = bool(np.isfinite(seen.readings.log_e).any()) and not signal.corroborates_only
    rows = {
        "the reason on a flag": signal.title,
        "what it measures": signal.unit,
        "who says so": "gold" if signal.rests_on == "gold" else "peers on the same items",
        "needs, beyond labels": needs_of(signal),
        "least data of a labeler": _least(seen),
        "kinds of labels": ", ".join(sorted(signal.levels)),
        "opens a review flag alone": "no, it only supports others"
        if signal.corroborates_only
        else f"yes, at the common rate of {percent(settings.flag_rate)}",
        "can freeze labels": f"yes, at the common rate of {percent(settings.freeze_rate)}"
        if freezes
        else "no",
        "share of the budget": _share(signal),
    }
    return "\n".join(["| | |", "|---|---|", *(f"| {k} | {v} |" for k, v in rows.items())])


def _share(signal: Signal) -> str:
    if signal.whole_from == 1:
        return f"{signal.weight:g}"
    return f"{signal.weight:g}, less of a labeler with under {signal.whole_from} labels"


def _least(seen: Seen) -> str:
    """Return the least data in the signal's own words: the last labeler has nothing at all."""
    _, takes, needs = seen.readings.reason[-1].partition("where it takes ")
    return needs if takes else f"{seen.signal.min_judgments} labels"


def percent(share: float) -> str:
    """Return a share in words.

    >>> percent(0.05), percent(0.001)
    ('5 %', '0.1 %')
    """
    return f"{100 * share:g} %"


def needs_of(signal: Signal) -> str:
    """Return the data that a signal needs, as words."""
    return ", ".join(sorted(signal.needs)) if signal.needs else "nothing"


def index_page(found: Mapping[str, Signal]) -> str:
    """Return the README of the folder."""
    settings = PolicySettings()
    rows = [
        f"| [{name.replace('_', ' ')}]({name}.md) | {signal.title} | {needs_of(signal)} | "
        f"{'no' if signal.corroborates_only else 'yes'} |"
        for name, signal in sorted(found.items())
    ]
    head = INTRODUCTION.format(
        flag=f"{percent(settings.flag_rate)}", freeze=f"{percent(settings.freeze_rate)}"
    )
    return head + "\n".join(rows) + "\n" + TRUST
