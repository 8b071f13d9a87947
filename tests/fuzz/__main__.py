"""`make fuzz`: the long runs, on both databases; what fails is printed with how to repeat it.

python tests/fuzz --minutes 30 --database sqlite
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])

from fuzz.installation import ROLES  # noqa: E402 - the folder of tests is on no path before
from fuzz.over_http import Run, fuzzed, installed  # noqa: E402


def main() -> int:
    """Run everything for the minutes given, split evenly, and return 1 where anything failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--database", choices=("sqlite", "postgres"), action="append")
    asked = parser.parse_args()
    databases = asked.database or ["sqlite", "postgres"]
    runs = [(role, known) for role in ROLES for known in (True, False)]
    seconds = max(int(asked.minutes * 60 / len(databases) / len(runs)), 1)
    failed = []
    for database in databases:
        folder = Path(tempfile.mkdtemp(prefix=f"fuzz-{database}-"))
        with installed(database, folder / "var") as settings:
            failed += fuzzed(settings, [Run(*run, seconds) for run in runs], folder)
        sys.stdout.write(f"{database}: {len(runs)} runs of {seconds} s, kept in {folder}\n")
    sys.stdout.write("\n".join(failed) or "nothing was found\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
