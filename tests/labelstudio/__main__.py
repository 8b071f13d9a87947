"""A real Label Studio end to end: people label, we listen, we are away, and nothing is lost.

    python tests/labelstudio [--items N] [--venv FOLDER] [--record] [--queue-only]

Label Studio is installed from the package index into an environment of its own and runs on its own
SQLite. Its people label through its own API with their own tokens; one of them calls fraud benign.
At last freezes act there: items of frozen labels are asked of others, and no more after the lift.
`--record` keeps what was sent and answered in a small run for `tests/recordings`.
"""

import argparse
import sys
import tempfile
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from queued import Queue  # noqa: E402
from scenario import Scenario  # noqa: E402 - the folders come first
from studio import installed, label_studio  # noqa: E402

HERE = Path(__file__).parents[2]


def main() -> None:
    """Run the scenario and say what was found at each step."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=150)
    parser.add_argument("--venv", type=Path, default=HERE / "var" / "label-studio-venv")
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--queue-only", action="store_true", help="only what freezes do there")
    wanted = parser.parse_args()
    command = installed(wanted.venv)
    with (
        tempfile.TemporaryDirectory(prefix="labeltrust-e2e-") as folder,
        label_studio(command, Path(folder) / "studio") as studio,
    ):
        scenario = Scenario(studio, Path(folder) / "var", wanted.items)
        queue = Queue(scenario)
        if wanted.queue_only:
            scenario.begin()
        else:
            scenario.run(enough=not wanted.record)
        queue.run()
        if wanted.record:
            recordings = HERE / "tests" / "recordings"
            queue.keep(recordings / "label_studio_acts.json")
            if not wanted.queue_only:
                scenario.keep(recordings / "label_studio.json")


if __name__ == "__main__":
    main()
