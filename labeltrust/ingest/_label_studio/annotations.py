"""One Label Studio annotation as events.

Whose label it is: `completed_by` is written by the client, `updated_by` by the server (the account
whose token or session made the request). Where they differ, the label is the opinion of the one
who acted: that account is the labeler and `detail.claimed_labeler` keeps the claim. So neither a
forged `completed_by` nor a colleague's edit changes what is on record for somebody else.

What is no vote (a skip, also with labels; an empty result) becomes one `label.withdrawn` for each
control of the project: the labeler has no answer now. An update withdraws the controls it no longer
answers. Gold is declared only by the accounts that the source's settings trust, because every
labeler can set the flag; such an account that flags somebody else's annotation declares gold and
casts no vote.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import msgspec

from labeltrust.domain.errors import InvalidEvent
from labeltrust.domain.events import NOTHING, Event, LabelerKind, LabelValue
from labeltrust.ingest._fields import MAX_DURATION_SECONDS, identifier
from labeltrust.ingest._label_studio.answers import answers
from labeltrust.ingest._label_studio.parts import (
    as_object,
    data_of,
    event_id_of,
    item_id,
    model_labeler,
    said,
    time_of,
)
from labeltrust.ingest._label_studio.settings import Context, Json
from labeltrust.ingest._strict_json import check

_KEPT = (
    "completed_by",
    "updated_by",
    "created_at",
    "draft_created_at",
    "unique_id",
    "ground_truth",
    "was_cancelled",
    "parent_prediction",
    "parent_annotation",
)


def annotation_events(annotation: object, task: object, context: Context) -> list[Event]:
    """Return the events that one annotation states; at least one.

    Args:
        annotation: As read by the exact reader, unchecked.
        task: The same; its data are the item's content.
        context: What surrounds it.

    Raises:
        InvalidEvent: With the field and the reason.
    """
    check(annotation, "/annotation")
    told = as_object(annotation, "annotation")
    found = _asked(answers(told.get("result")), context)
    votes = {} if told.get("was_cancelled") else found
    who = _who(told, context)
    base = _base_event(told, as_object(task, "task"), who, context)
    gold = [_gold(base, name, label, context) for name, label in votes.items() if who.sets_gold]
    if who.claimed is not None and gold:
        return gold
    silent = _unanswered(votes, found, context)
    return [
        *(_vote(base, name, label, told, context) for name, label in votes.items()),
        *(_withdrawn(base, name, found.get(name or ""), context) for name in silent),
        *gold,
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Who:
    labeler: str
    kind: LabelerKind
    claimed: str | None  # set where the account that acted is not the one it names
    sets_gold: bool


def _who(told: Json, context: Context) -> _Who:
    named, acted = _account(told, "completed_by"), _account(told, "updated_by")
    actor = acted or named
    if actor is None:
        detail = "neither completed_by nor updated_by names an account"
        raise InvalidEvent(detail, place="annotation", code="missing_field")
    trusted = actor in context.settings.gold_accounts
    sets_gold = told.get("ground_truth") is True and trusted
    if acted is None and told.get("parent_prediction") is not None:
        # Made out of a prediction by a button: the model's label, whoever pressed it.
        version = _shown_prediction(told).get("model_version") or context.model_version
        labeler = model_labeler(version)
        return _Who(labeler=labeler, kind="model", claimed=None, sets_gold=sets_gold)
    claimed = named if named != actor else None
    return _Who(labeler=actor, kind="human", claimed=claimed, sets_gold=sets_gold)


def _account(told: Json, field: str) -> str | None:
    """Return an account's id; exports may give the whole account, of which only the id is kept."""
    value = told.get(field)
    account = value.get("id") if isinstance(value, dict) else value
    return None if account is None else identifier(account, f"annotation.{field}")


def _base_event(told: Json, task: Json, who: _Who, context: Context) -> Event:
    """Return what all events of an annotation share; its event id is their beginning."""
    annotation_id = identifier(told.get("id"), "annotation.id")
    at = time_of(told, "updated_at")
    seconds = _seconds(told.get("lead_time"))
    return Event(
        type="label.submitted",
        project=context.settings.project,
        event_id=event_id_of(context.action, annotation_id, at),
        item=item_id(task, context.settings),
        labeler=who.labeler,
        labeler_kind=who.kind,
        annotation_id=annotation_id,
        occurred_at=at,
        revised_at=at,
        duration_seconds=seconds,
        content=data_of(task),
        detail=_detail(told, task, who, context),
    )


def _detail(told: Json, task: Json, who: _Who, context: Context) -> dict[str, object]:
    detail: dict[str, object] = {"action": context.action}
    for name in _KEPT:
        value = _account(told, name) if name.endswith("_by") else told.get(name)
        if value not in (None, False):
            detail[name] = value
    if who.claimed is not None:
        detail["claimed_labeler"] = who.claimed
    if context.settings.item_key is not None:
        detail["task"] = identifier(task.get("id"), "task.id")
    lead_time = told.get("lead_time")
    if lead_time is not None and _seconds(lead_time) is None:
        detail["lead_time"] = lead_time
    return detail


def _vote(base: Event, name: str, label: LabelValue, told: Json, context: Context) -> Event:
    prediction = _shown_prediction(told)
    event = said(base, name, context, label=label)
    suggestion = _suggestions(prediction).get(name)
    if suggestion is None:
        return event
    model = {
        "suggestion": suggestion,
        "suggested_by": model_labeler(prediction.get("model_version")),
    }
    return msgspec.structs.replace(event, detail={**base.detail, **model})


def _shown_prediction(told: Json) -> Json:
    prediction = told.get("prediction")
    return prediction if isinstance(prediction, dict) else NOTHING


def _suggestions(prediction: Json) -> Mapping[str, LabelValue]:
    try:
        return answers(prediction.get("result"))
    except InvalidEvent:
        return {}  # what a model suggested in an unknown form is no reason to lose the vote


def _asked(found: dict[str, LabelValue], context: Context) -> dict[str, LabelValue]:
    """Return the answers to the controls that the settings map; without a map, all of them."""
    asked = context.settings.questions
    return {name: found[name] for name in found if name in asked} if asked else found


def _unanswered(votes: Json, found: Json, context: Context) -> list[str | None]:
    """Return the controls whose answer is withdrawn; None stands for a project without any."""
    known = context.settings.questions or dict.fromkeys(context.controls)
    if not votes:
        return list(dict.fromkeys([*known, *found])) or [None]
    return [name for name in known if name not in votes] if context.revises else []


def _withdrawn(base: Event, name: str | None, label: LabelValue, context: Context) -> Event:
    event = said(base, name, context, type="label.withdrawn")
    if label is None:
        return event
    return msgspec.structs.replace(event, detail={**base.detail, "label": label})


def _gold(base: Event, name: str, label: LabelValue, context: Context) -> Event:
    event = said(base, name, context, type="gold.declared", label=label, labeler=None)
    return msgspec.structs.replace(event, event_id=f"{event.event_id}:gold")


def _seconds(lead_time: object) -> float | None:
    """Return the claimed working time; negative ones have been seen and mean nothing."""
    is_number = isinstance(lead_time, int | float) and not isinstance(lead_time, bool)
    if not is_number or not 0 <= cast("float", lead_time) <= MAX_DURATION_SECONDS:
        return None
    return float(cast("float", lead_time))
