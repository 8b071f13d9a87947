"""Game days over HTTP: ordered once, shown while they go on, listed page by page."""

from drilled import FOUND
from factories import owner
from recorded import history

from labeltrust.services.drills._keeping import finished
from labeltrust.services.drills.game_days import order_game_day
from labeltrust.store.session import unit_of_work


def over(deployment, day):
    for drill in day.drills:
        with unit_of_work(deployment.engine) as session:
            finished(deployment, session, owner(), drill.id, found=FOUND)


async def test_one_is_ordered_and_shown_while_it_goes_on(caller, deployment):
    client = caller("qa_lead")

    ordered = await client.post("/v1/game-days")
    again = await client.post("/v1/game-days")
    shown = (await client.get("/v1/game-days/1")).json()

    assert ordered.status_code == 202
    assert [one["draft"]["campaign"] for one in ordered.json()["drills"]] == [
        "flip", "import", "sleeper", "ring", "slice",
    ]  # fmt: skip
    assert (again.status_code, "under way" in again.json()["detail"]) == (409, True)
    assert (shown["finished_at"], shown["summary"]["n"]) == (None, 0)
    assert shown["day"] == ordered.json()
    kinds = [row.type for row in history(deployment, "drill.", "game_day.")]
    assert sorted(kinds) == [*["drill.ordered"] * 5, "game_day.ordered"]
    assert (await client.get("/v1/game-days/2")).status_code == 404


async def test_they_are_listed_page_by_page(caller, deployment):
    client = caller("auditor")
    for _ in range(3):
        over(deployment, order_game_day(deployment, owner()))

    first = (await client.get("/v1/game-days?limit=2")).json()
    rest = (await client.get(f"/v1/game-days?limit=2&cursor={first['next_cursor']}")).json()

    numbers = [one["day"]["id"] for page in (first, rest) for one in page["game_days"]]
    assert numbers == [3, 2, 1]
    assert rest["next_cursor"] is None
    assert first["game_days"][0]["summary"]["detected"]["value"] == 1.0
    assert (first["every_days"], first["next_at"], first["overdue"]) == (0, None, False)
