"""Break a real installation on purpose, and hold it against the sender's own log.

    python tests/chaos [--seed N] [--faults F1,F6] [--database sqlite|postgresql] [--minutes M]
                       [--size full|small] [--json FILE]

Real servers, real HTTP on loopback, a real PostgreSQL of its own with every commit synced. Without
`--minutes` each fault runs once; with it, again and again with the next seeds until they are over.
Exit code 1 where a promise did not hold, or where what was to happen never did.
"""

import argparse
import json
import signal
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1])]

from chaos.faults import FAULTS  # noqa: E402 - the folder comes first
from chaos.plan import Done, Fault, Order  # noqa: E402
from chaos.report import line, said, table  # noqa: E402
from databases import NoServer  # noqa: E402

_ENDED = 143


def main() -> int:
    """Run what was asked for and say what was found."""
    # Ended from outside, it still ends its servers and unmounts its disks.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(_ENDED))
    wanted = _parser().parse_args()
    chosen = wanted.faults.upper().split(",") if wanted.faults else list(FAULTS)
    unknown = [name for name in chosen if name not in FAULTS]
    if unknown:
        print(f"no fault {unknown[0]}; there are {', '.join(FAULTS)}", file=sys.stderr)
        return 2
    results = []
    end, seed = time.monotonic() + 60 * wanted.minutes, wanted.seed
    while True:
        for name in chosen:
            for database in [wanted.database] if wanted.database else FAULTS[name].databases:
                results.append(_ran(FAULTS[name], database, seed, wanted.size))
                print(line(results[-1]), file=sys.stderr, flush=True)
        seed += 1
        if time.monotonic() >= end:
            break
    print(table(results))
    if wanted.json:
        Path(wanted.json).write_text(json.dumps([said(one) for one in results], indent=1) + "\n")
    return 0 if all(done.is_good for *_, done in results) else 1


def _ran(fault: Fault, database: str, seed: int, size: str) -> tuple[Fault, str, int, float, Done]:
    began = time.monotonic()
    if database not in fault.databases:
        done = Done(skipped=f"not a fault of {database}")
    else:
        order = Order(database=database, seed=seed, size=getattr(fault, size))
        try:
            done = fault.run(order)
        except NoServer as reason:
            done = Done(skipped=f"no PostgreSQL here: {reason}")
    return fault, database, seed, time.monotonic() - began, done


def _parser() -> argparse.ArgumentParser:
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("chaos", description=__doc__, formatter_class=formatter)
    parser.add_argument("--seed", type=int, default=1, help="of every random choice")
    parser.add_argument("--faults", default="", help="such as F1,F6; all without")
    parser.add_argument("--database", choices=("sqlite", "postgresql"), help="both without")
    parser.add_argument("--minutes", type=float, default=0.0, help="go on with the next seeds")
    parser.add_argument("--size", choices=("full", "small"), default="full")
    parser.add_argument("--json", default="", help="file for the results as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
