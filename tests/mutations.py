"""Seven hundred ways to tamper with a history, on each database: `make mutations`.

Fourteen kinds at fifty random places. Those that show inside must be found without anything from
outside, at the very record; the others must not be visible inside and must be found with the
checkpoints that were kept. Twenty histories that nobody touched must raise no alarm.

    python tests/mutations.py [PLACES [SEED [sqlite|postgresql]]]
"""

import sys
import tempfile
import time
from pathlib import Path
from random import Random

from databases import migrated_file, migrated_template, running_postgres
from factories import owner
from mutating import KINDS, is_rightly_found, mutated, world_of

from labeltrust.services.verify_ledger import verify_ledger

CLEAN = 20


def main() -> int:
    """Run on SQLite and on PostgreSQL, print a table each, and return 1 where one was missed."""
    places = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    only = sys.argv[3] if len(sys.argv) > 3 else ""
    missed = 0
    with tempfile.TemporaryDirectory(prefix="lt-mutations-") as folder:
        home = Path(folder)
        if only != "postgresql":
            missed += tables("SQLite", home / "sqlite", migrated_file(home), "", places, seed)
        if only != "sqlite":
            with running_postgres() as server:
                template = migrated_template(server)
                missed += tables("PostgreSQL", home / "pg", template, server, places, seed)
    say(f"missed or misplaced: {missed}")
    return 1 if missed else 0


def say(line: str) -> None:
    """Write one line of the report, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tables(name: str, home: Path, template, server: str, places: int, seed: int) -> int:
    """Run all kinds on one database and return how many were missed."""
    random, missed, began = Random(seed), 0, time.monotonic()  # noqa: S311 - places, not secrets
    say(f"\n{name}, seed {seed}\n{'kind':16} {'done':>5} {'inside':>7} {'outside':>8} {'named':>6}")
    with world_of(home, template, seed, server) as world:
        for kind in KINDS:
            found = [mutated(world, kind, random) for _ in range(places)]
            inside = sum(one.inside is not None for one in found)
            outside = sum(one.outside is not None for one in found)
            named = sum(is_rightly_found(world, one, kind) for one in found)
            missed += places - named
            say(f"{kind:16} {places:5} {inside:7} {outside:8} {named:6}")
    alarms = sum(not quiet(home / f"clean{n}", template, server, seed + n) for n in range(CLEAN))
    say(f"{CLEAN} clean histories: {alarms} alarms; {time.monotonic() - began:.0f} s")
    return missed + alarms


def quiet(home: Path, template, server: str, seed: int) -> bool:
    """Say whether a history that nobody touched verifies, alone and with all that was kept."""
    with world_of(home, template, seed, server) as world, world.copy() as deployment:
        alone = verify_ledger(deployment, owner())
        return alone.ok and verify_ledger(deployment, owner(), outside=world.outside).ok


if __name__ == "__main__":
    sys.exit(main())
