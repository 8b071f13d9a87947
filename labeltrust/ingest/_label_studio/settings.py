"""What a Label Studio source is set to, and what surrounds an annotation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from labeltrust.domain.errors import Misconfigured
from labeltrust.ingest._fields import MAX_NAME_CHARACTERS
from labeltrust.ingest._strict_json import text_flaw

Json = Mapping[str, object]
RECONCILED = "ANNOTATION_RECONCILED"
"""Our own word for what a pull found, which no webhook of the platform sends."""
MAX_CONTROLS = 100  # more would let one small delivery grow into millions of withdrawals


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A source's own settings.

    Attributes:
        project: The labeltrust project the events go to.
        questions: From a control's name to the question; controls left out are not read. Without
            any, each control is the question of its own name.
        gold_accounts: Ids of the accounts trusted to set `ground_truth`.
        item_key: The key in `task.data` that holds the item's id; None takes the task's id.
    """

    project: str
    questions: Mapping[str, str]
    gold_accounts: frozenset[str]
    item_key: str | None

    @classmethod
    def of(cls, config: Json) -> "Settings":
        """Read a source's configuration.

        Raises:
            Misconfigured: Names the setting and what it must be.

        >>> Settings.of({"project": "fraud", "questions": {"verdict": "label"}}).project
        'fraud'
        """
        project, item_key = config.get("project"), config.get("item_key")
        questions, accounts = config.get("questions") or {}, config.get("gold_accounts") or []
        if not isinstance(project, str) or not project:
            raise Misconfigured("setting 'project' must name the project of this source")
        if item_key is not None and not isinstance(item_key, str):
            raise Misconfigured("setting 'item_key' must be the name of a key in the task's data")
        if not isinstance(accounts, list):
            raise Misconfigured("setting 'gold_accounts' must be a list of account ids")
        return cls(
            project=project,
            questions=_questions(questions),
            gold_accounts=frozenset(str(account) for account in accounts),
            item_key=item_key or None,
        )


def _questions(value: object) -> Mapping[str, str]:
    if not isinstance(value, dict) or not all(isinstance(q, str) and q for q in value.values()):
        raise Misconfigured("setting 'questions' must map control names to question names")
    if len(set(value.values())) < len(value):
        raise Misconfigured("setting 'questions' maps two controls to one question")
    return cast("Mapping[str, str]", value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What surrounds an annotation.

    Attributes:
        settings: Of the source.
        action: What happened, in Label Studio's word; begins the event ids.
        controls: The names of the project's controls, as far as they are known.
        model_version: The project's model, for annotations made out of predictions.
    """

    settings: Settings
    action: str
    controls: tuple[str, ...] = ()
    model_version: str | None = None

    @property
    def revises(self) -> bool:
        """Whether the annotation may have said something else before."""
        return self.action in {"ANNOTATION_UPDATED", RECONCILED}

    @classmethod
    def of(cls, settings: Settings, action: str, project: object) -> "Context":
        """Read what a delivery says about its project; nothing else of it is looked at.

        >>> settings = Settings.of({"project": "fraud"})
        >>> Context.of(settings, "ANNOTATION_CREATED", {"parsed_label_config": {"v": 1}}).controls
        ('v',)
        """
        known = project if isinstance(project, dict) else {}
        controls = known.get("parsed_label_config")
        version = known.get("model_version")
        names = controls if isinstance(controls, dict) else ()
        return cls(
            settings=settings,
            action=action,
            controls=tuple(name for name in names if _is_name(name))[:MAX_CONTROLS],
            model_version=version if _is_name(version) else None,
        )


def _is_name(value: object) -> bool:
    is_short_text = isinstance(value, str) and 0 < len(value) <= MAX_NAME_CHARACTERS
    return is_short_text and text_flaw(cast("str", value)) is None
