"""The answers inside a Label Studio annotation: its `result` list, control by control.

| control | label |
| --- | --- |
| Choices | the choice; a list of choices where there are several |
| Taxonomy | the path joined by `/`, one inside a name masked by a backslash; a list of several |
| Rating, Number | the number |
| DateTime, Pairwise | the text, `left` or `right` |
| TextArea | the texts, joined by line ends |
| Ranker | a list of `{"bucket", "items"}`, the items in their rank order |
| Labels, RectangleLabels, PolygonLabels, other regions | a list of `value`s, classes in `labels` |
| Relation | a list of `{"from", "to", "direction"}` with the two regions in it |

Regions and relations are sorted, so that the order of drawing makes no other label. An entry
without an answer (no choice ticked, an empty text) is no answer.
"""

import json
from collections.abc import Callable, Mapping
from typing import cast

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import LabelValue
from labeltrust.ingest._fields import MAX_NAME_CHARACTERS
from labeltrust.ingest._strict_json import shown

Entry = Mapping[str, object]
RELATION = "relation"


def answers(result: object) -> dict[str, LabelValue]:
    """Return the label of each control that was answered, by the control's name.

    Args:
        result: The `result` of an annotation or prediction; None and [] hold no answer.

    Raises:
        InvalidEvent: `bad_result`, naming the entry.

    >>> answers([{"from_name": "verdict", "type": "choices", "value": {"choices": ["fraud"]}}])
    {'verdict': 'fraud'}
    """
    found: dict[str, LabelValue] = {}
    for name, entries in _by_control(result).items():
        label = _label(entries, result)
        if label not in (None, "", []):
            found[name] = label
    return found


def _by_control(result: object) -> dict[str, list[Entry]]:
    if result is None:
        return {}
    if not isinstance(result, list):
        raise _bad("result", f"is {shown(result)}, not a list")
    controls: dict[str, list[Entry]] = {}
    for number, entry in enumerate(result):
        if not isinstance(entry, dict):
            raise _bad(f"result/{number}", f"is {shown(entry)}, not an object")
        name = RELATION if entry.get("type") == RELATION else entry.get("from_name")
        if not isinstance(name, str) or not 0 < len(name) <= MAX_NAME_CHARACTERS:
            raise _bad(f"result/{number}/from_name", "names no control in 1 to 256 characters")
        if name != RELATION and not isinstance(entry.get("value"), dict):
            raise _bad(f"result/{number}/value", "is missing or no object")
        controls.setdefault(name, []).append(entry)
    return controls


def _label(entries: list[Entry], result: object) -> LabelValue:
    kinds = {_text(entry, "type") for entry in entries}
    kind = kinds.pop() if len(kinds) == 1 else ""
    if kind == RELATION:
        return _relations(entries, cast("list[Entry]", result))
    read = _READERS.get(kind)
    if read is None or _on_regions(entries):
        return _ordered([_region(entry) for entry in entries])
    return read([cast("Entry", entry["value"]) for entry in entries])


def _on_regions(entries: list[Entry]) -> bool:
    """Return whether an answer belongs to a part of the item (`perRegion` controls)."""
    return any({"start", "x", "points"} & cast("Entry", e["value"]).keys() for e in entries)


def _choices(values: list[Entry]) -> LabelValue:
    return _one_or_list([text for value in values for text in _texts(value.get("choices"))])


def _taxonomy(values: list[Entry]) -> LabelValue:
    paths = [path for value in values for path in _list(value.get("taxonomy"))]
    return _one_or_list(["/".join(n.replace("/", "\\/") for n in _texts(p)) for p in paths])


def _textarea(values: list[Entry]) -> LabelValue:
    return "\n".join(text for value in values for text in _texts(value.get("text")))


def _ranker(values: list[Entry]) -> LabelValue:
    buckets = [value.get("ranker") for value in values]
    return [
        {"bucket": name, "items": items}
        for bucket in buckets
        for name, items in sorted(cast("Entry", bucket).items() if isinstance(bucket, dict) else [])
    ]


def _scalar(key: str) -> Callable[[list[Entry]], LabelValue]:
    def read(values: list[Entry]) -> LabelValue:
        label = values[-1].get(key)
        if label is None or isinstance(label, str | int | float):
            return label
        raise _bad(f"result/value/{key}", f"is {shown(label)}, neither text nor number")

    return read


_READERS: Mapping[str, Callable[[list[Entry]], LabelValue]] = {
    "choices": _choices,
    "taxonomy": _taxonomy,
    "textarea": _textarea,
    "ranker": _ranker,
    "rating": _scalar("rating"),
    "number": _scalar("number"),
    "datetime": _scalar("datetime"),
    "pairwise": _scalar("selected"),
}


def _region(entry: Entry) -> dict[str, object]:
    """Return a region's value with its classes under `labels`, whatever the control's type."""
    kind, value = _text(entry, "type"), entry.get("value")
    parts = value if isinstance(value, dict) else {}
    region = {key: part for key, part in parts.items() if key != kind}
    if kind in parts:
        region["labels"] = parts[kind]
    return region


def _text(entry: Entry, key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _relations(entries: list[Entry], result: list[Entry]) -> LabelValue:
    regions = {_text(entry, "id"): _region(entry) for entry in result if _text(entry, "id")}
    return _ordered(
        [
            {
                "from": regions.get(_text(entry, "from_id")),
                "to": regions.get(_text(entry, "to_id")),
                "direction": entry.get("direction"),
            }
            for entry in entries
        ]
    )


def _ordered(regions: list[dict[str, object]]) -> LabelValue:
    return cast("list[object]", sorted(regions, key=lambda r: json.dumps(r, sort_keys=True)))


def _one_or_list(texts: list[str]) -> LabelValue:
    return texts[0] if len(texts) == 1 else cast("list[object]", texts)


def _list(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    raise _bad("result/value", f"holds {shown(value)} where a list belongs")


def _texts(value: object) -> list[str]:
    texts = [value] if isinstance(value, str) else _list(value)
    if all(isinstance(text, str) for text in texts):
        return cast("list[str]", texts)
    raise _bad("result/value", "holds something else where texts belong")


def _bad(place: str, detail: str) -> InvalidEvent:
    return InvalidEvent(detail, place=place, code="bad_result")
