"""An exercise on a copy: attackers are found, and the project keeps what it had."""

import pytest
from notebook_runs import ran
from sqlalchemy import text

from labeltrust.domain.errors import InvalidInput, NotFound
from labeltrust.notebook import Exercise, attack_frame, game_day


def on_record(project):
    with project.deployment.engine.connect() as connection:
        tables = ("event", "flag", "freeze", "assessment")
        counts = [connection.execute(text(f"SELECT count(*) FROM {t}")).scalar() for t in tables]  # noqa: S608 - fixed words
        ends = connection.execute(text("SELECT name, next_sequence FROM chain ORDER BY name"))
        return counts, list(map(tuple, ends))


@pytest.fixture(scope="module")
def shown(seeded):
    before = on_record(seeded)
    found = ran("06_red_team_game_day", seeded.deployment.settings, LOOKS=4)
    assert on_record(seeded) == before
    return found


def test_it_tells_who_is_found_and_writes_nothing(shown):
    assert "3 of 3 attackers are found" in shown.text
    assert "score_oracle" in shown.text
    assert len(shown.pictures) == 2


@pytest.fixture(scope="module")
def day(seeded):
    return game_day(seeded, Exercise(members=3, rate=0.8, begins=0.4, looks=4, seed=3))


def test_attackers_are_none_who_was_suspected_and_are_found_before_the_end(seeded, day):
    found = day.attackers()

    assert not set(found["labeler"]) & set(seeded.suspects())
    assert (day.exercise.from_class, day.exercise.to_class) == ("fraud", "benign")
    assert found["flagged_at"].notna().all()
    assert (found["flagged_at"] > found["began"]).all()
    assert (found["through"] <= found["poisoned"]).all()
    assert found["through"].sum() < found["poisoned"].sum()
    assert len(day.others_flagged()) == 0


def test_what_got_in_adds_up_to_what_the_attackers_got_in(day):
    flow, found = day.flow(), day.attackers()

    assert flow["planted"].iloc[-1] == found["poisoned"].sum()
    assert flow["through"].iloc[-1] == found["through"].sum()
    assert (flow["through"] <= flow["planted"]).all()
    assert flow["at"].is_monotonic_increasing


def test_fewer_items_turn_the_more_is_held_out(day):
    nothing, flagged, cleaned = day.turned_items()

    assert nothing > flagged > 0
    assert cleaned < nothing


def test_the_same_seed_plants_the_same(seeded):
    one, two = (game_day(seeded, Exercise(looks=1, seed=8)).attackers() for _ in range(2))

    assert one.equals(two)


@pytest.mark.parametrize("attack", ["feature_backdoor", "accept_suggestions", "guideline_change"])
def test_what_an_attack_builds_on_is_drawn_for_the_copy(seeded, attack):
    found = game_day(seeded, Exercise(attack=attack, looks=1))

    assert len(found.attackers()) == (0 if attack == "guideline_change" else 3)


def test_an_attack_that_does_not_suit_is_refused_in_words(seeded):
    assert "targeted_flip" in set(attack_frame()["attack"])
    with pytest.raises(NotFound, match="no attack 'bribe'"):
        game_day(seeded, Exercise(attack="bribe"))
    with pytest.raises(InvalidInput, match="no label is 'spam'"):
        game_day(seeded, Exercise(to_class="spam"))
    with pytest.raises(InvalidInput, match="labelers"):
        game_day(seeded, Exercise(members=99))
