"""The labels of a question as tidy frames, with names instead of numbers."""

import numpy as np
import pandas as pd

from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment
from labeltrust.services.read_judgments import read_current, read_item_names


def judgment_frame(
    deployment: Deployment, reader: Principal, project: str, question: str
) -> pd.DataFrame:
    """Return one row a current judgment: item, labeler, label, times, duration, sequence."""
    loaded = read_current(deployment, reader, project, question)
    item_id, place = np.unique(loaded.item, return_inverse=True)
    names = read_item_names(deployment, reader, project, item_id.tolist())
    item = np.array([names[number] for number in item_id.tolist()], dtype=object)
    who = np.array([labeler.name for labeler in loaded.labelers], dtype=object)
    words = np.array(loaded.words, dtype=object)
    return pd.DataFrame(
        {
            "item": item[place],
            "labeler": who[loaded.labeler],
            "label": words[loaded.label],
            "occurred_at": pd.to_datetime(loaded.occurred_us, unit="us", utc=True),
            "received_at": pd.to_datetime(loaded.received_us, unit="us", utc=True),
            "duration_seconds": loaded.duration_seconds,
            "sequence": loaded.sequence,
        }
    )


def gold_frame(
    deployment: Deployment, reader: Principal, project: str, question: str
) -> pd.DataFrame:
    """Return one row a gold item: item, label; closed audits are among them."""
    loaded = read_current(deployment, reader, project, question)
    names = read_item_names(deployment, reader, project, loaded.gold_item.tolist())
    item = [names[number] for number in loaded.gold_item.tolist()]
    words = np.array(loaded.words, dtype=object)
    return pd.DataFrame({"item": item, "label": words[loaded.gold_label]})


def feature_frame(deployment: Deployment, reader: Principal, project: str) -> pd.DataFrame:
    """Return one row an item and one column a feature, missing where untold."""
    loaded = read_current(deployment, reader, project, "label")
    ids = np.unique(loaded.item).tolist()
    names = read_item_names(deployment, reader, project, ids)
    found = pd.DataFrame({"item": [names[number] for number in ids]}, index=ids)
    columns = {name: pd.Series(told, index=at) for name, (at, told) in loaded.features.items()}
    return found.assign(**columns).reset_index(drop=True)
