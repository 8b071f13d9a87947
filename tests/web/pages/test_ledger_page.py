"""The page of the ledger: chains, places, the key, and nothing of projects out of scope."""

from factories import owner
from web.pages.browsing import sign_in_as

from labeltrust.domain.projects import ProjectDraft
from labeltrust.services.checkpoints.places import PlaceDraft, add_place
from labeltrust.services.checkpoints.sign import checkpoint_now
from labeltrust.services.create_project import create_project
from labeltrust.store.session import unit_of_work
from labeltrust.store.verified import note_contradicted


async def test_it_shows_what_is_signed_kept_and_wrong(browser, deployment, tmp_path):
    add_place(deployment, owner(), PlaceDraft(name="worm", folder=str(tmp_path)))
    checkpoint_now(deployment, owner())
    with unit_of_work(deployment.engine) as session:
        note_contradicted(session, "fraud", "<b>cut</b>", "", deployment.clock())
    await sign_in_as(browser, deployment, "auditor")

    page = (await browser.get("/ledger")).text

    assert "BEGIN PUBLIC KEY" in page
    assert str(tmp_path) in page
    assert "does not hold" in page
    assert "&lt;b&gt;cut" in page
    assert deployment.vault.fingerprint in page
    assert 'href="/ledger"' in page


async def test_who_sees_one_project_learns_nothing_of_others(browser, deployment, tmp_path):
    create_project(deployment, owner(), ProjectDraft(name="theirs"))
    add_place(deployment, owner(), PlaceDraft(name="worm", folder=str(tmp_path)))
    checkpoint_now(deployment, owner())
    await sign_in_as(browser, deployment, "auditor", projects=("fraud",))

    page = (await browser.get("/ledger")).text

    assert "fraud" in page
    assert "theirs" not in page
    assert str(tmp_path) not in page
