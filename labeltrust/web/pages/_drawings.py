"""Charts of pages: their words for everybody, their specifications for who runs scripts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labeltrust import charts
from labeltrust.services.show_overview import Overview
from labeltrust.services.show_portrait import Drawn
from labeltrust.web.pages._visible import shortened, visible

Spec = dict[str, Any]
_WORD = 40
_NARROW = 400
"""Drawings up to this width, in pixels, stay as they are: maps of cells, which have a size."""


def _words(found: Sequence[str]) -> list[str]:
    """Return the words of classes as a chart shows them: short, with nothing hidden, all unlike."""
    shown: list[str] = []
    for place, word in enumerate(found):
        short = visible(shortened(word, _WORD))
        shown.append(f"{short} ({place + 1})" if short in shown else short)
    return shown


def labeler_summaries(drawn: Drawn) -> dict[str, str]:
    """Return each chart of a labeler in words, signals by `signals/NAME`."""
    words = _words(drawn.words)
    found = {
        "mix": charts.mix_words(charts.mix_frame(drawn.portrait, words)),
        "timeline": charts.timeline_words(charts.timeline_frame(drawn.portrait), drawn.onset),
    }
    for name, against in _CONFUSIONS.items():
        frame = charts.confusion_frame(drawn.portrait, words, against)
        found[name] = charts.confusion_words(frame, against)
    sizes = drawn.figures.get("sizes", {})
    for reading in drawn.entry["signals"]:
        name = reading["signal"]
        found[f"signals/{name}"] = charts.standing_words(sizes.get(name, {}), reading)
    return found


_CONFUSIONS: Mapping[str, str] = {"confusion": "gold", "consensus": "believed"}


def confusion_table(drawn: Drawn, name: str) -> tuple[list[str], list[tuple[str, list[float]]]]:
    """Return the words of the columns, and for each true class that there is its counts."""
    words = _words(drawn.words)
    table = drawn.portrait.get(_CONFUSIONS[name], [])
    rows = [(words[t], row) for t, row in enumerate(table) if sum(row) > 0]
    return words, rows


def labeler_spec(drawn: Drawn, name: str) -> Spec | None:
    """Return the specification of a chart of a labeler, None where there is no such chart."""
    words = _words(drawn.words)
    found = drawn.portrait
    if name in _CONFUSIONS:
        against = _CONFUSIONS[name]
        frame = charts.confusion_frame(found, words, against)
        return _spec(charts.draw_confusion(frame, words, against))
    drawings: Mapping[str, Callable[[], Any]] = {
        "mix": lambda: charts.draw_mix(charts.mix_frame(found, words), words),
        "timeline": lambda: charts.draw_timeline(charts.timeline_frame(found), drawn.onset),
    }
    draw = drawings.get(name)
    return None if draw is None else _spec(draw())


def signal_spec(drawn: Drawn, signal: str) -> Spec | None:
    """Return the specification of a signal's chart, None where there is no such signal."""
    sizes = drawn.figures.get("sizes", {}).get(signal)
    reading = next((r for r in drawn.entry["signals"] if r["signal"] == signal), None)
    if sizes is None or reading is None:
        return None
    return _spec(charts.draw_standing(sizes, reading))


def overview_summaries(overview: Overview) -> dict[str, str]:
    """Return each chart of a project in words."""
    days = charts.days_frame(overview.figures, _words(overview.figures.get("words", [])))
    return {
        "agreement": charts.agreement_words(_agreement(overview)),
        "labels": charts.days_words(days),
    }


def overview_spec(overview: Overview, name: str) -> Spec | None:
    """Return the specification of a chart of a project, None where there is no such chart."""
    if name == "agreement":
        return _spec(charts.draw_agreement(_agreement(overview)))
    if name == "labels":
        words = _words(overview.figures.get("words", []))
        events = [(one.at, f"{one.kind} #{one.number}") for one in overview.happenings]
        return _spec(charts.draw_days(charts.days_frame(overview.figures, words), events))
    return None


def _agreement(overview: Overview) -> Any:  # noqa: ANN401 - a frame; pages do not import pandas
    return charts.agreement_frame([point.model_dump() for point in overview.points])


def _spec(drawing: Any) -> Spec:  # noqa: ANN401 - any drawing
    """Return a drawing as JSON values, as wide as its place on the page where it is one view.

    The page says the title above it; how to read it stays.
    """
    found: Spec = drawing.to_dict(validate=False)
    found["title"] = {**found["title"], "text": ""}
    if "vconcat" not in found and found.get("width", 0) > _NARROW:
        found |= {"width": "container", "autosize": {"type": "fit-x", "contains": "padding"}}
    return found
