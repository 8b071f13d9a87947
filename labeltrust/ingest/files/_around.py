"""What surrounds a record of a platform's export: settings, and what the file leaves out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final

from labeltrust.domain.errors import InvalidEvent, Misconfigured
from labeltrust.domain.events import Event
from labeltrust.ingest._fields import MAX_NAME_CHARACTERS, aware_time, identifier, utc
from labeltrust.ingest._strict_json import shown
from labeltrust.ingest.files._base import RowSettings
from labeltrust.ingest.files._members import Members

Json = Mapping[str, object]
MAX_SECONDS: Final = 253_402_300_799  # the end of the calendar
NO_LABELER: Final = "no_labeler"


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What surrounds a record.

    Attributes:
        settings: Of the import.
        questions: From a name in the file to the question; names left out are not read. Without
            any, each name is a question of its own.
        item_key: The key that holds an item's id, where not the platform's own id is wanted.
        member: The file that holds the record.
        is_alone: That file was given by itself: its name is anybody's.
        scales: What the file says about a question's scale; filled while reading.
    """

    settings: RowSettings
    questions: Mapping[str, str]
    item_key: str | None
    member: str = ""
    is_alone: bool = True
    scales: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, settings: RowSettings, members: Members | None = None) -> "Around":
        """Read the source's configuration.

        Args:
            settings: Of the import.
            members: The files; a piece that was kept names whom the import named.

        Raises:
            Misconfigured: Names the setting and what it must be; or a gold file is wanted.

        >>> Around.of(RowSettings(project="p", config={"questions": {"a": "b"}})).question("a")
        'b'
        """
        if settings.gold:
            raise Misconfigured("a gold file is a table of items and labels, not an export")
        questions = _questions(settings.config.get("questions"))
        key = settings.config.get("item_key")
        if key is not None and not isinstance(key, str):
            raise Misconfigured("setting 'item_key' must be the name of a key")
        if members is not None and members.labeler and settings.labeler is None:
            settings = replace(settings, labeler=members.labeler)
        is_alone = members is None or members.is_alone
        return cls(settings=settings, questions=questions, item_key=key or None, is_alone=is_alone)

    def inside(self, member: str) -> "Around":
        """Return the same for another file of the export, with scales of its own."""
        return replace(self, member=member, scales={})

    def question(self, name: object, scale: str | None = None) -> str | None:
        """Return the question that a name in the file stands for, None where it is not read.

        Args:
            name: In the file; None takes the import's question.
            scale: What the file says about it.

        Raises:
            InvalidEvent: No name of a question.
        """
        found = self.settings.question if name is None else self._asked(name)
        if found is not None and scale is not None:
            self.scales.setdefault(found, scale)
        return found

    def _asked(self, name: object) -> str | None:
        text = identifier(name, "question")
        if len(text) > MAX_NAME_CHARACTERS:
            detail = f"has {len(text)} characters, at most {MAX_NAME_CHARACTERS} are allowed"
            raise InvalidEvent(detail, place="question", code="too_long")
        return self.questions.get(text) if self.questions else text

    def labeler(self, named: object, place: str) -> str:
        """Return who labeled: whom the file names, else whom the import names.

        Raises:
            InvalidEvent: Nobody is named: `no_labeler`.
        """
        if named not in (None, ""):
            return identifier(named, place)
        if self.settings.labeler is None:
            detail = "names nobody who labeled; name the labeler by --labeler"
            raise InvalidEvent(detail, place=place, code=NO_LABELER)
        return identifier(self.settings.labeler, "labeler")

    def item(self, own: object, place: str, *known: object) -> str:
        """Return an item's id: its own, or what stands under the configured key.

        Args:
            own: The platform's own id.
            place: Where that stands.
            known: Objects in which the configured key is looked for.
        """
        if self.item_key is None:
            return identifier(own, place)
        for one in known:
            if isinstance(one, dict) and self.item_key in one:
                return identifier(one[self.item_key], self.item_key)
        return identifier(None, self.item_key)

    def event(self, **fields: object) -> Event:
        """Return an event of this import's project."""
        return Event(**({"type": "label.submitted", "project": self.settings.project} | fields))  # type: ignore[arg-type] # as its callers say


def check_export_config(config: Json) -> None:
    """Check the settings by which exports of a source are read.

    Raises:
        Misconfigured: Names the setting and what it must be.

    >>> check_export_config({"questions": {"verdict": "label"}, "item_key": "ref"})
    """
    Around.of(RowSettings(project="any", config=config))


def _questions(value: object) -> Mapping[str, str]:
    if value is None:
        return {}
    if not isinstance(value, dict) or not all(isinstance(q, str) and q for q in value.values()):
        raise Misconfigured("setting 'questions' must map names in the file to questions")
    return value


def an_object(value: object, place: str) -> Json:
    """Return a JSON object, or refuse whatever else it is.

    >>> an_object({"id": 1}, "label")
    {'id': 1}
    """
    if isinstance(value, dict):
        return value
    raise InvalidEvent(f"is {shown(value)}, not an object", place=place, code="not_an_object")


def a_list(value: object, place: str) -> list[object]:
    """Return a JSON list, an empty one for nothing, or refuse whatever else it is.

    >>> a_list(None, "labels")
    []
    """
    if value is None:
        return []
    if isinstance(value, list):
        return value
    raise InvalidEvent(f"is {shown(value)}, not a list", place=place, code="wrong_type")


def a_text(value: object, place: str) -> str:
    """Return a text that is not empty, or refuse whatever else it is.

    >>> a_text("fraud", "label")
    'fraud'
    """
    if isinstance(value, str) and value:
        return value
    raise InvalidEvent(f"is {shown(value)}, not a text", place=place, code="wrong_type")


def maybe_text(value: object) -> str | None:
    """Return a text that is not empty, None for whatever else it is.

    >>> maybe_text("x"), maybe_text(3)
    ('x', None)
    """
    return value if isinstance(value, str) and value else None


def a_number(value: object, place: str) -> int | float:
    """Return a number, or refuse whatever else it is.

    >>> a_number(3, "rating")
    3
    """
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    raise InvalidEvent(f"is {shown(value)}, not a number", place=place, code="wrong_type")


def maybe_time(value: object, place: str, *, in_utc: bool = False) -> datetime | None:
    """Return an ISO 8601 time, None where there is none.

    Args:
        value: As the file has it.
        place: Where it stands.
        in_utc: The platform's documentation says that times without a zone are UTC; else a time
            without a zone is no time that can be ordered.

    Raises:
        InvalidEvent: No time, or one without a zone.

    >>> maybe_time("2026-11-22T10:00:00", "at", in_utc=True).isoformat()
    '2026-11-22T10:00:00+00:00'
    """
    if value in (None, ""):
        return None
    if not in_utc or not isinstance(value, str):
        return aware_time(value, place)
    try:
        time = datetime.fromisoformat(value)
    except ValueError:
        return aware_time(value, place)
    return utc(time if time.tzinfo else time.replace(tzinfo=UTC), place)


def epoch_time(value: object, place: str) -> datetime | None:
    """Return a time of seconds since 1970, None where there is none.

    Raises:
        InvalidEvent: No such time.

    >>> epoch_time(0, "_timestamp").isoformat()
    '1970-01-01T00:00:00+00:00'
    """
    if value is None:
        return None
    seconds = a_number(value, place)
    if not 0 <= seconds <= MAX_SECONDS:
        raise InvalidEvent(f"{shown(value)} is no time", place=place, code="bad_time")
    return datetime.fromtimestamp(seconds, UTC)
