"""The pages of incidents, by their forms."""

import io
import re
from base64 import b64decode

import pytest
from factories import owner
from web.crowds import HOSTILE_NAME, HOSTILE_TEXT
from web.pages.browsing import sign_in_as, submitted
from web.pages.counting import queries
from web.pages.test_hostile_text import Seen

from labeltrust.ledger.bundle_verifier import verify
from labeltrust.services.incident_members import MemberDraft, TaskDraft, add_member, add_task
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.show_incident import show_incident
from labeltrust.web.pages import incidents


def opened(deployment, title=HOSTILE_TEXT[:40], **more):
    draft = IncidentDraft(project="fraud", title=title.replace("\u2066", ""), **more)
    return open_incident(deployment, owner(), draft)


async def test_an_incident_is_opened_worked_and_closed_by_forms(browser, deployment):
    await sign_in_as(browser, deployment, "investigator")

    made = await submitted(
        browser, "/incidents", "/incidents",
        project="fraud", title="a ring", severity="high", flags="#1", owner="ann",
    )  # fmt: skip
    path = made.headers["location"]
    for where, fields in (
        ("members", {"kind": "source", "who": "import"}),
        ("actions", {"words": "rotate", "due_on": "2026-12-24"}),
        ("actions", {"finished": "1"}),
        ("steps", {"step": "triage", "done": "yes"}),
        ("act", {"act": "resolve", "reason": "mended"}),
        ("change", {"lessons": "vet newcomers"}),
        ("act", {"act": "close", "reason": "all done"}),
    ):
        answer = await submitted(browser, path, f"{path}/{where}", **fields)
        assert answer.status_code == 303, (where, answer.text)

    case = show_incident(deployment, owner(), int(path.rpartition("/")[2]))
    assert (case.incident.status, case.lessons) == ("closed", "vet newcomers")
    assert [member.kind for member in case.members] == ["flag", "source"]


@pytest.mark.parametrize(
    ("where", "fields", "status"),
    [
        ("act", {"act": "close", "reason": "x"}, 409),
        ("act", {"act": "contain", "reason": " "}, 422),
        ("members", {"kind": "flag", "who": "seven"}, 422),
        ("members", {"kind": "labeler", "who": "nobody"}, 404),
        ("members", {"kind": "all", "who": "x"}, 422),
        ("actions", {"words": "x", "due_on": "soon"}, 422),
        ("actions", {"finished": "99"}, 404),
        ("steps", {"step": "panic", "done": "yes"}, 422),
        ("change", {"title": ""}, 422),
    ],
)
async def test_what_cannot_be_done_is_told_on_the_page(browser, deployment, where, fields, status):
    path = f"/incidents/{opened(deployment)}"
    await sign_in_as(browser, deployment)

    answer = await submitted(browser, path, f"{path}/{where}", **fields)

    assert answer.status_code == status
    assert 'role="alert"' in answer.text


async def test_hostile_text_stays_text_on_page_and_in_downloads(browser, deployment):
    number = opened(deployment, summary=HOSTILE_TEXT, owner=HOSTILE_NAME[:60], flags=(1,))
    add_member(deployment, owner(), number, MemberDraft(labeler=HOSTILE_NAME))
    add_task(deployment, owner(), number, TaskDraft(words=HOSTILE_TEXT))
    await sign_in_as(browser, deployment)

    own = f"/incidents/{number}"
    for path in ("/incidents", own, f"{own}/damage", f"{own}/postmortem.html"):
        answer = await browser.get(path)
        seen = Seen()
        seen.feed(answer.text)
        assert answer.status_code == 200
        assert "svg" not in seen.tags, path
        sources = [value for name, value in seen.attributes if name == "src"]
        ours = ("data:image/png;base64,", "/static/")
        assert all(value.startswith(ours) for value in sources), path
        assert path.endswith(".html") or "img" not in seen.tags, path
        assert not [name for name, _ in seen.attributes if name.startswith("on")], path
    text = (await browser.get(f"/incidents/{number}/postmortem.md")).text
    assert "<img" not in text.replace("\\<", "")


async def test_downloads_are_files_and_nothing_runs_in_them(browser, deployment):
    number = opened(deployment)
    await sign_in_as(browser, deployment, "auditor")

    for kind, media in (("md", "text/markdown"), ("html", "text/html")):
        answer = await browser.get(f"/incidents/{number}/postmortem.{kind}")
        assert answer.headers["content-disposition"].startswith("attachment")
        assert answer.headers["content-type"].startswith(media)
    page = (await browser.get(f"/incidents/{number}")).text
    forms = re.findall(r'<form[^>]*action="([^"]*)"', page)
    assert forms == ["/sign-out"]


async def test_the_postmortem_stands_alone_with_its_pictures(browser, deployment):
    number = opened(deployment, flags=(1,))
    await sign_in_as(browser, deployment, "auditor")

    text = (await browser.get(f"/incidents/{number}/postmortem.html")).text
    table = (await browser.get(f"/incidents/{number}/postmortem.md")).text

    sources = re.findall(r'src="([^"]*)"', text)
    pictures = [b64decode(one.removeprefix("data:image/png;base64,")) for one in sources]
    assert len(pictures) == 2  # the suspects in time, and what accused
    assert all(one.startswith(b"\x89PNG") for one in pictures)
    assert "default-src 'none'" in text
    assert "## Suspects in time" in table


async def test_the_damage_is_weighed_up_behind_the_page(browser, deployment):
    number = opened(deployment, flags=(1,))
    await sign_in_as(browser, deployment, "investigator")
    path = f"/incidents/{number}/damage"

    page = (await browser.get(f"/incidents/{number}")).text
    whole = (await browser.get(path)).text
    part = (await browser.get(path, headers={"HX-Request": "true"})).text

    assert f'hx-get="{path}"' in page
    assert "under suspicion" not in page
    assert "<h1>" in whole
    assert "<h1>" not in part
    for text in (whole, part):
        assert "under suspicion" in text
        assert "no audit of the suspects&#39; labels has a verdict yet" in text
        assert 'href="/projects/fraud/audits/new?flag=1"' in text


async def test_the_damage_of_a_large_project_is_weighed_up_when_asked(
    browser, deployment, monkeypatch
):
    number = opened(deployment, flags=(1,))
    await sign_in_as(browser, deployment, "auditor")
    monkeypatch.setattr(incidents, "MOST_AT_ONCE", 10)

    page = (await browser.get(f"/incidents/{number}")).text

    assert 'hx-trigger="load"' not in page.partition('id="damage"')[2].partition("</section>")[0]
    assert f'href="/incidents/{number}/damage" hx-get="/incidents/{number}/damage"' in page


async def test_the_damage_of_nobody_is_unknown_with_a_reason(browser, deployment):
    number = opened(deployment)
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get(f"/incidents/{number}/damage")).text

    assert "no labeler belongs to it" in page


async def test_the_bundle_is_sent_whole_and_its_taker_is_noted(browser, deployment):
    number = opened(deployment, flags=(1,))
    await sign_in_as(browser, deployment, "auditor")

    answer = await browser.get(f"/incidents/{number}/bundle.zip")

    assert answer.headers["content-disposition"] == f'attachment; filename="incident-{number}.zip"'
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.content) == int(answer.headers["content-length"])
    assert verify(io.BytesIO(answer.content))
    page = (await browser.get(f"/incidents/{number}")).text
    assert f'href="/incidents/{number}/bundle.zip"' in page
    assert "Incident bundled" in page


async def test_an_incident_of_another_project_is_not_there(browser, deployment):
    number = opened(deployment)
    await sign_in_as(browser, deployment, projects=())

    assert "No incident was opened yet" in (await browser.get("/incidents")).text
    for part in ("", "/damage", "/postmortem.md", "/postmortem.html", "/bundle.zip"):
        assert (await browser.get(f"/incidents/{number}{part}")).status_code == 404


async def test_more_members_and_incidents_ask_the_database_no_more_often(browser, deployment):
    number = opened(deployment, flags=(1,))
    add_member(deployment, owner(), number, MemberDraft(source="import"))
    await sign_in_as(browser, deployment)
    paths = ("/incidents", f"/incidents/{number}")
    before = [await queries(deployment, browser, path) for path in paths]
    for n in range(10):
        opened(deployment, title=f"incident {n}")
        add_task(deployment, owner(), number, TaskDraft(words=f"task {n}"))
    add_member(deployment, owner(), number, MemberDraft(labeler=HOSTILE_NAME))
    add_member(deployment, owner(), number, MemberDraft(source="acme"))

    after = [await queries(deployment, browser, path) for path in paths]

    assert after == before
    assert max(after) <= 20
