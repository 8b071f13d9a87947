"""The tree of the site's pages: what is written by hand, and folders whose pages are found."""

import re
from pathlib import Path

_FOUND = re.compile(r"^( *)- (.+): @(\S+)$", re.MULTILINE)


def configured(template: str, pages: Path) -> str:
    """Return the configuration with every `@folder` replaced by the pages of that folder.

    A page that nobody placed is found under *More*.
    """
    found = _FOUND.sub(lambda match: _entries(pages, *match.groups()), template)
    lost = [
        name
        for page in sorted(pages.rglob("*.md"))
        if f" {(name := str(page.relative_to(pages)))}" not in found
    ]
    return "\n".join([found.rstrip(), *_more(lost), ""])


def _more(lost: list[str]) -> list[str]:
    return ["  - More:", *(f"      - {name}" for name in lost)] if lost else []


def _entries(pages: Path, indent: str, title: str, folder: str) -> str:
    inside = sorted(path for path in (pages / folder).glob("*.md") if path.name != "README.md")
    names = [f"{folder}/{path.name}" for path in inside]
    above = [f"{folder}/README.md", f"{folder}.md"]
    names = [name for name in above if (pages / name).is_file()] + names
    return "\n".join([f"{indent}- {title}:", *(f"{indent}    - {name}" for name in names)])
