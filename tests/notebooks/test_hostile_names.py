"""Names, labels and items that attack whoever shows them, through every notebook to the page."""

import shutil
from html.parser import HTMLParser
from itertools import cycle, islice

import nbformat
import numpy as np
import pytest
from factories import owner
from nbconvert import HTMLExporter
from notebook_runs import FOLDER, ran_together

from labeltrust.app import build_deployment
from labeltrust.domain.projects import ProjectDraft, Question
from labeltrust.services.assess_project import assess_project
from labeltrust.services.create_project import create_project
from labeltrust.services.import_file import ImportRequest, import_file
from labeltrust.settings import Settings
from labeltrust.simulate import Crowd, Planting, Traits, Words, draw_planted, to_frames

NAMES = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)' autofocus onfocus='alert(1)",
    "<svg/onload=alert(1)>",
    "[x](javascript:alert(1)) $\\href{javascript:alert(1)}{x}$",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "a\u202egnp.exe\u2066\u200b\u2069b",
    "=cmd|' /C calc'!A0",
    "\x1b[31mred\x1b]8;;http://192.0.2.7\x07",
    "`touch x` $(touch x); touch x",
    "long" * 100,
)
CLASSES = ("benign<b onclick=alert(1)>", "fraud'\"><svg/onload=alert(1)>")
SHOWN_TAGS = {"p", "br", "pre", "table", "thead", "tbody", "tr", "th", "td"}
NOTEBOOKS = sorted(path.stem for path in FOLDER.glob("[0-9][0-9]_*.py"))


@pytest.fixture(scope="module")
def settings(tmp_path_factory, sqlite_template):
    """A project of hostile names with the name of the sample, assessed, with suspects."""
    home = tmp_path_factory.mktemp("hostile") / "var"
    home.mkdir()
    shutil.copy(sqlite_template, home / "labeltrust.db")
    deployment = build_deployment(Settings(home=home))
    question = Question(classes=CLASSES)
    draft = ProjectDraft(name="fraud-review", questions=(question,))
    create_project(deployment, owner(), draft)
    made = _drawn()
    made.labels.to_csv(home / "labels.csv", index=False)
    made.gold.to_csv(home / "gold.csv", index=False)
    made.items.to_csv(home / "items.csv", index=False)
    files = ImportRequest(
        path=home / "labels.csv", project="fraud-review", format="csv", gold=home / "gold.csv"
    )
    import_file(deployment, owner(), files, lambda _: None)
    assess_project(deployment, owner(), "fraud-review")
    deployment.engine.dispose()
    return deployment.settings


def _drawn():
    crowd = Crowd(n_labelers=24, n_items=500, labels_per_item=6, traits=Traits())
    bribed = Planting(attack="targeted_flip", n_members=3, from_class=1, to_class=0, since_day=9)
    names = [f"{name} {place}" for place, name in enumerate(islice(cycle(NAMES), 24))]
    items = [f"{name} {place}" for place, name in enumerate(islice(cycle(NAMES), 500))]
    words = Words(classes=CLASSES, labeler_names=tuple(names), item_names=tuple(items))
    return to_frames(draw_planted(crowd, [bribed], np.random.default_rng(4)), words)


@pytest.fixture(scope="module")
def shown(settings):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NOTEBOOK_FEATURES", str(settings.home / "items.csv"))
        return ran_together(NOTEBOOKS, settings)


class Seen(HTMLParser):
    """What a browser would make of a page."""

    def __init__(self):
        super().__init__()
        self.tags, self.active = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            told = (value or "").strip().lower()
            if name.startswith("on") or told.startswith("javascript:"):
                self.active.append((tag, name))


def seen(html):
    found = Seen()
    found.feed(html)
    return found


def test_suspects_with_hostile_names_are_shown(shown):
    assert "&lt;" in shown.html
    assert "3 suspects" in shown.text
    assert len(shown.pictures) > 15


def test_what_is_shown_is_tables_words_and_pictures_and_nothing_else(shown):
    kinds = {kind for data in shown.outputs for kind in data}

    assert kinds == {"text/plain", "text/html", "image/png"}
    found = seen(shown.html)
    assert set(found.tags) <= SHOWN_TAGS
    assert not found.active


def test_no_control_character_reaches_text_or_page(shown):
    for text in (shown.text, shown.html):
        assert not set(text) & {"\x1b", "\x07", "\u202e", "\u2066", "\u200b"}


def test_the_rendered_page_has_the_scripts_of_its_template_alone(shown):
    bare = nbformat.reads(nbformat.writes(shown.notebook), as_version=4)
    for cell in bare.cells:
        if cell.cell_type == "code":
            cell.outputs = []
    page, _ = HTMLExporter().from_notebook_node(shown.notebook)
    empty, _ = HTMLExporter().from_notebook_node(bare)

    found, template = seen(page), seen(empty)
    assert found.active == template.active
    for tag in ("script", "iframe", "svg", "object", "embed", "link", "base"):
        assert found.tags.count(tag) == template.tags.count(tag), tag
