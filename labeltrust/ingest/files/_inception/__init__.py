"""The two formats of documents in INCEpTION's exports that are read."""

from collections.abc import Callable, Mapping

from labeltrust.ingest.files._parts import Part

Layers = Mapping[str, list[Part]]
"""Spans by `Layer.feature`, offsets in UTF-16 units as INCEpTION counts."""

Read = Callable[[str], tuple[str | None, Layers]]
"""Returns a document's text, where it is there, and its spans."""


def short(layer: str) -> str:
    """Return a layer's name without its package.

    >>> short("de.tudarmstadt.ukp.dkpro.core.api.ner.type.NamedEntity")
    'NamedEntity'
    """
    return layer.rpartition(".")[2]


def named(layer: str, feature: str) -> str:
    """Return the question of a feature of a layer.

    >>> named("webanno.custom.Fraud", "kind"), named("webanno.custom.Fraud", "")
    ('Fraud.kind', 'Fraud')
    """
    return f"{short(layer)}.{feature}" if feature else short(layer)
