"""Options of simulated crowds and attacks as text: `overlap=1,6`, `targeted_flip:members=4`."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from labeltrust.domain.errors import InvalidInput, LabeltrustError

if TYPE_CHECKING:
    from labeltrust.simulate import Crowd, Planting

_MEMBERS = 4
_RATE = 0.9
_KEYS = ("members", "rate", "since_day", "since_share", "from_class", "to_class")


def complete_attack(incomplete: str) -> list[str]:
    """Return the names of attacks that begin so.

    >>> complete_attack("targeted")
    ['targeted_flip']
    """
    from labeltrust.simulate import attacks  # noqa: PLC0415 - slow imports

    try:
        return [name for name in attacks() if name.startswith(incomplete)]
    except LabeltrustError:
        return []


def complete_circumstance(incomplete: str) -> list[str]:
    """Return the settings of a crowd that begin so."""
    return [f"{name}=" for name, _ in crowd_settings() if name.startswith(incomplete)]


def planting_of(text: str, words: Sequence[str]) -> "Planting":
    """Return a planting written as `NAME:members=4:rate=0.3:since_day=12:to_class=benign`.

    A targeted flip without classes calls the last class the first.

    Raises:
        InvalidInput: A part is not one of those, or its value is none.

    >>> planting_of("constant:members=2:to_class=benign", ("benign", "fraud")).to_class
    0
    """
    attack, *parts = text.split(":")
    return planting_from(attack, dict(_pair(part, "--plant", _KEYS) for part in parts), words)


def planting_from(attack: str, given: Mapping[str, str], words: Sequence[str]) -> "Planting":
    """Return a planting of an attack's name and its parts as text; see `planting_of`."""
    from labeltrust.simulate import Planting  # noqa: PLC0415 - slow imports

    if attack in {"targeted_flip", "guideline_change"}:
        given = {"from_class": words[-1], "to_class": words[0], **given}
    since = {key: _number(given[key], key) for key in ("since_day", "since_share") if key in given}
    return Planting(
        attack=attack,
        n_members=int(_number(given.get("members", str(_MEMBERS)), "members")),
        rate=_number(given.get("rate", str(_RATE)), "rate"),
        from_class=_code(words, given.get("from_class"), "from_class"),
        to_class=_code(words, given.get("to_class"), "to_class"),
        since_day=since.get("since_day"),
        since_share=since.get("since_share"),
    )


def _onset(given: Mapping[str, str], key: str) -> float | None:
    return _number(given[key], key) if key in given else None


def crowd_of(crowd: "Crowd", settings: Sequence[str]) -> "Crowd":
    """Return a crowd with settings changed: `days=14`, `overlap=1,6`, `rhythm.season=0.4`.

    Numbers stand by commas, rows of numbers by semicolons; a dot leads into dispute, rhythm,
    assistant, traits or prose.

    Raises:
        InvalidInput: There is no such setting, or its value cannot be read.

    >>> from labeltrust.simulate import Crowd
    >>> crowd_of(Crowd(), ["overlap=1,6", "rhythm.season=0.4"]).overlap
    (1, 6)
    """
    known = dict(crowd_settings())
    plain: dict[str, Any] = {}
    nested: dict[str, dict[str, Any]] = {}
    for setting in settings:
        name, text = _pair(setting, "--set", tuple(known))
        outer, _, inner = name.rpartition(".")
        target = nested.setdefault(outer, {}) if outer else plain
        target[inner] = _value(text, known[name], name)
    groups = _groups()
    made = {name: groups[name](**given) for name, given in nested.items()}
    return replace(crowd, **plain, **made)


def crowd_settings() -> list[tuple[str, Field[Any]]]:
    """Return every setting of a crowd by its dotted name, in the order of the classes."""
    from labeltrust.simulate import Crowd  # noqa: PLC0415 - slow imports

    groups = _groups()
    plain = [(field.name, field) for field in fields(Crowd) if field.name not in groups]
    inner = [
        (f"{name}.{field.name}", field) for name, kind in groups.items() for field in fields(kind)
    ]
    return plain + inner


def shown_default(field: Field[Any]) -> str:
    """Return the default of a setting as it would be written."""
    value = field.default
    if value is None or value is MISSING:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    return ",".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _groups() -> Mapping[str, type[Any]]:
    from labeltrust.simulate import Assistant, Dispute, Prose, Rhythm, Traits  # noqa: PLC0415

    groups = {"dispute": Dispute, "rhythm": Rhythm, "assistant": Assistant}
    return groups | {"traits": Traits, "prose": Prose}


def _pair(text: str, option: str, known: Sequence[str]) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or name not in known:
        detail = f"{text!r} is not NAME=VALUE with one of {', '.join(known)}"
        raise InvalidInput(detail, place=option, code="usage")
    return name, value


def _value(text: str, field: Field[Any], name: str) -> object:
    """Return a value of the type that the setting has."""
    kind = str(field.type)
    if "datetime" in kind:
        return _day(text, name)
    if "tuple[tuple" in kind:
        return tuple(tuple(_numbers(row, name)) for row in text.split(";"))
    if "tuple" in kind:
        numbers = _numbers(text, name)
        return tuple(map(int, numbers)) if "int" in kind else tuple(numbers)
    if "str" in kind:
        return text
    number = _number(text, name)
    return int(number) if "int" in kind else number


def _numbers(text: str, name: str) -> list[float]:
    return [_number(part, name) for part in text.split(",")]


def _number(text: str, name: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InvalidInput(f"{text!r} is no number", place=name, code="usage") from None


def _day(text: str, name: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        detail = f"{text!r} is no day like 2026-09-01"
        raise InvalidInput(detail, place=name, code="usage") from None


def _code(words: Sequence[str], name: str | None, option: str) -> int | None:
    if name is None:
        return None
    if name not in words:
        detail = f"{name!r} is not one of {', '.join(words)}"
        raise InvalidInput(detail, place=option, code="usage")
    return list(words).index(name)
