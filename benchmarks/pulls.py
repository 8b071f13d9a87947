"""A pull of a whole project: memory and seconds beside a plain floor.

The platform's answers are made up page by page and read by the Label Studio connector; no network.
Three pulls: all is missing (every annotation is recorded), nothing differs, and nothing is there
any more, as behind a wrong project number. Each runs in a process of its own, so that its memory is
its own: what it had more at its peak than before it began. Seconds are of the processor, so that
other work on the machine does not count. The floor beside them decodes and reads
the same answers, fetches every row of the record once, and compares and keeps nothing.

    python benchmarks/pulls.py [ANNOTATIONS ...]
"""

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import msgspec
from _ingest import installation

from labeltrust.app import build_deployment
from labeltrust.connectors._asked import Asked
from labeltrust.connectors.label_studio import CONNECTOR, PAGE_TASKS
from labeltrust.domain.access import SourceDraft
from labeltrust.domain.platform_access import Access, AccessDraft
from labeltrust.domain.principals import shell_owner
from labeltrust.services.add_source import add_source
from labeltrust.services.connect_source import connect_source
from labeltrust.services.deployment import Deployment
from labeltrust.services.reconcile_source import _begun, _finish, _made, begin_reconciling
from labeltrust.settings import Settings
from labeltrust.store.slices import slices

A_TASK, PEOPLE = 10, 40
CONFIG = {"project": "fraud", "questions": {"verdict": "label"}}
OWNER = shell_owner("bench")
_ROWS = (
    "SELECT annotation_id, question_id, item_alias_id, labeler_alias_id, label, revised_us, "
    "received_us, event_id FROM event WHERE chain_id = ? AND sequence > ? AND sequence <= ?"
)


class Played:
    """Answers of a platform that holds so many annotations, decoded as the real one's are."""

    def __init__(self, n: int) -> None:
        """Hold `n` annotations, ten a task."""
        self.n_tasks = n // A_TASK

    def get(self, _: str, params: dict[str, str] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Answer one request."""
        if params is None:
            labels = {"verdict": {"type": "Choices", "labels": ["fraud", "benign"]}}
            return {"id": 3, "parsed_label_config": labels, "model_version": ""}
        after = int(msgspec.json.decode(params["query"])["filters"]["items"][0]["value"])
        ids = range(after + 1, min(after + PAGE_TASKS, self.n_tasks) + 1)
        body = {"tasks": [_task(number) for number in ids], "total": self.n_tasks - after}
        return msgspec.json.decode(msgspec.json.encode(body))

    def exists(self, _: str) -> bool:
        """Nothing is found alone."""
        return False


def _task(number: int) -> dict[str, Any]:
    told = [_annotation(number * A_TASK + place) for place in range(A_TASK)]
    return {"id": number, "data": {"text": f"payment {number}"}, "annotations": told}


def _annotation(number: int) -> dict[str, Any]:
    value = {"choices": ["fraud" if number % 3 else "benign"]}
    who = 2 + number % PEOPLE
    at = "2026-11-22T10:00:00.000001Z"
    return {
        "id": number, "completed_by": who, "updated_by": who, "was_cancelled": False,
        "result": [{"from_name": "verdict", "to_name": "text", "type": "choices", "value": value}],
        "ground_truth": False, "created_at": at, "updated_at": at, "lead_time": 4.2,
    }  # fmt: skip


def main() -> None:
    """Run and print."""
    for n in [int(one) for one in sys.argv[1:]] or [100_000, 1_000_000]:
        with installation() as place:
            _prepare(place.settings)
            runs = (
                ("all is missing", pull, n),
                ("plain floor", floor, n),
                ("nothing differs", pull, n),
                ("all is gone", pull, 0),
            )
            for hours, (name, run, there) in enumerate(runs):
                seconds, mib, told = apart(partial(run, n=there), place.settings, hours)
                print(f"{n:9,}  {name:16} {seconds:7.1f} s  {mib:7.0f} MiB  {told}", flush=True)


def _prepare(settings: Settings) -> None:
    deployment = build_deployment(settings)
    draft = SourceDraft(name="ls", platform="label-studio", projects=("fraud",), config=CONFIG)
    add_source(deployment, OWNER, draft)
    access = AccessDraft(url="https://8.8.8.8", remote="3", token="a" * 40, every_minutes=0)
    connect_source(deployment, OWNER, "ls", access)
    deployment.engine.dispose()


def apart(
    run: Callable[[Deployment], str], settings: Settings, hours: int
) -> tuple[float, float, str]:
    """Return seconds and MiB of a run in a process of its own, and what it says."""
    mine, theirs = get_context("fork").Pipe()
    process = get_context("fork").Process(target=_measured, args=(run, settings, hours, theirs))
    process.start()
    found: tuple[float, float, str] = mine.recv()
    process.join()
    return found


def _measured(
    run: Callable[[Deployment], str], settings: Settings, hours: int, out: Connection
) -> None:
    deployment = build_deployment(settings)
    # Each an hour behind the last, so that nothing on record is as young as the grace of a pull.
    deployment = replace(deployment, clock=lambda: datetime.now(UTC) + timedelta(hours=hours))
    before, began = _peak_mib(), time.process_time()
    told = run(deployment)
    out.send((time.process_time() - began, _peak_mib() - before, told))


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pull(deployment: Deployment, n: int) -> str:
    """Compare the source with a platform that holds `n` annotations."""
    begun = _begun(deployment, begin_reconciling(deployment, OWNER, "ls"))
    made, api = _made(deployment, OWNER, begun), Played(n)
    made.read(api)  # type: ignore[arg-type] # answers as Api does
    made.conclude(api)  # type: ignore[arg-type]
    _finish(deployment, begun, made, ())
    found = made.findings()
    return f"missing {found.missing}, recorded {found.recorded}, held {found.held}"


def floor(deployment: Deployment, n: int) -> str:
    """Read the same answers and the same rows, and do nothing with them."""
    asked = Asked(source="ls", access=Access(url="", remote="3", token=""), config=CONFIG)
    theirs = sum(len(page.annotations) for page in CONNECTOR.pages(Played(n), asked))  # type: ignore[arg-type]
    with deployment.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT max(sequence) FROM event WHERE chain_id = 2")
        through = found.scalar_one()
    ours = sum(len(rows) for rows in slices(deployment.engine, _ROWS, (2, through)))
    return f"read {theirs} there and {ours} here"


if __name__ == "__main__":
    main()
