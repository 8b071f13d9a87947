"""The projects in the scope of a person or key, as kept in one column."""

import json


def scope_text(projects: tuple[str, ...] | None) -> str | None:
    """Return the column's text of a scope; None means all projects.

    >>> scope_text(("b", "a"))
    '["a", "b"]'
    """
    return None if projects is None else json.dumps(sorted(set(projects)))


def scope_of(text: str | None) -> tuple[str, ...] | None:
    """Return the scope of a column's text.

    >>> scope_of('["a"]')
    ('a',)
    """
    return None if text is None else tuple(json.loads(text))
