"""How long Label Studio's webhooks wait for their answer, at 50 requests a second.

Label Studio gives a receiver one second, opens a connection for every event, and lets the labeler
wait meanwhile. Requests go out by the clock, whether or not earlier ones were answered, and their
time counts from the moment they should have gone. Each is durably on record before its answer.
Aim: 99 of 100 answered within 100 ms. Beside it: the same server where nothing is stored.

    python benchmarks/label_studio_webhook.py [SECONDS]
"""

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from contextlib import ExitStack

from _ingest import HOST, REAL, STORES_NOTHING, Place, installation, serving

from labeltrust.app import build_deployment
from labeltrust.domain.access import SourceDraft
from labeltrust.domain.principals import shell_owner
from labeltrust.services.add_source import add_source

A_SECOND, AIM_MS, PEOPLE = 50, 100.0, 40
CONFIG = {"questions": {"verdict": "label"}}
LABELS = (
    '<View><Text name="text" value="$text"/><Choices name="verdict" toName="text">'
    '<Choice value="fraud"/><Choice value="benign"/></Choices></View>'
)


def main() -> None:
    """Run and print how long answers took."""
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with ExitStack() as stack:
        place = stack.enter_context(installation())
        secret = source_of(place)
        for number, kind in enumerate((REAL, STORES_NOTHING)):
            port = stack.enter_context(serving(place, kind))
            first = number * 10**6
            asyncio.run(load(port, requests(secret, first + 900_000, A_SECOND * 2)))  # warm
            report(kind, asyncio.run(load(port, requests(secret, first, A_SECOND * seconds))))


def source_of(place: Place) -> str:
    """Add a Label Studio source and return its secret."""
    deployment = build_deployment(place.settings)
    draft = SourceDraft(name="ls", platform="label-studio", projects=("fraud",), config=CONFIG)
    secret = add_source(deployment, shell_owner("bench"), draft)[1].text
    deployment.engine.dispose()
    return secret


def report(kind: str, took: Sequence[float]) -> None:
    """Print quantiles in milliseconds."""
    ms = sorted(one * 1_000 for one in took)
    p50, p99 = ms[len(ms) // 2], ms[int(len(ms) * 0.99)]
    print(
        f"{kind:16} {len(ms):6} webhooks at {A_SECOND}/s   p50 {p50:6.1f} ms   p99 {p99:6.1f} ms   "
        f"max {ms[-1]:6.1f} ms   (aim: p99 under {AIM_MS:.0f} ms)"
    )


def requests(secret: str, first: int, n: int) -> list[bytes]:
    """Return whole HTTP requests as Label Studio sends them, of about 3 kB each."""
    made = []
    for number in range(first, first + n):
        body = json.dumps(event(number)).encode()
        head = (
            f"POST /webhooks/ls HTTP/1.1\r\nHost: {HOST}\r\nUser-Agent: python-requests/2.32.5\r\n"
            "Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n"
            f"Content-Length: {len(body)}\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {secret}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def event(number: int) -> dict[str, object]:
    """Return one annotation with its task and the project around it."""
    value = {"choices": ["fraud" if number % 3 else "benign"]}
    part = {"id": "a1b2c3d4e5", "from_name": "verdict", "to_name": "text", "type": "choices"}
    who, task = 2 + number % PEOPLE, number // 3
    at = "2026-11-22T10:00:00.000001Z"
    annotation = {
        "id": number, "result": [{**part, "value": value, "origin": "manual"}], "completed_by": who,
        "updated_by": who, "was_cancelled": False, "ground_truth": False, "created_at": at,
        "updated_at": at, "draft_created_at": None, "lead_time": 4.2, "prediction": {},
        "result_count": 1, "unique_id": f"{number:032x}", "task": task, "project": 1,
    }  # fmt: skip
    project = {
        "id": 1, "title": "payments", "label_config": LABELS, "token": "t" * 40,
        "parsed_label_config": {"verdict": {"type": "Choices", "labels": ["fraud", "benign"]}},
        "model_version": "", "description": "x" * 1_500,
    }  # fmt: skip
    told = {"id": task, "data": {"text": f"payment {task}"}, "meta": {}, "project": 1}
    return {"action": "ANNOTATION_CREATED", "annotation": annotation, "project": project,
            "task": told}  # fmt: skip


async def load(port: int, wanted: Sequence[bytes]) -> list[float]:
    """Send by the clock; return how long each took from when it should have gone."""
    began = time.perf_counter() + 0.2
    tasks = [
        asyncio.create_task(_one(port, request, began + number / A_SECOND))
        for number, request in enumerate(wanted)
    ]
    return await asyncio.gather(*tasks)


async def _one(port: int, request: bytes, at: float) -> float:
    await asyncio.sleep(max(0.0, at - time.perf_counter()))
    reader, writer = await asyncio.open_connection(HOST, port)
    writer.write(request)
    status = (await reader.readline()).split()[1]
    await reader.readuntil(b"\r\n\r\n")
    took = time.perf_counter() - at
    writer.close()
    if status != b"202":
        message = f"answered {status.decode()}"
        raise SystemExit(message)
    return took


if __name__ == "__main__":
    main()
