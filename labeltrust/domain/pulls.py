"""What must be read from a platform, because its event said only *that* something changed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType


@dataclass(frozen=True, slots=True, kw_only=True)
class PullWanted:
    """An object of a platform whose labels are to be read by its API.

    An adapter returns it in `Parsed.pulls`, beside events or instead of them. It is recorded with
    the delivery; until somebody reads the object it stands as wanted. One (source, kind,
    object_id) stands once, with the newest `changed_at`: an object saved again and again is read
    once.

    Attributes:
        kind: The platform's own word for what changed: CVAT `job`, INCEpTION `document`, Toloka
            `assignment`, SuperAnnotate `item`, Encord `stage`, Hugging Face `dataset`.
        object_id: The platform's id of it.
        project: The labeltrust project its labels go to.
        within: What an API call needs besides, such as the platform's project: names and texts,
            but no names of labelers, which have their one place elsewhere.
        changed_at: When the platform says it changed; aware, or None where it does not say.

    >>> PullWanted(kind="job", object_id="41", project="fraud", within={"task": "9"}).kind
    'job'
    """

    kind: str
    object_id: str
    project: str
    within: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    changed_at: datetime | None = None
