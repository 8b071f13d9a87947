"""How much is tried: a little in every run of the suite, much more under `make fuzz`."""

import os

FACTOR = "LABELTRUST_TEST_FUZZ_FACTOR"
FIGURES: list[str] = []


def effort(examples: int) -> int:
    """Return how many examples to try."""
    return examples * int(os.environ.get(FACTOR, "1"))


def figure(line: str) -> None:
    """Keep a line that is shown after the tests, where they run in one process."""
    FIGURES.append(line)
