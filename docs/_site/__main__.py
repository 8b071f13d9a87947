"""Lay out the pages of the site in build/pages: those of docs/, and the reference out of the code.

`make site` does so, and builds build/site from it. Nothing generated is kept in the repository, so
that no reference is older than the code.
"""

import shutil
import tempfile
from pathlib import Path

from api import api_pages
from commands import command_pages
from layout import configured
from tables import alert_page, measure_page, metric_page, setting_page
from working import installation

ROOT = Path(__file__).parents[2]
SHOWN = {".md", ".svg", ".png", ".json", ".yml", ".py", ".conf", ".service", ""}


def main() -> None:
    """Write every page anew."""
    target = ROOT / "build" / "pages"
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "docs", target, ignore=_left_out)
    changes = (ROOT / "CHANGELOG.md").read_text("utf-8")
    (target / "changelog.md").write_text(changes.replace("](docs/", "]("), encoding="utf-8")
    for name, text in reference().items():
        page = target / "reference" / name
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    decisions(target / "decisions")
    template = (Path(__file__).parent / "mkdocs.yml").read_text("utf-8")
    (target.parent / "mkdocs.yml").write_text(configured(template, target), encoding="utf-8")


def reference() -> dict[str, str]:
    """Return the generated pages by their name within `reference/`."""
    with tempfile.TemporaryDirectory() as folder, installation(Path(folder)) as (schema, metrics):
        pages = {**command_pages(), **api_pages(schema)}
        pages["metrics.md"] = metric_page(metrics)
    pages["settings.md"] = setting_page()
    pages["alerts.md"] = alert_page()
    pages["measures.md"] = measure_page()
    return pages


def decisions(folder: Path) -> None:
    """Add the list of all decisions to their first page."""
    pages = sorted(folder.glob("[0-9]*.md"))
    lines = [f"- [{_title(page)}]({page.name})" for page in pages]
    index = folder / "README.md"
    text = index.read_text("utf-8").rstrip()
    index.write_text("\n".join([text, "", "## All", "", *lines, ""]), encoding="utf-8")


def _title(page: Path) -> str:
    first = page.read_text("utf-8").partition("\n")[0].lstrip("# ")
    return first if first[:4].isdigit() else f"{page.name[:4]} {first}"


def _left_out(_: str, names: list[str]) -> set[str]:
    return {name for name in names if name.startswith("_") or Path(name).suffix not in SHOWN}


if __name__ == "__main__":
    main()
