"""Server time of the console's pages at a million labels and 10,000 labelers, on SQLite.

    python benchmarks/pages.py                              # builds the home once, then measures
    python benchmarks/pages.py --home build/small --labels 100000 --labelers 1000

A page is asked for over ASGI, without a network: what is measured is the server's own work, in
milliseconds, as the middle and the slowest of several requests after a first one. `cpu` is the
middle of the processor's time, which a busy machine does not stretch.

Measured on two processors (decision 66): pages 4 to 134 ms, charts 45 to 182 ms; what a freeze
holds takes 286 ms, since it reads the whole record behind its page. To build the home takes an
import (190 s), an assessment (400 s) and what people did (a few minutes).
"""

import argparse
import asyncio
import logging
import statistics
import tempfile
import time
from pathlib import Path

import httpx
import structlog
from _page_home import OWNER, PROJECT, build

from labeltrust.app import application, build_deployment
from labeltrust.services.add_person import add_person
from labeltrust.services.deployment import Deployment
from labeltrust.services.list_flags import list_flags
from labeltrust.services.sign_in import create_sign_in_link
from labeltrust.settings import Settings
from labeltrust.store.migrate import migrate
from labeltrust.web.paths import segment

ROUNDS = 7
GOAL_MS = 200.0


def main() -> None:
    """Build the home where it is missing, then time each page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(tempfile.gettempdir()) / "lt-pages")
    parser.add_argument("--labels", type=int, default=1_000_000)
    parser.add_argument("--labelers", type=int, default=10_000)
    asked = parser.parse_args()
    asked.home.mkdir(parents=True, exist_ok=True)
    deployment = build_deployment(Settings(home=asked.home))
    migrate(deployment.engine)
    build(deployment, asked.home, asked.labels, asked.labelers)
    asyncio.run(measure(deployment))


async def measure(deployment: Deployment) -> None:
    """Ask for each page and print its time."""
    transport = httpx.ASGITransport(application(deployment))
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    print(f"{'page':58} {'middle ms':>10} {'slowest ms':>11} {'cpu ms':>7} {'kB':>6}")
    for role, paths in pages(deployment).items():
        async with httpx.AsyncClient(transport=transport, base_url="http://labeltrust") as browser:
            await sign_in(browser, deployment, role)
            for path in paths:
                await measured(browser, path)


async def sign_in(browser: httpx.AsyncClient, deployment: Deployment, role: str) -> None:
    """Sign a new reader in."""
    name = f"reader {time.time_ns()}"
    add_person(deployment, OWNER, name=name, role=role)
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


def pages(deployment: Deployment) -> dict[str, list[str]]:
    """Return the addresses to ask for, by the role that asks."""
    home = f"/projects/{PROJECT}"
    flags = list_flags(deployment, OWNER, PROJECT, status="open", limit=1)
    suspect = f"{home}/labelers/{segment(flags[0].labeler)}"
    flag = f"/flags/{flags[0].id}"
    drawn = ("confusion", "mix", "timeline", "signals/targeted_flip")
    lead = [
        "/projects", home, f"{home}/charts/agreement.json", f"{home}/charts/labels.json",
        f"{home}/labelers", f"{home}/labelers?sort=trust&page=50",
        f"{home}/labelers?q=99&sort=-labels", f"{home}/labelers?standing=flagged",
        suspect, *(f"{suspect}/charts/{name}.json" for name in drawn),
        "/flags", "/flags?status=all&sort=-flag", "/flags?status=all&sort=labeler&page=50",
        "/flags?status=all&q=99", "/flags?signal=targeted_flip&status=dismissed",
        flag, f"{flag}/charts/targeted_flip.json", "/workload", "/appeals",
        "/notifications", "/notifications/unseen",
        "/freezes", "/freezes?shown=all&sort=labeler&page=50", "/freezes?shown=all&q=case+99",
        "/freezes/1", "/freezes/1/holds",
        "/audits", "/audits?sort=-answered", "/audits/1", "/desk", f"{home}/audits/new",
        f"{home}/snapshots", "/snapshots/1",
        "/incidents", "/incidents?q=99&sort=severity", "/incidents/1",
        "/sources", "/sources/import",
        "/quarantine", "/quarantine?q=99&sort=code&page=3", "/quarantine/1",
        "/approvals", "/approvals?show=all&sort=asked_by", "/approvals/1",
        f"{home}/gate", f"{home}/settings", "/settings",
    ]  # fmt: skip
    return {"qa_lead": lead, "admin": ["/people", "/keys"]}


main()
