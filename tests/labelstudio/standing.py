"""What our history and the platform's API say, for comparing and for recording."""

import json
from typing import Any

import httpx

from labeltrust.app import build_deployment
from labeltrust.services.reread import opened_body
from labeltrust.settings import Settings
from labeltrust.store.annotated import annotations_at
from labeltrust.store.quarantine import original
from labeltrust.store.session import reading
from labeltrust.store.statements import Statements

_KEPT_OF_PROJECT = ("id", "parsed_label_config", "model_version")
_KEPT_OF_TASK = ("id", "data", "created_at", "updated_at", "meta")
_UNSAID = ("created_username", "created_ago")


def standing(settings: Settings, source: str, project: str) -> dict[str, tuple[str, str]]:
    """Return labeler and label of each annotation that stands on record."""
    deployment = build_deployment(settings)
    with deployment.engine.connect() as connection:
        statements = Statements(connection)
        ((source_id,),) = statements.rows("SELECT id FROM source WHERE name = ?", (source,))
        ((chain,),) = statements.rows("SELECT chain_id FROM project WHERE name = ?", (project,))
        names = dict(statements.rows("SELECT id, outside_id FROM labeler_alias"))
        sql = (
            "SELECT sequence FROM event WHERE chain_id = ? AND source_id = ? "
            "AND annotation_id IS NOT NULL AND type LIKE 'label.%'"
        )
        places = [row[0] for row in statements.rows(sql, (chain, source_id))]
    found = annotations_at(deployment.engine, chain, places)
    newest = {number: max(one.standing) for number, one in found.items() if one.standing}
    deployment.engine.dispose()
    return {number: (names[s.labeler], s.label or "") for number, s in newest.items()}


def deliveries(settings: Settings, source: str) -> list[dict[str, Any]]:
    """Return the webhook bodies that came, as small as they can be read."""
    deployment = build_deployment(settings)
    with deployment.engine.connect() as connection:
        sql = (
            "SELECT d.id FROM delivery d JOIN source s ON s.id = d.source_id WHERE s.name = ? "
            "AND d.parser = 'label-studio/1' ORDER BY d.id"
        )
        numbers = [row[0] for row in Statements(connection).rows(sql, (source,))]
    bodies = []
    for number in numbers:
        with reading(deployment.engine) as session:
            stored = original(session, number)
        bodies.append(_small(json.loads(opened_body(deployment, stored))))
    deployment.engine.dispose()
    return bodies


def told_by_api(admin: httpx.Client, project: int) -> dict[str, Any]:
    """Return what the API says of a project and its tasks."""
    known = admin.get(f"/api/projects/{project}/").json()
    params = {"project": project, "fields": "all", "page_size": 10_000}
    tasks = admin.get("/api/tasks/", params=params).json()["tasks"]
    return {
        "project": {name: known[name] for name in _KEPT_OF_PROJECT},
        "tasks": [_task(task) for task in tasks],
    }


def _small(body: dict[str, Any]) -> dict[str, Any]:
    """Drop what no reader looks at: of the project all but the names of its controls."""
    kept = {**body}
    if isinstance(body.get("project"), dict):
        kept["project"] = {n: body["project"][n] for n in _KEPT_OF_PROJECT if n in body["project"]}
    if isinstance(body.get("annotation"), dict):
        kept["annotation"] = _annotation(body["annotation"])
    if isinstance(body.get("task"), dict):
        kept["task"] = {name: body["task"].get(name) for name in _KEPT_OF_TASK}
    return kept


def _task(task: dict[str, Any]) -> dict[str, Any]:
    kept = {name: task[name] for name in _KEPT_OF_TASK}
    return {**kept, "annotations": [_annotation(one) for one in task["annotations"]]}


def _annotation(one: dict[str, Any]) -> dict[str, Any]:
    kept = {name: part for name, part in one.items() if name not in _UNSAID and part is not None}
    return {name: part for name, part in kept.items() if part not in (False, {}, [])}
