"""Charts of the dashboards: their words for everybody, their specifications for scripts."""

from collections.abc import Mapping, Sequence
from typing import Any

from labeltrust import charts
from labeltrust.services.dashboards.debug import ClassShare
from labeltrust.services.dashboards.executive import Executive
from labeltrust.services.slis.document import SliEntry
from labeltrust.web.pages._drawings import Spec, spec_of, words_of

EXECUTIVE = ("agreement", "provenance", "budgets")


def executive_summaries(found: Executive) -> dict[str, str]:
    """Return each chart of the executive dashboard in words."""
    return {
        "agreement": charts.agreement_words(charts.agreement_frame(_points(found))),
        "provenance": charts.provenance_words(charts.provenance_frame(_points(found))),
        "budgets": budgets_summary(found.slis),
    }


def budgets_summary(slis: Sequence[SliEntry]) -> str:
    """Return in words what is left of the budgets of a project."""
    return charts.budget_words(charts.budget_frame(_budgets(slis)))


def executive_spec(found: Executive, name: str) -> Spec | None:
    """Return the specification of a chart of that dashboard, None where there is none."""
    if name == "agreement":
        return spec_of(charts.draw_agreement(charts.agreement_frame(_points(found))))
    if name == "provenance":
        return spec_of(charts.draw_provenance(charts.provenance_frame(_points(found))))
    if name == "budgets":
        return spec_of(charts.draw_budgets(charts.budget_frame(_budgets(found.slis))))
    return None


def mix_summary(classes: Sequence[ClassShare]) -> str:
    """Return the histograms before and after in words."""
    return charts.mix_change_words(charts.mix_change_frame(_classes(classes)))


def mix_spec(classes: Sequence[ClassShare]) -> Spec:
    """Return the specification of the histograms before and after."""
    return spec_of(charts.draw_mix_change(charts.mix_change_frame(_classes(classes))))


def _classes(found: Sequence[ClassShare]) -> list[tuple[str, int, int]]:
    words = words_of([one.label for one in found])
    return [(word, one.before, one.now) for word, one in zip(words, found, strict=True)]


def _points(found: Executive) -> list[Mapping[str, Any]]:
    return [point.model_dump() for point in found.points]


def _budgets(slis: Sequence[SliEntry]) -> list[Mapping[str, Any]]:
    return [
        {
            "title": one.title,
            "left": one.budget_left.value,
            "low": getattr(one.budget_left, "low", None),
            "high": getattr(one.budget_left, "high", None),
        }
        for one in slis
    ]
