"""Onset, spread and company of all suspects together, as tidy frames."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from labeltrust.domain.cases import FlagCase
from labeltrust.domain.clock import microseconds
from labeltrust.policy.company import LEAST, Company, Work, company
from labeltrust.store.judgments import LoadedJudgments

Onsets = dict[str, Any]


def onset_frame(
    flags: Sequence[FlagCase], judgments: pd.DataFrame, labelers: Sequence[str] = ()
) -> pd.DataFrame:
    """Return one row a standing suspect, earliest onset first.

    Args:
        flags: Flags of the project; dismissed ones do not count.
        judgments: The current judgments.
        labelers: Whom to tell of, flagged or not; all who stand flagged if empty.

    Returns:
        Columns labeler, onset (NaT: from the first label), first, last, labels, since_onset
        (labels since then), signals, opened_at (NaT: not flagged).
    """
    standing = [flag for flag in flags if flag.status != "dismissed"]
    if labelers:
        standing = [flag for flag in standing if flag.labeler in labelers]
    flagged = {flag.labeler for flag in standing}
    named = [(name, None) for name in labelers if name not in flagged]
    rows = [
        _onset(name, flag, judgments[judgments["labeler"] == name])
        for name, flag in [*((flag.labeler, flag) for flag in standing), *named]
    ]
    columns = ["labeler", "onset", "first", "last", "labels", "since_onset", "signals", "opened_at"]
    found = pd.DataFrame(rows, columns=columns).assign(
        onset=lambda frame: pd.to_datetime(frame["onset"], utc=True),
        opened_at=lambda frame: pd.to_datetime(frame["opened_at"], utc=True),
    )
    found = found.drop_duplicates("labeler")
    begun = found["onset"].fillna(found["first"])
    return found.iloc[np.argsort(begun.to_numpy(), kind="stable")].reset_index(drop=True)


def _onset(name: str, flag: FlagCase | None, mine: pd.DataFrame) -> Onsets:
    since = None if flag is None else flag.since
    return {
        "labeler": name,
        "onset": since,
        "first": mine["occurred_at"].min(),
        "last": mine["occurred_at"].max(),
        "labels": len(mine),
        "since_onset": len(mine) if since is None else int((mine["occurred_at"] >= since).sum()),
        "signals": [] if flag is None else list(flag.signals),
        "opened_at": None if flag is None else flag.opened_at,
    }


def since_onset(judgments: pd.DataFrame, suspects: pd.DataFrame) -> np.ndarray:
    """Return which rows are a suspect's since the onset, (n,); without a column of onsets, all.

    >>> at = pd.to_datetime(["2026-01-01", "2026-01-03"], utc=True)
    >>> said = pd.DataFrame({"labeler": ["ann", "ann"], "occurred_at": at})
    >>> since_onset(said, pd.DataFrame({"labeler": ["ann"], "onset": at[1:]})).tolist()
    [False, True]
    """
    found = np.zeros(len(judgments), dtype=np.bool_)
    begun = suspects["onset"] if "onset" in suspects else [pd.NaT] * len(suspects)
    for name, onset in zip(suspects["labeler"], begun, strict=True):
        late = pd.isna(onset) | (judgments["occurred_at"] >= onset)
        found |= ((judgments["labeler"] == name) & late).to_numpy()
    return found


def company_of(loaded: LoadedJudgments, onsets: pd.DataFrame) -> tuple[Company, list[str]]:
    """Compare everybody with the suspects of an onset frame; also return their names in order."""
    names = [labeler.name for labeler in loaded.labelers]
    known = [name for name in onsets["labeler"] if name in names]
    begun = onsets.set_index("labeler")["onset"]
    since = [0 if pd.isna(begun[name]) else microseconds(begun[name]) for name in known]
    codes = np.array([names.index(name) for name in known], dtype=np.int64)
    _, item = np.unique(loaded.item, return_inverse=True)
    work = Work(
        item=item,
        labeler=loaded.labeler,
        label=loaded.label,
        at_us=loaded.occurred_us,
        n_labelers=len(names),
    )
    return company(work, codes, np.array(since, dtype=np.int64)), known


def company_frame(found: Company, names: Sequence[str], suspects: Sequence[str]) -> pd.DataFrame:
    """Return one row a labeler, those who lean to the suspects most first.

    Returns:
        Columns labeler, flagged, items, expected, meets, close, close_expected, hurries, and lean
        with lean_low, lean_high, lean_n, lean_reason.
    """
    reason = f"fewer than {LEAST} items beside others"
    frame = pd.DataFrame(
        {
            "labeler": names,
            "flagged": np.isin(names, list(suspects)),
            "items": found.items,
            "expected": found.expected,
            "meets": found.meets,
            "close": found.close,
            "close_expected": found.close_expected,
            "hurries": found.hurries,
            "lean": found.lean,
            "lean_low": found.low,
            "lean_high": found.high,
            "lean_n": found.n,
            "lean_reason": np.where(np.isnan(found.lean), reason, ""),
        }
    )
    return frame.sort_values("lean", ascending=False, kind="stable", ignore_index=True)


def between_frame(found: Company, names: Sequence[str], suspects: Sequence[str]) -> pd.DataFrame:
    """Return one row an ordered pair of suspects: labeler, suspect, lean (NaN where unknown)."""
    rows = [
        (name, suspect, float(found.between[names.index(name), k]))
        for name in suspects
        for k, suspect in enumerate(suspects)
        if name != suspect
    ]
    return pd.DataFrame(rows, columns=["labeler", "suspect", "lean"])
