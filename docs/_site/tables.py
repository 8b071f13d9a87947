"""Settings, metrics, alerts and measures as tables, out of the code that knows them."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import get_type_hints

from labeltrust.domain.alerts import CODES
from labeltrust.domain.measures import MEASURES, Measure
from labeltrust.domain.setting_ranges import RANGES
from labeltrust.settings import PREFIX, About, Settings

_METRIC = re.compile(r"^# HELP (labeltrust_\w+) (.*)\n# TYPE \w+ (\w+)$", re.MULTILINE)


def setting_page() -> str:
    """Return every setting with default, range and meaning."""
    hints = get_type_hints(Settings, include_extras=True)
    rows = []
    for field in fields(Settings):
        about = next(one for one in hints[field.name].__metadata__ if isinstance(one, About))
        low, high = RANGES.get(field.name, (None, None))
        between = "" if low is None else f"{low:g} to {high:g}"
        name = f"`{PREFIX}{field.name.upper()}`"
        rows.append(
            (name, f"`{field.default}`" if field.default != "" else "", between, about.meaning)
        )
    words = (
        "Environment variables, read once at the start; one that is unknown is refused. "
        "`labeltrust settings` prints the effective values with secrets hidden."
    )
    return _page("Settings", words, ("variable", "default", "between", "meaning"), rows)


def metric_page(exposition: str) -> str:
    """Return every metric of `GET /metrics`."""
    rows = [(f"`{name}`", kind, said) for name, said, kind in _METRIC.findall(exposition)]
    words = "`GET /metrics` answers in the text format of Prometheus; these, and the process's own."
    return _page("Metrics", words, ("metric", "kind", "meaning"), sorted(rows))


def alert_page() -> str:
    """Return every code of an alert with its runbook."""
    rows = [
        (
            f"[`{code.name}`](../runbooks/{code.name}.md)",
            code.meaning,
            _word(code.opened),
            _word(code.ended),
        )
        for code in CODES.values()
    ]
    words = "What opens and ends each, and how people are told: [Alerts](../alerts.md)."
    return _page("Codes of alerts", words, ("code and runbook", "meaning", "opens", "ends"), rows)


def measure_page() -> str:
    """Return the measures as service level indicators."""
    rows = [
        (one.id, f"`{one.name}`", one.title, one.unit, one.bad, _objective(one))
        for one in MEASURES.values()
    ]
    words = "`labeltrust slis --project P` and `GET /v1/projects/{p}/slis` tell how each stands."
    heads = ("", "name", "title", "of", "bad", "objective")
    return _page("Measures", words, heads, rows)


def _objective(measure: Measure) -> str:
    if measure.objective is not None:
        return f"{100 * measure.objective:g} % good"
    return "the project's own past" if measure.own_objective else "none: each occurrence is told"


def _word(name: str) -> str:
    return f"`{name}`" if name else "never"


def _page(title: str, words: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"# {title}", "", words, "", _row(heads), "|" + "---|" * len(heads)]
    return "\n".join([*lines, *(_row(row) for row in rows)]) + "\n"


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
