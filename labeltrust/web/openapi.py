"""The description of the interface: examples, tags, and a page that needs no other host."""

from importlib.metadata import version
from typing import Any, cast

from litestar import Request, Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Example, SecurityScheme, Tag

from labeltrust.web.access import by_key
from labeltrust.web.media_types import MEDIA_TYPES

_TAGS = {
    "events": "What platforms send.",
    "projects": "What is asked, on which scale.",
    "assessments": "How far each labeler can be trusted.",
    "identity": "Who is who across platforms, and whose people they are.",
    "models": "What models are for, and how a version compares with the one before.",
    "flags": "The review queue.",
    "freezes": "Labels held out, reversibly.",
    "snapshots": "Training sets without frozen labels.",
    "gate": "May training proceed?",
    "sources": "What platforms hold, compared with the record.",
    "quarantine": "Deliveries that could not be read.",
    "approvals": "Acts of two persons: asked by one, carried out by another.",
    "people": "Who acts here, and with which keys.",
    "alerts": "What people on call are told, and where.",
    "ledger": "Proof that the history is the one that was.",
    "drills": "Poison campaigns and game days in shadows, timed until found and contained.",
    "service": "The installation itself.",
}


# No key at all: an empty requirement, since an empty list would mean the general one.
WITHOUT_KEY: list[dict[str, list[str]]] = [{}]


def example(summary: str, value: object) -> Example:
    """Return an example of a body.

    >>> example("One label", {"id": "evt-1"}).summary
    'One label'
    """
    return Example(summary=summary, value=value)


class DescribedPlugin(JsonRenderPlugin):
    """Renders the description with our own errors in the place of the framework's."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the description as JSON."""
        return super().render(request, described(openapi_schema))


def described(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a description whose refusals are problem details, without its own address.

    >>> found = described({"paths": {"/schema": {}, "/a": {"get": {"responses": {"400": {}}}}}})
    >>> sorted(found["paths"]), list(found["paths"]["/a"]["get"]["responses"])
    (['/a'], ['default'])
    """
    paths = {
        path: {method: _told(path, operation) for method, operation in methods.items()}
        for path, methods in schema["paths"].items()
        if not path.startswith("/schema")
    }
    components = schema.get("components", {})
    schemas = {**components.get("schemas", {}), "Refusal": _PROBLEM}
    whole = {**schema, "paths": paths, "components": {**components, "schemas": schemas}}
    return cast("dict[str, Any]", _with_fixed_lists(whole))


def _told(path: str, operation: dict[str, Any]) -> dict[str, Any]:
    # What the framework adds by itself describes its own errors, which never leave this house.
    kept = {
        status: _file_told(path, response)
        for status, response in operation["responses"].items()
        if status != "400"
    }
    return {**operation, "responses": {**kept, "default": _REFUSED}}


def _file_told(path: str, response: dict[str, Any]) -> dict[str, Any]:
    """Say what a file is; the framework leaves that empty, and takes its dates for JSON's."""
    if "" not in response.get("content", {}):
        return response
    media = MEDIA_TYPES.get(path.rpartition("/")[2], "application/octet-stream")
    headers = response["headers"]
    modified = {**headers["last-modified"], "schema": _TEXT}
    return {
        **response,
        "content": {media: {} if media == "application/json" else response["content"][""]},
        "headers": {**headers, "last-modified": modified},
    }


def _with_fixed_lists(value: Any) -> Any:  # noqa: ANN401 - any JSON
    """Describe pairs of one kind by `items`: tools of older drafts trip over `prefixItems`."""
    if isinstance(value, list):
        return [_with_fixed_lists(one) for one in value]
    if not isinstance(value, dict):
        return value
    told = {name: _with_fixed_lists(one) for name, one in value.items()}
    first = told.get("prefixItems")
    if isinstance(first, list) and first and all(one == first[0] for one in first):
        del told["prefixItems"]
        told |= {"items": first[0], "minItems": len(first), "maxItems": len(first)}
    return told


_TEXT = {"type": "string"}
_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details; `code` is for programs and stays as it is.",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": _TEXT,
        "title": _TEXT,
        "status": {"type": "integer"},
        "code": _TEXT,
        "detail": _TEXT,
        "place": {"type": "string", "description": "Field or row that was refused."},
        "request_id": _TEXT,
        "quarantine_id": {"type": "integer", "description": "Where the delivery is held."},
    },
}
_REFUSED = {
    "description": "Refused, with the reason in words.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
}


def openapi_config() -> OpenAPIConfig:
    """Return how the interface describes itself at `/schema`."""
    bearer = SecurityScheme(type="http", scheme="bearer", description="A key `lt_<id>_<secret>`.")
    return OpenAPIConfig(
        title="labeltrust",
        version=version("labeltrust"),
        summary="Finds poisoned labels, freezes them, guards the gate.",
        openapi_router=Router(path="/schema", route_handlers=[], opt=by_key("read")),
        tags=[Tag(name=name, description=text) for name, text in _TAGS.items()],
        security=[{"key": []}],
        components=[Components(security_schemes={"key": bearer})],
        render_plugins=[DescribedPlugin()],
        use_handler_docstrings=True,
    )
