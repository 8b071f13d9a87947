"""The description of the interface: examples, tags, and a page that needs no other host."""

from importlib.metadata import version

from litestar import Router
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, Example, SecurityScheme, Tag

from labeltrust.web.access import by_key

_TAGS = {
    "events": "What platforms send.",
    "projects": "What is asked, on which scale.",
    "assessments": "How far each labeler can be trusted.",
    "flags": "The review queue.",
    "freezes": "Labels held out, reversibly.",
    "snapshots": "Training sets without frozen labels.",
    "gate": "May training proceed?",
    "quarantine": "Deliveries that could not be read.",
    "service": "The installation itself.",
}


def example(summary: str, value: object) -> Example:
    """Return an example of a body.

    >>> example("One label", {"id": "evt-1"}).summary
    'One label'
    """
    return Example(summary=summary, value=value)


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
        render_plugins=[JsonRenderPlugin()],
        use_handler_docstrings=True,
    )
