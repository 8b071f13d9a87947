"""Thresholds of a project: those in force, and the same project under others."""

from dataclasses import replace

from labeltrust.domain.projects import Project
from labeltrust.policy.thresholds import THRESHOLDS, Thresholds, checked_thresholds, thresholds_of
from labeltrust.services._appraisal import rules_of
from labeltrust.settings import Settings


def in_force(settings: Settings, project: Project) -> dict[str, float | None]:
    """Return the thresholds of a project by name, None where one is left to the crowd."""
    return thresholds_of(rules_of(settings, project))


def under(project: Project, wanted: Thresholds) -> Project:
    """Return a project as it would be; None takes away what it set for itself.

    Raises:
        InvalidInput: Names the threshold and its range.
    """
    policy, floors = dict(project.policy), dict(project.floors)
    for name, value in checked_thresholds(wanted).items():
        kept, key = (floors, THRESHOLDS[name].floor) if THRESHOLDS[name].floor else (policy, name)
        if value is None:
            kept.pop(key, None)
        else:
            kept[key] = value
    return replace(project, policy=policy, floors=floors)


def differing(
    settings: Settings, before: Project, after: Project
) -> dict[str, tuple[float | None, float | None]]:
    """Return the thresholds that differ between two states: name to (before, after)."""
    old, new = in_force(settings, before), in_force(settings, after)
    return {name: (old[name], new[name]) for name in THRESHOLDS if old[name] != new[name]}
