"""Keys: needed, checked, scoped, ended."""

from datetime import timedelta

import pytest
from factories import START, owner

from labeltrust.domain.access import KeyDraft
from labeltrust.domain.errors import NotAllowed
from labeltrust.domain.principals import Principal
from labeltrust.services.add_person import add_person, disable_person
from labeltrust.services.create_key import create_key, list_keys
from labeltrust.services.revoke_key import revoke_key


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer lt_0123456789ab_" + "A" * 43},
        {"Authorization": "Basic YWRtaW46YWRtaW4="},
        {"Authorization": "Bearer " + "\x7f" * 500},
    ],
)
async def test_without_a_valid_key_nothing_is_shown(outsider, header):
    answer = await outsider.get("/v1/projects", headers=header)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_key_with_one_wrong_character_is_refused(outsider, key_of):
    key = key_of("auditor")
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")

    answer = await outsider.get("/v1/projects", headers={"Authorization": f"Bearer {wrong}"})

    assert answer.status_code == 401


async def test_a_revoked_key_is_refused(outsider, deployment, key_of):
    key = key_of("auditor")
    number = list_keys(deployment, owner())[-1].key_id

    revoke_key(deployment, owner(), key_id=number, reason="left on a train")

    answer = await outsider.get("/v1/projects", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 401


async def test_an_expired_key_is_refused(outsider, clock, key_of):
    key = key_of("auditor", expires_at=START + timedelta(hours=1))
    headers = {"Authorization": f"Bearer {key}"}

    before = await outsider.get("/v1/projects", headers=headers)
    clock.tick(3601)
    after = await outsider.get("/v1/projects", headers=headers)

    assert (before.status_code, after.status_code) == (200, 401)


async def test_a_key_ends_with_the_access_of_its_person(outsider, deployment, key_of):
    add_person(deployment, owner(), name="ann", role="auditor")
    headers = {"Authorization": f"Bearer {key_of('auditor', person='ann')}"}

    before = await outsider.get("/v1/projects", headers=headers)
    disable_person(deployment, owner(), name="ann", reason="left")
    after = await outsider.get("/v1/projects", headers=headers)

    assert (before.status_code, after.status_code) == (200, 401)


async def test_the_text_of_a_key_is_kept_nowhere(database, key_of):
    secret = key_of("auditor").split("_", 2)[2]

    with database.connect() as connection:
        keys = connection.exec_driver_sql("SELECT * FROM api_key").all()
        events = connection.exec_driver_sql("SELECT * FROM event").all()

    assert secret not in str(keys)
    assert secret not in str(events)


def test_nobody_grants_more_than_they_have(deployment, fraud, other_project):
    admin = Principal(name="key:a", role="admin", projects=frozenset({"fraud"}))

    with pytest.raises(NotAllowed):
        create_key(deployment, admin, KeyDraft(name="k", role="auditor", projects=None))
    with pytest.raises(Exception, match="no project 'theirs'"):
        create_key(deployment, admin, KeyDraft(name="k", role="auditor", projects=("theirs",)))
