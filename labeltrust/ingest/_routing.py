"""Where what a platform says belongs: its projects, questions, items and labelers to ours."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from labeltrust.domain.errors import Misconfigured
from labeltrust.ingest._fields import MAX_NAME_CHARACTERS

Config = Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A source's own settings, the same words for every platform.

    Attributes:
        project: The project all events go to; None where `projects` tells.
        projects: From the platform's project (its id, or name where it has no id) to the project;
            what belongs to any other project of the platform is passed over.
        questions: From the platform's question to the question; others are not read. Without any,
            each is the question of its own name.
        item_key: Which field holds the item's id; None takes the platform's own id.
        labeler_key: Which field names the labeler; None takes the adapter's usual one.
    """

    project: str | None
    projects: Mapping[str, str]
    questions: Mapping[str, str]
    item_key: str | None
    labeler_key: str | None

    @classmethod
    def of(cls, config: Config) -> "Route":
        """Read a source's configuration.

        Raises:
            Misconfigured: Names the setting and what it must be.

        >>> Route.of({"project": "fraud"}).to("anything")
        'fraud'
        >>> Route.of({"projects": {"7": "fraud"}}).to(7, "name")
        'fraud'
        >>> Route.of({"projects": {"7": "fraud"}}).to("8") is None
        True
        """
        project = _text(config, "project")
        projects = _texts(config, "projects")
        if not project and not projects:
            raise Misconfigured("setting 'project' must name the project of this source")
        return cls(
            project=project,
            projects=projects,
            questions=_questions(config),
            item_key=_text(config, "item_key"),
            labeler_key=_text(config, "labeler_key"),
        )

    def to(self, *outside: object) -> str | None:
        """Return our project for a project of the platform, or None where it is none of ours.

        Args:
            outside: What the platform calls it: id, name; anything that is no text or number
                matches nothing.
        """
        if not self.projects:
            return self.project
        names = (str(one) for one in outside if isinstance(one, str | int))
        return next((self.projects[name] for name in names if name in self.projects), None)

    def question(self, name: str) -> str | None:
        """Return our question for a question of the platform, or None where it is not asked for.

        >>> Route.of({"project": "p", "questions": {"verdict": "label"}}).question("other") is None
        True
        """
        return self.questions.get(name) if self.questions else name


def check_route(config: Config) -> None:
    """Refuse settings that do not fit.

    Raises:
        Misconfigured: Names the setting.

    >>> check_route({"project": "fraud"})
    """
    Route.of(config)


def _text(config: Config, name: str) -> str | None:
    value = config.get(name)
    if value is None or (isinstance(value, str) and 0 < len(value) <= MAX_NAME_CHARACTERS):
        return value
    detail = f"setting {name!r} must be a text of 1 to {MAX_NAME_CHARACTERS} characters"
    raise Misconfigured(detail)


def _texts(config: Config, name: str) -> Mapping[str, str]:
    value = config.get(name) or {}
    if isinstance(value, dict) and all(isinstance(one, str) and one for one in value.values()):
        return cast("Mapping[str, str]", value)
    detail = f"setting {name!r} must be an object that maps the platform's names to ours"
    raise Misconfigured(detail)


def _questions(config: Config) -> Mapping[str, str]:
    questions = _texts(config, "questions")
    if len(set(questions.values())) < len(questions):
        raise Misconfigured("setting 'questions' maps two of the platform's to one question")
    return questions
