"""The red team beside its peers: writes docs/redteam, over two hours on two cores.

Finished runs are kept under var/redteam: a run that was broken off goes on where it stopped, as
long as neither code nor seed changes. Published data sets take part where they are found.

    python benchmarks/redteam.py [--seed N] [--seeds 20] [--framing 1000] [--short] [--jobs N]
"""

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path

from _peers import PEERS

from labeltrust.cli.redteam import progress_shown
from labeltrust.redteam.claims import rejected
from labeltrust.redteam.plan import SHORT, Sizes
from labeltrust.redteam.published import published_cells
from labeltrust.redteam.red_team import Asked, red_team
from labeltrust.redteam.report import write

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("LABELTRUST_TEST_DATA", ROOT.parent / "shared" / "data"))


def asked(words: list[str]) -> tuple[Asked, argparse.Namespace]:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--framing", type=int)
    parser.add_argument("--incidents", type=int)
    parser.add_argument("--honest", type=int)
    parser.add_argument("--others", type=int)
    parser.add_argument("--published", type=int)
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--jobs", type=int)
    parser.add_argument("--kept", type=Path, default=ROOT / "var" / "redteam")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "redteam")
    given = parser.parse_args(words)
    wanted = {
        "attacks": given.seeds,
        "framing": given.framing,
        "incidents": given.incidents,
        "honest": given.honest,
        "others": given.others,
        "published": given.published,
    }
    sizes = replace(
        SHORT if given.short else Sizes(), **{k: v for k, v in wanted.items() if v is not None}
    )
    inside = DATA / "data"
    cells, skipped = published_cells(inside if inside.is_dir() else DATA)
    return (
        Asked(
            sizes=sizes,
            seed=given.seed,
            jobs=given.jobs,
            peers=PEERS,
            published=cells,
            skipped=skipped,
            files=(Path(__file__).with_name("_peers.py"),),
        ),
        given,
    )


def main() -> int:
    """Write the report; 1 if an error rate is rejected."""
    wanted, given = asked(sys.argv[1:])
    for line in wanted.skipped:
        print(line)
    with progress_shown() as progress:
        report = red_team(wanted, given.kept, progress)
    print(f"first seed {report.made.seed}")
    for path in write(report, given.out):
        print(path)
    for target in report.targets:
        print(
            f"{'met' if target.met else 'MISSED':7} {target.name}: {target.reached}"
            f" (wanted {target.wanted})"
        )
    against = rejected([*report.claims, *report.framing, *report.damage])
    for claim in against:
        print(f"REJECTED {claim.name}: {claim.k} of {claim.n}")
    return int(bool(against))


if __name__ == "__main__":
    sys.exit(main())
