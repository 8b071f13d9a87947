"""CVAT's API: the labels of every completed job, frame by frame. After its documentation.

No annotation of CVAT has an author: whose labels a job's are is its assignee, and a job without one
is nobody's. Its tags are one answer, its rectangles another; a frame without any of a kind has no
answer of that kind. Tracks and other shapes are passed over. Jobs under work are drafts: nothing is
concluded from what they hold. Ids of labels become names by the job's own list.

An annotation is a job's frame, since CVAT gives its tags and shapes new ids with every save.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from msgspec.structs import replace

from labeltrust.connectors._asked import Asked
from labeltrust.connectors._base import Connector, Page, Pulled
from labeltrust.connectors._web import Api, Params, Signer, StaticHeader
from labeltrust.domain.errors import InvalidInput, NoAnswer
from labeltrust.domain.events import Event, LabelValue, Problem
from labeltrust.domain.platform_access import Access
from labeltrust.ingest._base import problem_of
from labeltrust.ingest._fields import aware_time, checked_id
from labeltrust.ingest._regions import one_or_list, ordered
from labeltrust.ingest._routing import Route

PAGE_JOBS: Final = 100
_MOST_LABELS: Final = 1_000
TAGS, RECTANGLES = "tags", "rectangles"


def sign(access: Access) -> Signer:
    """Return how requests prove who asks.

    >>> sign(Access(url="https://c.test", remote="2", token="abc")).value
    'Token abc'
    """
    return StaticHeader(name="Authorization", value=f"Token {access.token}")


def check(access: Access) -> None:
    """Refuse project ids that CVAT cannot have.

    Raises:
        InvalidInput: Names the place.

    >>> check(Access(url="https://c.test", remote="2", token="t"))
    """
    if not access.remotes or not all(part.isdecimal() for part in access.remotes):
        detail = "name the project by its number, as in its address: /projects/2"
        raise InvalidInput(detail, place="remote")


def pages(api: Api, asked: Asked) -> Iterator[Page]:
    """Yield every frame of the completed jobs, and return when those were all.

    Raises:
        NoAnswer: Something is missing.
        Misconfigured: The source's settings do not fit.
    """
    route = Route.of(asked.config)
    for remote in asked.access.remotes:
        for job in _jobs(api, remote):
            begins = f"job:{job['id']}:"
            if job.get("state") != "completed":
                yield Page(annotations=(), untold=(begins,))
            else:
                yield Page(annotations=tuple(_frames(api, job, route)))


def _jobs(api: Api, remote: str) -> Iterator[dict[str, Any]]:
    seen: set[int] = set()
    page, count = 1, -1
    while count < 0 or len(seen) < count:
        which: Params = {"project_id": remote, "page": page, "page_size": PAGE_JOBS, "sort": "id"}
        found = api.get("/api/jobs", which)
        jobs = found.get("results") if isinstance(found, dict) else None
        now = found.get("count") if isinstance(found, dict) else None
        if not isinstance(jobs, list) or not isinstance(now, int):
            raise NoAnswer("/api/jobs: no list of jobs with its count")
        ids = {job["id"] for job in jobs if isinstance(job, dict) and "id" in job}
        if count not in {-1, now} or len(ids) < len(jobs) or ids & seen or (not ids and now):
            raise NoAnswer("/api/jobs: the jobs changed while they were read")
        yield from jobs
        seen |= ids
        page, count = page + 1, now


@dataclass(frozen=True, slots=True)
class _Job:
    """A completed job: its own fields, and the names of its labels by their ids."""

    told: Mapping[str, Any]
    labels: Mapping[object, str]
    route: Route


def _frames(api: Api, told: Mapping[str, Any], route: Route) -> Iterator[Pulled]:
    job = _Job(told, _labels(api, told["id"]), route)
    path = f"/api/jobs/{told['id']}/annotations"
    found = api.get(path)
    if not isinstance(found, dict):
        raise NoAnswer(f"{path}: no annotations")
    frames: dict[int, dict[str, list[Mapping[str, Any]]]] = {}
    for kind, part in ((TAGS, "tags"), (RECTANGLES, "shapes")):
        for one in _list(found, part, path):
            if part == "tags" or one.get("type") == "rectangle":
                frames.setdefault(_frame(one, path), {}).setdefault(kind, []).append(one)
    for frame, answers in sorted(frames.items()):
        yield _pulled(job, frame, answers)


def _labels(api: Api, job: object) -> dict[object, str]:
    found = api.get("/api/labels", {"job_id": str(job), "page_size": _MOST_LABELS})
    results = found.get("results") if isinstance(found, dict) else None
    if not isinstance(results, list) or found.get("count") != len(results):
        raise NoAnswer("/api/labels: not all labels of the job")
    return {one.get("id"): str(one.get("name")) for one in results if isinstance(one, dict)}


def _list(found: Mapping[str, Any], part: str, path: str) -> list[Mapping[str, Any]]:
    items = found.get(part)
    if not isinstance(items, list) or not all(isinstance(one, dict) for one in items):
        raise NoAnswer(f"{path}: no list of {part}")
    return items


def _frame(one: Mapping[str, Any], path: str) -> int:
    frame = one.get("frame")
    if not isinstance(frame, int):
        raise NoAnswer(f"{path}: an annotation names no frame")
    return frame


def _pulled(job: _Job, frame: int, answers: Mapping[str, list[Mapping[str, Any]]]) -> Pulled:
    number = f"job:{job.told['id']}:{frame}"
    try:
        base = _base(job, number, frame)
        events = tuple(
            _event(base, kind, _label(kind, answers.get(kind, []), job.labels), job.route)
            for kind in (TAGS, RECTANGLES)
            if job.route.question(kind) is not None
        )
    except InvalidInput as error:
        return Pulled(annotation_id=number, problem=problem_of(error, None))
    if not events:
        detail = "setting 'questions' maps neither 'tags' nor 'rectangles'"
        problem = Problem(index=None, code="unknown_question", detail=detail)
        return Pulled(annotation_id=number, problem=problem)
    return Pulled(annotation_id=number, events=events, raw={"frame": frame, **answers})


def _base(job: _Job, number: str, frame: int) -> Event:
    assignee, field = job.told.get("assignee"), job.route.labeler_key or "id"
    who = assignee.get(field) if isinstance(assignee, dict) else None
    if who is None:
        raise InvalidInput("the job has no assignee", place="job", code="missing_field")
    at = aware_time(job.told.get("updated_date"), "updated_date")
    project = job.route.to(job.told.get("project_id"))
    return Event(
        type="label.submitted",
        project=project or "",
        event_id=f"reconciled:{number}:{at.isoformat()}",
        item=f"{job.told.get('task_id')}:{frame}",
        labeler=checked_id(str(who), "assignee"),
        annotation_id=number,
        occurred_at=at,
        revised_at=at,
        detail={"action": "job.reconciled", "stage": str(job.told.get("stage"))},
    )


def _event(base: Event, kind: str, label: LabelValue, route: Route) -> Event:
    question = route.question(kind) or kind
    changed = replace(base, question=question, event_id=f"{base.event_id}:{kind}", label=label)
    return changed if label is not None else replace(changed, type="label.withdrawn")


def _label(kind: str, parts: list[Mapping[str, Any]], names: Mapping[object, str]) -> LabelValue:
    if not parts:
        return None
    unknown = [one.get("label_id") for one in parts if one.get("label_id") not in names]
    if unknown:
        detail = f"label {unknown[0]!r:.40} is none of the job's"
        raise InvalidInput(detail, place="label_id", code="bad_label")
    if kind == TAGS:
        return one_or_list(sorted({names[one.get("label_id")] for one in parts}))
    return ordered([_box(one, names) for one in parts])


def _box(one: Mapping[str, Any], names: Mapping[object, str]) -> dict[str, object]:
    points = one.get("points")
    corners = points if isinstance(points, list) and len(points) == 4 else [None]  # noqa: PLR2004
    if not all(isinstance(corner, int | float) for corner in corners):
        raise InvalidInput("a rectangle has four corners", place="points", code="bad_label")
    places = dict(zip(("x1", "y1", "x2", "y2"), corners, strict=True))
    return {**places, "label": names[one.get("label_id")]}


CONNECTOR = Connector(
    name="cvat",
    title="CVAT",
    parser_version="cvat-pull/1",
    access_hint=(
        "In CVAT, make an access token of an account that sees the project; the project is the "
        "number in its address."
    ),
    sign=sign,
    check=check,
    pages=pages,
)
