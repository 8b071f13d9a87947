"""What if: ordered on a page, done by the worker, shown with progress and by name."""

import pytest
from factories import owner
from sqlalchemy import text
from web.crowds import HOSTILE_NAME
from web.pages.browsing import sign_in_as, submitted
from web.pages.counting import queries
from web.pages.test_hostile_text import Seen

from labeltrust.domain.errors import Conflict, NotFound
from labeltrust.services.background import worker_of
from labeltrust.services.list_flags import list_flags
from labeltrust.services.order_replay import order_replay, show_replays
from labeltrust.services.what_if import WhatIfDraft
from labeltrust.store.replays import note_progress
from labeltrust.store.session import unit_of_work

PAGE = "/projects/fraud/whatif"
NEVER = {"flag_rate": 0.0001}


def worked(deployment):
    worker = worker_of(deployment)
    while worker.step():
        pass


def ordered(deployment, **more):
    draft = WhatIfDraft(project="fraud", looks=1, **more)
    return order_replay(deployment, owner(), draft)


async def test_a_replay_is_ordered_done_and_shown_by_name(browser, deployment):
    before = list_flags(deployment, owner(), "fraud")
    await sign_in_as(browser, deployment)

    answer = await submitted(browser, PAGE, PAGE, looks="1", flag_rate="0.2")

    waiting = (await browser.get(PAGE)).text
    worked(deployment)
    seen, page = Seen(), (await browser.get(PAGE)).text
    seen.feed(page)
    assert (answer.status_code, answer.headers["location"]) == (303, PAGE)
    assert "Waits for the background worker" in waiting
    assert 'hx-trigger="every 3s"' in waiting
    assert "every 3s" not in page
    assert "0.05 in force, 0.2 here" in page
    assert before[0].labeler == HOSTILE_NAME or HOSTILE_NAME[:20] in seen.text
    assert not {"img", "svg"} & seen.tags
    assert list_flags(deployment, owner(), "fraud") == before


async def test_progress_is_shown_while_it_runs(browser, deployment):
    number = ordered(deployment)
    with unit_of_work(deployment.engine) as session:
        note_progress(session, number, 3, 10)
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get(PAGE)).text

    assert "3 of 10 assessments are made" in page
    assert 'max="10" value="3"' in page
    assert "<textarea" not in page


async def test_what_cannot_be_replayed_is_told_and_the_fields_stay(browser, deployment):
    await sign_in_as(browser, deployment)

    for fields in ({"without": '"><script>'}, {"looks": "0"}, {"every_days": "soon"},
                   {"looks": "1", "flag_rate": "2"}, {"looks": "many"}):  # fmt: skip
        answer = await submitted(browser, PAGE, PAGE, **fields)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "<script>alert" not in answer.text
    assert show_replays(deployment, owner(), "fraud").lines == ()


def test_one_replay_of_a_project_at_a_time_and_ten_are_kept(deployment):
    first = ordered(deployment)
    with pytest.raises(Conflict, match="under way"):
        ordered(deployment)
    for _ in range(10):
        with deployment.engine.begin() as connection:
            connection.execute(
                text("UPDATE replay_order SET finished_at = ordered_at, error = 'x'")
            )
        last = ordered(deployment)

    lines = show_replays(deployment, owner(), "fraud").lines

    assert [line.id for line in lines] == list(range(last, first, -1))
    with pytest.raises(NotFound):
        show_replays(deployment, owner(), "fraud", first)


def test_what_is_kept_names_nobody(deployment):
    ordered(deployment, without=(HOSTILE_NAME,), thresholds=NEVER)
    worked(deployment)

    found = show_replays(deployment, owner(), "fraud")

    assert found.found.without == (HOSTILE_NAME,)
    with deployment.engine.connect() as connection:
        rows = connection.execute(text("SELECT wanted, found FROM replay_order")).all()
    assert all("script" not in kept for kept in rows[0])


async def test_more_replays_ask_the_database_no_more_often(browser, deployment):
    ordered(deployment)
    worked(deployment)
    await sign_in_as(browser, deployment)
    few = await queries(deployment, browser, PAGE)

    ordered(deployment, without=(HOSTILE_NAME,))
    worked(deployment)

    assert await queries(deployment, browser, PAGE) == few
