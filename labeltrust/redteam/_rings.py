"""Rings and accusers that an appraisal names, read from what it says to people."""

from collections.abc import Mapping, Sequence

from labeltrust.services.appraise import Appraisal

_NAMED = "labeler-"
_WHO = ("labeler", "members")


def named_rings(found: Appraisal) -> list[set[int]]:
    """Return the labelers of each ring that the assessment names, as codes, strongest first."""
    return [set(ring.members.tolist()) for said in found.readings.values() for ring in said.groups]


def accusers_named(found: Appraisal) -> set[int]:
    """Return the labelers whom the evidence of any flag names as one dense party of accusers."""
    told = [flag.state.evidence.get("accusers", ()) for flag in found.flags]
    dense = [
        codes_in(one)
        for accusers in told
        if isinstance(accusers, Sequence)
        for one in accusers
        if isinstance(one, Mapping) and one.get("dense")
    ]
    return set().union(*dense)


def codes_in(told: object) -> set[int]:
    """Return the codes of labelers in a plain JSON value, by name or by id.

    >>> sorted(codes_in({"members": ["labeler-3", 5], "n": 40}))
    [3, 5]
    """
    if isinstance(told, str):
        return {int(told.removeprefix(_NAMED))} if told.startswith(_NAMED) else set()
    if isinstance(told, int):
        return {told}
    if isinstance(told, Mapping):
        return set().union(*(codes_in(told[key]) for key in _WHO if key in told))
    if isinstance(told, Sequence):
        return set().union(*(codes_in(value) for value in told))
    return set()
