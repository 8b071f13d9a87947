"""Comparisons of an assessment into rows, and alarms into the history: each beginning once."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from labeltrust.policy.model_watch import divergence_alarm, drop_alarm, new_losses
from labeltrust.services._acts import Act, note
from labeltrust.services.models._comparing import PairRead, found_of
from labeltrust.store.history import About
from labeltrust.store.model_roles import Compared, comparisons, keep_comparisons

_WORDS: Final = {
    "regression": ("model.regressed", "model.recovered"),
    "divergence": ("shadow.diverged", "shadow.agreed"),
}


def keep_pairs(act: Act, read: Sequence[tuple[str, Sequence[PairRead]]]) -> None:
    """Store what was found of every question's models, and append what changed since the last time.

    Args:
        act: Of the assessment.
        read: By question.
    """
    before = {(c.question, c.labeler_id): c for c in comparisons(act.session, act.project_id)}
    now = [
        _told(act, question, pair, before.get((question, pair.pair.labeler_id)))
        for question, pairs in read
        for pair in pairs
    ]
    if not now and not before:
        return
    there = {(c.question, c.labeler_id) for c in now}
    for key, gone in before.items():
        if key not in there:
            _note_turns(act, _over(gone), gone.found["alarms"], 0)
    keep_comparisons(act.session, act.project_id, now)


def _over(gone: Compared) -> Compared:
    """Return a comparison that is made no more: the model was retired, or has none before it."""
    return replace(gone, found={**gone.found, "alarms": {}})


def _told(act: Act, question: str, read: PairRead, last: Compared | None) -> Compared:
    pair, found = read.pair, found_of(read)
    same = last is not None and (last.against_id, last.role) == (pair.against_id, pair.role)
    alarms: dict[str, bool] = last.found["alarms"] if same and last is not None else {}
    told = last.lost.tolist() if same and last is not None else []
    fresh = new_losses(read.lost.tolist(), told) if pair.role == "canary" else 0
    found["alarms"] = _alarms(read, found, alarms)
    found["told"] = fresh + (int(last.found["told"]) if last is not None else 0)
    now = Compared(
        question=question,
        labeler_id=pair.labeler_id,
        role=pair.role,
        against_id=pair.against_id,
        at=act.at,
        found=found,
        lost=read.lost,
    )
    _note_turns(act, now, {} if last is None else last.found["alarms"], fresh)
    return now


def _alarms(read: PairRead, found: dict[str, Any], before: dict[str, bool]) -> dict[str, bool]:
    if read.found is None:
        return dict.fromkeys(_WORDS, False)
    role, n = read.pair.role, found["gold"]
    drop = drop_alarm(n, found["lost"], found["gained"], before=before.get("drop", False))
    parted = divergence_alarm(
        found["shared"], found["parted"], before=before.get("divergence", False)
    )
    return {
        "drop": drop.on,
        "regression": drop.on or (role == "canary" and found["lost"] > 0),
        "divergence": parted.on and role == "shadow",
    }


def _note_turns(act: Act, now: Compared, before: dict[str, bool], fresh: int) -> None:
    """Append what began, what is over, and each further item that a canary lost."""
    for name, (begun, over) in _WORDS.items():
        is_on, was_on = now.found["alarms"].get(name, False), before.get(name, False)
        news = is_on and (not was_on or (name == "regression" and fresh > 0))
        if news or was_on != is_on:
            _note(act, now, begun if is_on else over, fresh)


def _note(act: Act, now: Compared, kind: str, fresh: int) -> None:
    numbers = ("shared", "parted", "gold", "lost", "gained", "told")
    detail = {
        "question": now.question,
        "role": now.role,
        "against": now.against_id,
        "fresh": fresh,
        "drop": now.found["alarms"].get("drop", False),
        **{name: now.found[name] for name in numbers if name in now.found},
    }
    note(act, kind, detail, About(labeler_alias_id=now.labeler_id))
