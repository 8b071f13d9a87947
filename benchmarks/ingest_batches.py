"""Durable ingest in batches of 1,000 over HTTP, beside a floor of raw statements, on each database.

The floor takes the very rows that the server wrote, and writes them again (see `_floor.py`).
Runs alternate, medians count. Aim: 0.7 of the floor.

    python benchmarks/ingest_batches.py [EVENTS] [sqlite|postgresql]
"""

import statistics
import sys

from _floor import floor, newest, written
from _ingest import installation, loading, requests, serving

from labeltrust.store.session import open_engine

BATCH, CLIENTS, ROUNDS, AIM = 1_000, 4, 5, 0.7
DATABASES = ("sqlite", "postgresql")


def main() -> None:
    """Run and print rates and their ratio."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 30_000
    for database in sys.argv[2:] or DATABASES:
        measured(database, n)


def measured(database: str, n: int) -> None:
    """Measure on one database."""
    rates: list[float] = []
    floors: list[float] = []
    with (
        installation(database) as place,
        serving(place) as port,
        loading(port, CLIENTS) as load,
    ):
        engine = open_engine(place.settings)
        load.send(requests(place.key, 10**7, 3, BATCH))  # warm
        for number in range(ROUNDS):
            before = newest(engine)
            seconds, _ = load.send(requests(place.key, number * n, n // BATCH, BATCH))
            rates.append(n / seconds)
            floors.append(n / floor(place, written(engine, before)))
        engine.dispose()
    ratios = [rate / floor for rate, floor in zip(rates, floors, strict=True)]
    print(f"{database}: over HTTP {statistics.median(rates):8.0f} events/s")
    print(f"{database}: floor     {statistics.median(floors):8.0f} events/s")
    spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
    print(f"{database}: ratio     {statistics.median(ratios):8.2f} ({spread}; aim {AIM})")


if __name__ == "__main__":
    main()
