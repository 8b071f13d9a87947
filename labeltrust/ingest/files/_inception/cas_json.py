"""UIMA CAS JSON: feature structures, of which those with begin and end are annotations."""

from collections.abc import Iterator

from labeltrust.domain.errors import UnreadableDelivery
from labeltrust.ingest._strict_json import check, read_json
from labeltrust.ingest.files._around import Json, a_text, an_object, maybe_text
from labeltrust.ingest.files._inception import Layers, named
from labeltrust.ingest.files._parts import Part, span

KEY = "%FEATURE_STRUCTURES"
_TYPE = "%TYPE"
_SOFA = "uima.cas.Sofa"
_DKPRO = "de.tudarmstadt.ukp.dkpro.core.api."
_OWN = (
    "uima.",
    f"{_DKPRO}segmentation.",
    f"{_DKPRO}metadata.",
    "de.tudarmstadt.ukp.clarin.webanno.api.type.",
)


def read_cas(text: str) -> tuple[str | None, Layers]:
    """Return text and spans of a document.

    Tokens, sentences and metadata are no labels; relations and slots are not read.

    Raises:
        UnreadableDelivery: No CAS JSON.
        InvalidEvent: A broken feature structure, which it names.

    >>> one = '{"%ID": 2, "%TYPE": "custom.Fraud", "begin": 0, "end": 4, "kind": "stolen"}'
    >>> read_cas('{"%FEATURE_STRUCTURES": [' + one + "]}")[1]
    {'Fraud.kind': [{'start': 0, 'end': 4, 'label': 'stolen'}]}
    """
    tree = read_json(text.encode())
    check(tree)
    told = an_object(tree, "document")
    if KEY not in told:
        raise UnreadableDelivery(f"no CAS JSON: has no {KEY}", code="bad_cas")
    layers: dict[str, list[Part]] = {}
    document = None
    for number, one in _structures(told[KEY]):
        kind = a_text(one.get(_TYPE), f"{KEY}/{number}/{_TYPE}")
        if kind == _SOFA:
            document = maybe_text(one.get("sofaString"))
        elif "begin" in one and "end" in one and not kind.startswith(_OWN):
            for question, part in _spans(one, kind, f"{KEY}/{number}"):
                layers.setdefault(question, []).append(part)
    return document, layers


def _structures(value: object) -> Iterator[tuple[object, Json]]:
    """Yield them from a list, or from an object by id as early versions wrote."""
    pairs = value.items() if isinstance(value, dict) else enumerate(_listed(value))
    for number, one in pairs:
        yield number, an_object(one, f"{KEY}/{number}")


def _listed(value: object) -> list[object]:
    if isinstance(value, list):
        return value
    raise UnreadableDelivery(f"no CAS JSON: {KEY} is no list", code="bad_cas")


def _spans(one: Json, kind: str, place: str) -> Iterator[tuple[str, Part]]:
    features = {
        name: value
        for name, value in one.items()
        if name[:1] not in {"%", "@", "^"} and isinstance(value, str)
    }
    for feature, value in (features or {"": ""}).items():
        yield named(kind, feature), span(one["begin"], one["end"], value, place)
