"""The console: what a reviewer reads, and what a reviewer does."""

import re

import pytest
from factories import label, owner
from recorded import record
from web.pages.browsing import LABELER, sign_in_as, submitted, token_on

from labeltrust.domain.checksums import checked, content_checksum
from labeltrust.domain.errors import Conflict
from labeltrust.services.check_gate import check_gate
from labeltrust.services.list_flags import show_flag
from labeltrust.services.list_quarantine import list_quarantine


async def test_without_projects_the_list_says_what_to_do_next(browser, deployment):
    await sign_in_as(browser, deployment, projects=())

    page = (await browser.get("/projects")).text

    assert "No projects yet" in page
    assert "labeltrust import labels.csv --project fraud" in page


async def test_the_overview_shows_gate_agreement_suspects_and_freezes(browser, deployment):
    await sign_in_as(browser, deployment)

    page = (await browser.get("/projects/fraud")).text

    gate = check_gate(deployment, owner(), "fraud")
    assert ("gate open" if gate.open else "gate closed") in page
    assert "Krippendorff" in page
    assert "/flags/1" in page
    assert "Freezes that stand" in page
    assert "All 20 labelers" in page


async def test_a_flag_shows_the_items_with_their_texts(browser, deployment):
    await sign_in_as(browser, deployment)

    page = (await browser.get("/flags/1")).text

    assert "items where others believe another label" in page
    assert "txn-006" in page
    assert "{{7*7}}" in page


async def test_a_verdict_needs_a_reason_and_keeps_what_was_typed(browser, deployment):
    await sign_in_as(browser, deployment)

    answer = await submitted(
        browser, "/flags/1", "/flags/1/decision", verdict="confirm", note="   "
    )

    assert answer.status_code == 422
    assert "note is empty" in answer.text
    assert show_flag(deployment, owner(), 1).status == "open"


async def test_a_confirmed_flag_is_on_record_with_person_and_reason(browser, deployment):
    await sign_in_as(browser, deployment, "reviewer")

    answer = await submitted(
        browser, "/flags/1", "/flags/1/decision", verdict="confirm", note="looked at 25 items"
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/flags/1")
    flag = show_flag(deployment, owner(), 1)
    assert (flag.status, flag.decided_by, flag.note) == (
        "confirmed",
        "person:ann",
        "looked at 25 items",
    )


async def test_who_may_only_read_sees_no_forms(browser, deployment):
    await sign_in_as(browser, deployment, "auditor")

    for path in ("/projects/fraud", LABELER, "/flags/1", "/quarantine/1"):
        page = (await browser.get(path)).text
        forms = re.findall(r'<form[^>]*action="([^"]*)"', page)
        assert forms == ["/sign-out"], path


async def test_labels_are_frozen_and_lifted_by_forms(browser, deployment):
    await sign_in_as(browser, deployment)
    page = (await browser.get("/projects/fraud")).text
    standing = re.findall(r'action="/freezes/(\d+)/lift"', page)

    lifted = await submitted(
        browser, "/projects/fraud", f"/freezes/{standing[0]}/lift", reason="audited"
    )
    frozen = await submitted(
        browser, LABELER, f"{LABELER}/freeze", reason="again", since="2026-01-01", clock="occurred"
    )

    assert lifted.status_code == frozen.status_code == 303
    page = (await browser.get(LABELER)).text
    assert "audited" in page
    assert "again" in page


async def test_a_date_that_is_none_is_told_beside_the_form(browser, deployment):
    await sign_in_as(browser, deployment)

    answer = await submitted(
        browser, LABELER, f"{LABELER}/freeze", reason="again", since="the day before yesterday"
    )

    assert answer.status_code == 422
    assert "is no date" in answer.text
    assert "again</textarea>" in answer.text


async def test_a_held_row_is_discarded_by_its_form(browser, deployment):
    await sign_in_as(browser, deployment)

    answer = await submitted(
        browser, "/quarantine/1", "/quarantine/1/discard", reason="no labeler named"
    )

    assert answer.status_code == 303
    assert "no labeler named" in (await browser.get("/quarantine/1")).text


async def test_a_form_from_another_site_is_refused(browser, deployment):
    await sign_in_as(browser, deployment)
    token = await token_on(browser, "/flags/1")

    answer = await browser.post(
        "/flags/1/decision",
        data={"csrf_token": token, "verdict": "confirm", "note": "x"},
        headers={"Sec-Fetch-Site": "cross-site"},
    )

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("application/x-www-form-urlencoded", b"note=%ff%fe&csrf_token=%00&verdict=%ED%A0%80"),
        ("application/x-www-form-urlencoded", b"&&&==%%%" * 1000),
        ("application/x-www-form-urlencoded", b"a=" + b"b" * 1_000_000),
    ],
)
async def test_forms_that_are_none_are_refused(browser, deployment, content_type, body):
    await sign_in_as(browser, deployment)

    answer = await browser.post(
        "/flags/1/decision", content=body, headers={"Content-Type": content_type}
    )

    assert answer.status_code in {403, 413, 422}


async def test_what_was_held_for_a_checksum_shows_both_digests_and_nothing_runs(
    browser, deployment
):
    await sign_in_as(browser, deployment)
    told = label("<img src=x>", "eve", event_id="<b>1</b>", content={"text": "<script>alert(1)"})
    with pytest.raises(Conflict, match="checksum_mismatch"):
        record(deployment, [checked(told, "sha256:" + 64 * "0")], source="acme")

    row = list_quarantine(deployment, owner())[-1]
    page = (await browser.get(f"/quarantine/{row.id}")).text

    assert "sha256:" + 64 * "0" in page
    assert content_checksum({"text": "<script>alert(1)"}, {}) in page
    assert not {"<img src=x>", "<b>1</b>", "<script>alert(1)"} & set(re.findall(r"<[^>]+>", page))
    assert "<script>alert(1)" not in page
