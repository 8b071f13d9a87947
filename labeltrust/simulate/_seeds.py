"""Write the sample data of the project, the same bytes every time."""

from pathlib import Path

import pandas as pd

import labeltrust
from labeltrust.domain.errors import Misconfigured
from labeltrust.simulate._anaesthetists import anaesthetists
from labeltrust.simulate._frames import Simulated
from labeltrust.simulate._fraud_review import fraud_answers, fraud_review

FRAUD_REVIEW = "fraud-review"
SEED = 1979
# What goes wrong in real exports, one of a kind, with the line after which it stands; the reason is
# for the reader, an import must find it out by itself.
BROKEN_ROWS: tuple[tuple[int, str, str], ...] = (
    (200, "txn-0041,reviewer-07,frod,2026-09-01T11:00:00Z,4.1", "label outside the scale"),
    (900, "txn-0147,,benign,2026-09-02T10:15:00Z,5.0", "no labeler"),
    (1700, "txn-0290,reviewer-12,fraud,yesterday,6.2", "no time"),
    (2600, ",reviewer-03,benign,2026-09-05T08:00:00Z,3.3", "no item"),
    (3500, "txn-0590,reviewer-21,,2026-09-06T09:30:00Z,2.8", "no label"),
    (5200, "txn-0870,reviewer-30,benign,2026-13-40T00:00:00Z,7.7", "no such day"),
    (7100, "txn-1190,reviewer-18,fraud,2026-09-12T12:00:00Z,quick", "seconds are no number"),
    (9000, "txn-1505,reviewer-25,benign,2026-09-15T16:45:00Z,-4.0", "negative seconds"),
    (11000, "txn-1840,reviewer-33,FRAUD!,2026-09-18T07:20:00Z,5.5", "label outside the scale"),
    (13000, "txn-2170,reviewer-09", "row too short"),
)


def labels_csv(simulated: Simulated, broken: tuple[tuple[int, str, str], ...] = ()) -> str:
    r"""Return labels as csv text, with broken rows after the lines they name.

    Lines count from 1, the header being line 1.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"item": ["a"], "labeler": ["b"], "label": ["c"]})
    >>> labels_csv(Simulated(labels=frame, gold=frame, truth=frame), ((2, "?", "why"),))
    'item,labeler,label\na,b,c\n?\n'
    """
    lines = simulated.labels.to_csv(index=False, lineterminator="\n").splitlines()
    for line, row, _ in sorted(broken, reverse=True):
        lines.insert(line, row)
    return "\n".join(lines) + "\n"


def write_fraud_review(folder: Path, seed: int = SEED) -> None:
    """Write the demo scenario: labels with broken rows, gold, features, and who attacks."""
    simulated = fraud_review(seed)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / "labels.csv", labels_csv(simulated, BROKEN_ROWS))
    _write_frame(folder / "gold.csv", simulated.gold)
    _write_frame(folder / "truth.csv", simulated.truth)
    _write_frame(folder / "answers.csv", fraud_answers(seed))
    if simulated.items is not None:
        _write_frame(folder / "items.csv", simulated.items)


def write_anaesthetists(folder: Path) -> None:
    """Write `labels.csv` of the anaesthetists' table."""
    folder.mkdir(parents=True, exist_ok=True)
    _write_frame(folder / "labels.csv", anaesthetists())


def write_seeds(folder: Path) -> None:
    """Write all sample data below a folder, as `make seed` does."""
    write_fraud_review(folder / FRAUD_REVIEW)
    write_anaesthetists(folder / "anaesthetists-1979")


def sample_folder() -> Path:
    """Return the folder of the sample data: in the wheel, or beside the package in a checkout.

    Raises:
        Misconfigured: There is none.

    >>> (sample_folder() / "fraud-review" / "items.csv").is_file()
    True
    """
    package = Path(labeltrust.__file__).parent
    for folder in (package / "_seeds", package.parent / "seeds"):
        if (folder / FRAUD_REVIEW).is_dir():
            return folder
    raise Misconfigured("the installation holds no sample data; run `make seed`")


def _write_frame(path: Path, frame: pd.DataFrame) -> None:
    _write(path, frame.to_csv(index=False, lineterminator="\n"))


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")
