"""The anaesthetists' table: 45 patients' fitness for anaesthesia, judged by five of them.

Typed from Dawid and Skene (1979), "Maximum likelihood estimation of observer error-rates using the
EM algorithm", Applied Statistics 28(1), table 1. Categories run from 1 (fit) to 4; the first
anaesthetist judged every case sheet three times.
"""

import pandas as pd

# One patient a line: the three answers of the first anaesthetist, then one of each of the others.
TABLE_1 = """
111 1 1 1 1 | 333 4 3 3 4 | 112 2 1 2 2 | 222 3 1 2 1 | 222 3 2 2 2
222 3 3 2 2 | 112 2 1 1 1 | 333 3 4 3 3 | 222 2 2 2 3 | 232 2 2 2 3
444 4 4 4 4 | 222 3 3 4 3 | 111 1 1 1 1 | 222 3 2 1 2 | 121 1 1 1 1
111 2 1 1 1 | 111 1 1 1 1 | 111 1 1 1 1 | 222 2 2 2 1 | 222 1 3 2 2
222 2 2 2 2 | 222 2 2 2 1 | 222 3 2 2 2 | 221 2 2 2 2 | 111 1 1 1 1
111 1 1 1 1 | 232 2 2 2 2 | 111 1 1 1 1 | 111 1 1 1 1 | 112 1 1 2 1
111 1 1 1 1 | 333 3 2 3 3 | 111 1 1 1 1 | 222 2 2 2 2 | 222 3 2 3 2
433 4 3 4 3 | 221 2 2 3 2 | 232 3 2 3 3 | 333 3 4 3 2 | 111 1 1 1 1
111 1 1 1 1 | 121 2 1 1 1 | 232 2 2 2 2 | 121 1 1 1 1 | 222 2 2 2 2
"""


def anaesthetists() -> pd.DataFrame:
    """Return the table with one row an answer: item, labeler, label; 315 rows.

    >>> anaesthetists().shape, anaesthetists()["item"].nunique()
    ((315, 3), 45)
    """
    patients = TABLE_1.replace("\n", " | ").strip(" |").split(" | ")
    rows = [
        (f"patient-{patient:02d}", f"anaesthetist-{who}", answer)
        for patient, line in enumerate(patients, start=1)
        for who, answers in enumerate(line.split(), start=1)
        for answer in answers
    ]
    return pd.DataFrame(rows, columns=["item", "labeler", "label"])
