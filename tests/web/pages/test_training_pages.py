"""Rebuilding a set, naming the one in use, telling models and tracing labels, on pages."""

from factories import owner
from web.pages.browsing import sign_in_as, submitted
from web.pages.counting import queries

from labeltrust.services.background import worker_of
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.register_model import register_model
from labeltrust.services.use_snapshot import use_snapshot
from labeltrust.services.verify_snapshot import show_snapshot

LIST = "/projects/fraud/snapshots"


def some_labeler(deployment) -> str:
    from labeltrust.services.list_labelers import list_labelers  # noqa: PLC0415

    return list_labelers(deployment, owner(), "fraud")[-1]["labeler"]


async def test_a_set_is_rebuilt_from_another_without_a_labeler(browser, deployment):
    create_snapshot(deployment, owner(), "fraud")
    who = some_labeler(deployment)
    await sign_in_as(browser, deployment)

    fields = {"without_labelers": f"{who}\r\n", "reason": "<b>ring</b>", "parent": "#1"}
    ordered = await submitted(browser, LIST, LIST, **fields)
    worker = worker_of(deployment)
    while worker.step():
        pass
    page = (await browser.get("/snapshots/2")).text

    assert ordered.status_code == 303
    left = show_snapshot(deployment, owner(), 2)["excluded"][-1]
    assert (left["labeler"], left["code"]) == (who, "left_out")
    assert "&lt;b&gt;ring&lt;/b&gt;" in page
    assert 'href="/snapshots/2/compare?other=1"' in page
    assert "from #1" in (await browser.get(LIST)).text


async def test_what_cannot_be_left_out_is_told_and_the_fields_stay(browser, deployment):
    await sign_in_as(browser, deployment)

    nobody = await submitted(browser, LIST, LIST, without_labelers='"><script>')
    half = await submitted(browser, LIST, LIST, window_start="2026-11-01")

    assert nobody.status_code == 422
    assert 'role="alert"' in nobody.text
    assert "&#34;&gt;&lt;script&gt;</textarea>" in nobody.text
    assert half.status_code == 422
    assert 'value="2026-11-01"' in half.text


async def test_the_set_in_use_is_named_with_a_reason_and_marked(browser, deployment):
    create_snapshot(deployment, owner(), "fraud")
    await sign_in_as(browser, deployment)

    empty = await submitted(browser, "/snapshots/1", "/snapshots/1/use", reason=" ")
    named = await submitted(browser, "/snapshots/1", "/snapshots/1/use", reason="the first one")
    page = (await browser.get("/snapshots/1")).text

    assert (empty.status_code, named.status_code) == (422, 303)
    assert "the first one" in page
    assert "Train on snapshot" not in page
    assert "in use" in (await browser.get(LIST)).text


async def test_models_are_told_and_found_by_the_labels_they_hold(browser, deployment):
    create_snapshot(deployment, owner(), "fraud")
    who = some_labeler(deployment)
    await sign_in_as(browser, deployment)

    told = await submitted(
        browser, "/snapshots/1", "/snapshots/1/models", model="fraud-net", version="<1>", words=""
    )
    refused = await submitted(browser, "/snapshots/1", "/snapshots/1/models", model="a/b")
    found = await browser.get("/projects/fraud/lineage", params={"labeler": who})
    nobody = await browser.get("/projects/fraud/lineage", params={"labeler": "<nobody>"})

    assert (told.status_code, refused.status_code) == (303, 422)
    assert "fraud-net &lt;1&gt;" in found.text
    assert "Consensus would change" in found.text
    assert nobody.status_code == 422
    assert "<nobody>" not in nobody.text


async def test_pages_ask_as_often_for_many_models_as_for_one(browser, deployment):
    create_snapshot(deployment, owner(), "fraud")
    who = some_labeler(deployment)
    await sign_in_as(browser, deployment)
    paths = ("/snapshots/1", LIST, f"/projects/fraud/lineage?labeler={who}")
    before = {path: await queries(deployment, browser, path) for path in paths}
    for n in range(4):
        register_model(deployment, owner(), 1, model="net", version=str(n))
        create_snapshot(deployment, owner(), "fraud")
        use_snapshot(deployment, owner(), 2 + n, reason="x")

    after = {path: await queries(deployment, browser, path) for path in paths}

    assert after == before
    assert max(after.values()) <= 30
