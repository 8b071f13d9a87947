"""The interface over HTTP as pages: one a tag, out of the description that the server gives."""

import json
from typing import Any

_FIRST = """# HTTP

JSON over `/v1`, `Authorization: Bearer KEY`; a running server shows the same at `/schema`. Errors
are problem details (RFC 9457). Lists are paged by `cursor`, reads carry an `ETag`, and acting POSTs
take an `Idempotency-Key`.

"""
_METHODS = ("get", "post", "put", "patch", "delete")


def api_pages(schema: dict[str, Any]) -> dict[str, str]:
    """Return `http.md` and one page a tag."""
    found: dict[str, list[str]] = {}
    for path, methods in sorted(schema["paths"].items()):
        for method in _METHODS:
            if method in methods:
                tag = (methods[method].get("tags") or ["other"])[0]
                found.setdefault(tag, []).extend(_route(path, method, methods[method]))
    meanings = {tag["name"]: tag.get("description", "") for tag in schema.get("tags", [])}
    pages = {
        f"http/{tag}.md": "\n".join(
            [f"# {tag.capitalize()}", "", meanings.get(tag, ""), "", *lines]
        )
        for tag, lines in sorted(found.items())
    }
    index = [f"- [{tag}](http/{tag}.md): {meanings.get(tag, '')}" for tag in sorted(found)]
    return {"http.md": _FIRST + "\n".join(index) + "\n", **pages}


def _route(path: str, method: str, about: dict[str, Any]) -> list[str]:
    title = about.get("summary") or about.get("operationId", "")
    lines = [f"## `{method.upper()} {path}`", "", title, ""]
    said = (about.get("description") or "").strip()
    if said and said != title:
        lines += [_plain(said), ""]
    lines += _parameters(about.get("parameters", []))
    lines += _example(about)
    answers = ", ".join(f"`{status}`" for status in sorted(about.get("responses", {})))
    return [*lines, f"Answers: {answers}.", ""]


def _parameters(parameters: list[dict[str, Any]]) -> list[str]:
    if not parameters:
        return []
    rows = [
        f"| `{one['name']}` | {one['in']}{', required' if one.get('required') else ''} | "
        f"{_plain(one.get('description', '')).replace('|', chr(92) + '|')} |"
        for one in parameters
    ]
    return ["| parameter | where | meaning |", "|---|---|---|", *rows, ""]


def _example(about: dict[str, Any]) -> list[str]:
    for content in about.get("requestBody", {}).get("content", {}).values():
        for example in content.get("schema", {}).get("examples") or []:
            return _shown(example)
        for example in content.get("examples", {}).values():
            return _shown(example.get("value"))
    return []


def _shown(value: object) -> list[str]:
    return ["```json", json.dumps(value, indent=2, ensure_ascii=False), "```", ""]


def _plain(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;")
