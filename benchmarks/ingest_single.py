"""Single events from 64 clients over HTTP, beside handlers that store nothing, on each database.

Runs alternate, medians count. Aim: durable ingest at 90 % of the rate of the same application
with a writer that forgets. The bare handler has no keys, no checks and no strict reading.

    python benchmarks/ingest_single.py [EVENTS] [sqlite|postgresql]
"""

import statistics
import sys
from contextlib import ExitStack

from _ingest import BARE, REAL, STORES_NOTHING, installation, loading, requests, serving

CLIENTS, ROUNDS, AIM = 64, 5, 0.9
DATABASES = ("sqlite", "postgresql")


def main() -> None:
    """Run and print rates and ratios."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 6_000
    for database in sys.argv[2:] or DATABASES:
        measured(database, n)


def measured(database: str, n: int) -> None:
    """Measure on one database."""
    rates: dict[str, list[float]] = {REAL: [], STORES_NOTHING: [], BARE: []}
    late: dict[str, list[float]] = {kind: [] for kind in rates}
    with ExitStack() as stack:
        place = stack.enter_context(installation(database))
        loads = {
            kind: stack.enter_context(loading(stack.enter_context(serving(place, kind)), CLIENTS))
            for kind in rates
        }
        for load in loads.values():
            load.send(requests(place.key, 10**7, 500, 1))  # warm
        for number in range(ROUNDS):
            wanted = requests(place.key, number * n, n, 1)
            for kind, load in loads.items():
                seconds, took = load.send(wanted)
                rates[kind].append(n / seconds)
                late[kind].append(took[int(len(took) * 0.99)] * 1_000)
    print(f"-- {database}")
    report(rates, late)


def report(rates: dict[str, list[float]], late: dict[str, list[float]]) -> None:
    """Print medians and what they are to each other."""
    middle = {kind: statistics.median(values) for kind, values in rates.items()}
    for kind, rate in middle.items():
        print(f"{kind:16} {rate:8.0f} events/s   p99 {statistics.median(late[kind]):6.1f} ms")
    ratios = [a / b for a, b in zip(rates[REAL], rates[STORES_NOTHING], strict=True)]
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(f"real / stores nothing: {statistics.median(ratios):.2f} ({spread}; aim {AIM})")
    print(f"real / bare handler:   {middle[REAL] / middle[BARE]:.2f}")


if __name__ == "__main__":
    main()
