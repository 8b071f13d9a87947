"""irrCAC in an environment of its own (it wants older pandas and scipy): coefficients and seconds.

    .venv-bench/bin/python benchmarks/_irrcac.py FILE

The file holds a matrix of items by seats, NaN where a seat is empty.
"""

import json
import sys
from time import process_time

import numpy as np
import pandas as pd
from irrCAC.raw import CAC


def main(path: str) -> None:
    """Print AC1 and its interval as irrCAC has them."""
    frame = pd.DataFrame(np.load(path))
    CAC(frame.head(50)).gwet()  # what is imported at first use is in no figure
    began = process_time()
    found = CAC(frame).gwet()["est"]
    spent = process_time() - began
    low, high = found["confidence_interval"]
    answer = {"value": float(found["coefficient_value"]), "low": float(low), "high": float(high)}
    print(json.dumps(answer | {"cpu_seconds": spent}))


if __name__ == "__main__":
    main(sys.argv[1])
