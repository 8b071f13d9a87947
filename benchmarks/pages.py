"""Server time of the console's pages at a million labels and 10,000 labelers, on SQLite.

    python benchmarks/pages.py --home build/pages           # builds the home once, then measures
    python benchmarks/pages.py --home build/pages --labels 100000 --labelers 1000

A page is asked for over ASGI, without a network: what is measured is the server's own work, in
milliseconds, as the middle and the slowest of several requests after a first one. `cpu` is the
middle of the processor's time, which a busy machine does not stretch.
"""

import argparse
import asyncio
import statistics
import time
from pathlib import Path

import httpx
import numpy as np

from labeltrust.app import application, build_deployment
from labeltrust.domain.principals import shell_owner
from labeltrust.services.add_person import add_person
from labeltrust.services.assess_project import assess_project
from labeltrust.services.deployment import Deployment
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.services.list_flags import list_flags
from labeltrust.services.sign_in import create_sign_in_link
from labeltrust.settings import Settings
from labeltrust.simulate import Crowd, Planting, draw_planted
from labeltrust.simulate._frames import Words, to_frames
from labeltrust.store.migrate import migrate
from labeltrust.web.paths import segment

OWNER = shell_owner("benchmark")
PROJECT = "big"
ROUNDS = 7
GOAL_MS = 200.0


def main() -> None:
    """Build the home where it is missing, then time each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--labelers", type=int, default=10_000)
    asked = parser.parse_args()
    asked.home.mkdir(parents=True, exist_ok=True)
    deployment = build_deployment(Settings(home=asked.home))
    migrate(deployment.engine)
    done = asked.home / "assessed"
    if not done.exists():
        build(deployment, asked.home, asked.labels, asked.labelers)
        done.touch()
    asyncio.run(measure(deployment))


def build(deployment: Deployment, home: Path, labels: int, labelers: int) -> None:
    """Import a simulated crowd of which a hundredth flips labels, and assess it."""
    crowd = Crowd(n_labelers=labelers, n_items=labels // 5, labels_per_item=5,
                  class_shares=(0.6, 0.3, 0.1), gold_share=0.05)  # fmt: skip
    bad = max(labelers // 100, 1)
    planting = Planting(attack="targeted_flip", n_members=bad, rate=0.7, from_class=1, to_class=0)
    scene = draw_planted(crowd, [planting], np.random.default_rng(4))
    made = to_frames(scene, Words(classes=("benign", "fraud", "unsure"), item="txn"))
    made.labels.to_csv(home / "labels.csv", index=False)
    made.gold.to_csv(home / "gold.csv", index=False)
    request = ImportRequest(path=home / "labels.csv", project=PROJECT, gold=home / "gold.csv")
    timed("import", lambda: import_file(deployment, OWNER, request, lambda _: None))
    timed("assess", lambda: assess_project(deployment, OWNER, PROJECT))


def timed(what: str, work: object) -> None:
    """Do something once and print how long it took."""
    began = time.perf_counter()
    work()  # type: ignore[operator]
    print(f"{what}: {time.perf_counter() - began:.1f} s", flush=True)


async def measure(deployment: Deployment) -> None:
    """Ask for each page and print its time."""
    app = application(deployment)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://labeltrust") as browser:
        await sign_in(browser, deployment)
        print(f"{'page':58} {'middle ms':>10} {'slowest ms':>11} {'cpu ms':>7} {'kB':>6}")
        for path in pages(deployment):
            await measured(browser, path)


async def sign_in(browser: httpx.AsyncClient, deployment: Deployment) -> None:
    """Sign a new reader in."""
    name = f"reader {time.time_ns()}"
    add_person(deployment, OWNER, name=name, role="qa_lead")
    link = create_sign_in_link(deployment, OWNER, name).address
    await browser.post("/sign-in", data={"token": link.rpartition("/")[2]})


async def measured(browser: httpx.AsyncClient, path: str) -> None:
    """Print the time of one page; the first request is left out."""
    times, worked = [], []
    for _ in range(ROUNDS + 1):
        began, before = time.perf_counter(), time.process_time()
        answer = await browser.get(path, headers={"Accept": "text/html"})
        times.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - before))
    if answer.status_code != 200:
        print(f"{path:58} answered {answer.status_code}")
        return
    middle, slowest = statistics.median(times[1:]), max(times[1:])
    cpu = statistics.median(worked[1:])
    missed = "  over the goal" if middle > GOAL_MS else ""
    print(
        f"{path[:58]:58} {middle:10.0f} {slowest:11.0f} {cpu:7.0f} "
        f"{len(answer.content) // 1024:6}{missed}"
    )


def pages(deployment: Deployment) -> list[str]:
    """Return the addresses to ask for."""
    home = f"/projects/{PROJECT}"
    flags = list_flags(deployment, OWNER, PROJECT, status="open", limit=1)
    suspect = f"{home}/labelers/{segment(flags[0].labeler)}" if flags else ""
    found = [
        "/projects", home, f"{home}/charts/agreement.json", f"{home}/charts/labels.json",
        f"{home}/labelers", f"{home}/labelers?sort=trust&page=50",
        f"{home}/labelers?q=99&sort=-labels", f"{home}/labelers?standing=flagged",
    ]  # fmt: skip
    if flags:
        drawn = ("confusion", "mix", "timeline", "signals/targeted_flip")
        found += [suspect, *(f"{suspect}/charts/{name}.json" for name in drawn)]
        found.append(f"/flags/{flags[0].id}")
    return found


main()
