"""Sources and their secrets: sealed, shown once, rotated without a refused delivery, revoked."""

import pytest
from factories import owner

from labeltrust.domain.access import SourceChange, SourceDraft
from labeltrust.domain.errors import Conflict, InvalidInput, NotAllowed, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.add_source import add_source, change_source, list_sources
from labeltrust.services.rotate_secret import revoke_secret, rotate_secret

DRAFT = SourceDraft(name="acme", platform="generic", projects=("fraud",))


@pytest.fixture
def added(deployment, fraud):
    """The source with the text of its first secret."""
    return add_source(deployment, owner(), DRAFT)


async def sent(outsider, secret: str, number: int = 1) -> int:
    event = {
        "id": f"e{number}", "type": "label.submitted", "project": "fraud", "item": "i",
        "labeler": "a", "label": "x",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {secret}"}
    return (await outsider.post("/webhooks/acme", json=event, headers=headers)).status_code


async def test_a_made_secret_proves_deliveries(outsider, added):
    assert await sent(outsider, added[1].text) == 202


def test_a_secret_is_kept_sealed_only(deployment, database, added):
    with database.connect() as connection:
        secrets = connection.exec_driver_sql("SELECT * FROM source_secret").all()
        events = connection.exec_driver_sql("SELECT detail FROM event").all()

    assert added[1].text not in str(secrets) + str(events)
    assert added[1].text not in repr(added)
    assert added[1].text not in str(list_sources(deployment, owner()))


async def test_while_rotating_both_secrets_work_and_then_the_new_one_only(
    outsider, deployment, clock, added
):
    new = rotate_secret(deployment, owner(), source="acme", overlap_hours=1)

    during = [await sent(outsider, text) for text in (added[1].text, new.text)]
    clock.tick(3601)
    after = [await sent(outsider, text) for text in (added[1].text, new.text)]

    assert during == [202, 202]
    assert after == [401, 202]


async def test_a_revoked_secret_proves_nothing(outsider, deployment, added):
    new = rotate_secret(deployment, owner(), source="acme")
    key_id = added[1].key_id

    revoke_secret(deployment, owner(), source="acme", key_id=key_id, reason="leaked")

    assert await sent(outsider, added[1].text) == 401
    assert await sent(outsider, new.text) == 202


def test_a_secret_of_the_platform_is_taken_and_a_short_one_refused(deployment, fraud):
    with pytest.raises(InvalidInput):
        add_source(
            deployment, owner(),
            SourceDraft(name="s", platform="generic", projects=("fraud",), secret="short"),
        )  # fmt: skip
    with pytest.raises(InvalidInput):
        add_source(
            deployment, owner(),
            SourceDraft(name="s", platform="standard-webhooks", projects=("fraud",),
                        secret="whsec_!!!"),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"platform": "nobodys"}, InvalidInput),
        ({"name": "a/b"}, InvalidInput),
        ({"name": ""}, InvalidInput),
        ({"status": "maybe"}, InvalidInput),
        ({"projects": ("nobodys",)}, NotFound),
        ({"config": {"a": "\ud800"}}, InvalidInput),
    ],
)
def test_a_source_that_cannot_be_is_refused(deployment, fraud, change, error):
    from dataclasses import replace  # noqa: PLC0415

    with pytest.raises(error):
        add_source(deployment, owner(), replace(DRAFT, **change))


def test_a_name_is_taken_once(deployment, added):
    with pytest.raises(Conflict):
        add_source(deployment, owner(), DRAFT)


def test_a_change_of_status_is_on_record(deployment, database, added):
    change_source(deployment, owner(), "acme", SourceChange(status="probation"))

    with database.connect() as connection:
        detail = connection.exec_driver_sql(
            "SELECT detail FROM event WHERE type = 'source.changed'"
        ).scalar_one()
    assert '"before":' in detail
    assert '"status":"probation"' in detail


async def test_a_source_stops_speaking_for_a_project_it_was_taken_from(
    outsider, deployment, added, other_project
):
    change_source(deployment, owner(), "acme", SourceChange(projects=("theirs",)))

    event = {
        "id": "e9", "type": "label.submitted", "project": "fraud", "item": "i", "labeler": "a",
        "label": "x",
    }  # fmt: skip
    headers = {"Authorization": f"Bearer {added[1].text}"}
    answer = await outsider.post("/webhooks/acme", json=event, headers=headers)

    assert answer.json()["accepted"] == 0
    assert answer.json()["problems"][0]["code"] == "unknown_project"


def test_an_admin_of_one_project_manages_no_source_of_another(deployment, added, other_project):
    stranger = Principal(name="key:x", role="admin", projects=frozenset({"theirs"}))

    with pytest.raises(NotFound):
        rotate_secret(deployment, stranger, source="acme")
    assert list_sources(deployment, stranger) == ()


@pytest.mark.parametrize("role", ["auditor", "qa_lead", "source", "reviewer"])
def test_only_admins_manage_sources(deployment, added, role):
    with pytest.raises(NotAllowed):
        rotate_secret(deployment, Principal(name="k", role=role, projects=None), source="acme")
