"""Charts of pages: their words for everybody, their specifications for who runs scripts."""

import textwrap
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from labeltrust import charts
from labeltrust.services.draw_signal import CaseDrawing
from labeltrust.services.show_overview import Overview
from labeltrust.services.show_portrait import Drawn
from labeltrust.web.pages._visible import shortened, visible

Spec = dict[str, Any]
_WORD = 40
_TEXT = 80
"""Longest text of a cell that is no name, such as a pair of classes."""
_LINE = 34
"""Letters of an axis title that a phone has room for."""
_WIDE = 400
"""Drawings wider than this, in pixels, are as wide as the page; others at most as wide as drawn."""
_BESIDE = 80
"""Pixels beside the plot of a narrow drawing, for its axis."""


def words_of(found: Sequence[str]) -> list[str]:
    """Return the words of classes as a chart shows them: short, with nothing hidden, all unlike."""
    shown: list[str] = []
    for place, word in enumerate(found):
        short = visible(shortened(word, _WORD))
        shown.append(f"{short} ({place + 1})" if short in shown else short)
    return shown


def labeler_summaries(drawn: Drawn) -> dict[str, str]:
    """Return each chart of a labeler in words, signals by `signals/NAME`."""
    words = words_of(drawn.words)
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
    words = words_of(drawn.words)
    table = drawn.portrait.get(_CONFUSIONS[name], [])
    rows = [(words[t], row) for t, row in enumerate(table) if sum(row) > 0]
    return words, rows


def labeler_spec(drawn: Drawn, name: str) -> Spec | None:
    """Return the specification of a chart of a labeler, None where there is no such chart."""
    words = words_of(drawn.words)
    found = drawn.portrait
    if name in _CONFUSIONS:
        against = _CONFUSIONS[name]
        frame = charts.confusion_frame(found, words, against)
        return spec_of(charts.draw_confusion(frame, words, against))
    drawings: Mapping[str, Callable[[], Any]] = {
        "mix": lambda: charts.draw_mix(charts.mix_frame(found, words), words),
        "timeline": lambda: charts.draw_timeline(charts.timeline_frame(found), drawn.onset),
    }
    draw = drawings.get(name)
    return None if draw is None else spec_of(draw())


def signal_spec(drawn: Drawn, signal: str) -> Spec | None:
    """Return the specification of a signal's chart, None where there is no such signal."""
    sizes = drawn.figures.get("sizes", {}).get(signal)
    reading = next((r for r in drawn.entry["signals"] if r["signal"] == signal), None)
    if sizes is None or reading is None:
        return None
    return spec_of(charts.draw_standing(sizes, reading))


def parting_spec(hours: Sequence[Sequence[int]]) -> Spec:
    """Return the specification of how often a model and the one before it part."""
    return spec_of(charts.draw_parting(charts.parting_frame(hours)))


def parting_summary(hours: Sequence[Sequence[int]]) -> str:
    """Return the same in words."""
    return charts.parting_words(charts.parting_frame(hours))


def case_spec(drawing: CaseDrawing) -> Spec:
    """Return the specification of a signal's chart in a case; the suspect bears a triangle."""
    keys = list(drawing.names)
    shown = dict(zip(keys, words_of(list(drawing.names.values())), strict=True))
    if drawing.suspect in shown:
        shown[drawing.suspect] = charts.MARK + shown[drawing.suspect]
    texts = {  # as objects, of which JSON is made twice as fast
        name: drawing.frame[name].map(lambda cell: _shown(cell, shown)).astype(object)
        for name in map(str, drawing.frame)
        if str(drawing.frame[name].dtype) in {"object", "str"}
    }
    draw = charts.chart_of(drawing.signal).draw if drawing.kept else charts.draw_effects
    return spec_of(draw(drawing.frame.assign(**texts)))


def _shown(cell: object, names: Mapping[str, str]) -> object:
    """Return a cell of a frame as a chart shows it: names for keys, and nothing hidden."""
    if not isinstance(cell, str):
        return cell
    return names.get(cell) or visible(shortened(cell, _TEXT))


def overview_summaries(overview: Overview) -> dict[str, str]:
    """Return each chart of a project in words."""
    days = charts.days_frame(overview.figures, words_of(overview.figures.get("words", [])))
    return {
        "agreement": charts.agreement_words(_agreement(overview)),
        "labels": charts.days_words(days),
    }


def overview_spec(overview: Overview, name: str) -> Spec | None:
    """Return the specification of a chart of a project, None where there is no such chart."""
    if name == "agreement":
        return spec_of(charts.draw_agreement(_agreement(overview)))
    if name == "labels":
        words = words_of(overview.figures.get("words", []))
        events = [(one.at, f"{one.kind} #{one.number}") for one in overview.happenings]
        return spec_of(charts.draw_days(charts.days_frame(overview.figures, words), events))
    return None


def _agreement(overview: Overview) -> Any:  # noqa: ANN401 - a frame; pages do not import pandas
    return charts.agreement_frame([point.model_dump() for point in overview.points])


def spec_of(drawing: Any) -> Spec:  # noqa: ANN401 - any drawing
    """Return a drawing as JSON values, as wide as its place on the page where it is one view.

    What it shows and how to read it stand in `usermeta`: the page says both beside the picture, in
    lines that fit a phone.
    """
    found: Spec = drawing.to_dict(validate=False)
    title = found.pop("title")
    found["usermeta"] = {"title": title["text"], "how": " ".join(title["subtitle"])}
    _wrap(found)
    width = found.get("width")
    if width is not None and not _is_map(found):
        found |= {"width": "container", "autosize": {"type": "fit-x", "contains": "padding"}}
        found["usermeta"]["most"] = None if width > _WIDE else width + _BESIDE
    return found


def _is_map(found: Spec) -> bool:
    """Say whether a drawing is a map of cells, which have a size."""
    layers = found.get("layer", [found])
    return any(one.get("encoding", {}).get("x", {}).get("type") == "nominal" for one in layers)


def _wrap(part: Any) -> None:  # noqa: ANN401 - any part of a specification
    """Break the titles of axes from left to right into lines, or they would squeeze the picture."""
    if isinstance(part, list):
        for one in part:
            _wrap(one)
    if not isinstance(part, dict):
        return
    axis = part.get("x")
    if isinstance(axis, dict) and isinstance(axis.get("title"), str):
        axis["title"] = textwrap.wrap(axis["title"], _LINE)
    for name, one in part.items():
        if name != "datasets":
            _wrap(one)


def drift_summary(line: Mapping[str, Any]) -> str:
    """Return the chart of a feature's drift in words."""
    return charts.drift_words(_drift_frame(line))


def drift_spec(line: Mapping[str, Any]) -> Spec:
    """Return the specification of the chart of a feature's drift."""
    feature = visible(shortened(str(line["feature"]), _WORD))
    return spec_of(charts.draw_drift(_drift_frame(line), feature))


def _drift_frame(line: Mapping[str, Any]) -> Any:  # noqa: ANN401 - pandas, kept out of this layer
    words = words_of([str(word) for word, *_ in line["shares"]])
    shares = [[w, a, b] for w, (_, a, b) in zip(words, line["shares"], strict=True)]
    return charts.drift_frame(shares)
