"""Projects over HTTP: created, shown, changed, and hidden from those out of scope."""

from labeltrust.domain.principals import shell_owner
from labeltrust.services.show_project import show_project


async def test_a_created_project_is_shown_with_its_questions(caller):
    admin = caller("admin", projects=None)
    body = {"name": "valence", "questions": [{"scale": "interval", "repeats": "all"}]}

    created = await admin.post("/v1/projects", json=body)

    assert created.status_code == 201
    shown = await admin.get(created.headers["location"])
    assert shown.json()["questions"] == [
        {"name": "label", "scale": "interval", "classes": None, "repeats": "all", "version": 1}
    ]


async def test_a_name_is_taken_only_once(caller):
    admin = caller("admin", projects=None)

    answer = await admin.post("/v1/projects", json={"name": "fraud"})

    assert answer.status_code == 409
    assert answer.json()["detail"] == "project 'fraud' is there already"


async def test_a_change_of_scale_is_a_new_version_of_its_question(caller):
    lead = caller("qa_lead")
    body = {"questions": [{"scale": "ordinal", "classes": ["low", "high"]}]}

    answer = await lead.patch("/v1/projects/fraud", json=body)

    assert answer.status_code == 200
    assert answer.json()["version"] == 2
    assert answer.json()["questions"][0]["version"] == 2


async def test_a_change_of_an_old_version_is_refused(caller):
    lead = caller("qa_lead")
    await lead.patch("/v1/projects/fraud", json={"title": "Fraud"})

    late = await lead.patch("/v1/projects/fraud", json={"title": "?", "expected_version": 1})

    assert late.status_code == 409


async def test_a_change_is_on_record_with_its_actor(caller, deployment, database):
    lead = caller("qa_lead")

    await lead.patch("/v1/projects/fraud", json={"floors": {"gold_accuracy": 0.9}})

    with database.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT actor, detail FROM event WHERE type = 'project.changed'"
        ).all()
    assert len(found) == 1
    assert found[0][0].startswith("key:lt_")
    assert '"gold_accuracy":0.9' in found[0][1]
    assert show_project(deployment, shell_owner("a"), "fraud").floors == {"gold_accuracy": 0.9}


async def test_a_project_out_of_scope_is_answered_like_a_missing_one(caller, other_project):
    auditor = caller("auditor")

    theirs = await auditor.get("/v1/projects/theirs")
    missing = await auditor.get("/v1/projects/nobodys")

    assert theirs.status_code == missing.status_code == 404
    assert theirs.json()["detail"].replace("theirs", "X") == missing.json()["detail"].replace(
        "nobodys", "X"
    )


async def test_the_list_holds_only_projects_in_scope(caller, other_project):
    found = await caller("auditor").get("/v1/projects")

    assert [p["name"] for p in found.json()["projects"]] == ["fraud"]


async def test_a_scoped_key_creates_nothing_outside_its_scope(caller):
    answer = await caller("admin").post("/v1/projects", json={"name": "mine"})

    assert answer.status_code == 403
