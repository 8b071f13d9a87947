"""Settings are read once, refused by name and shown without secrets."""

import pytest

from labeltrust.domain.errors import Misconfigured
from labeltrust.settings import Settings, described, read_settings


def test_an_unknown_setting_is_refused_by_name():
    with pytest.raises(Misconfigured, match="LABELTRUST_PROT"):
        read_settings({"LABELTRUST_PROT": "8000"})


@pytest.mark.parametrize(
    ("name", "text"),
    [("PORT", "many"), ("PORT", "70000"), ("EMBEDDED_WORKER", "maybe"), ("FLAG_RATE", "1.5")],
)
def test_a_value_that_cannot_be_is_refused_by_name(name, text):
    with pytest.raises(Misconfigured, match=f"LABELTRUST_{name}"):
        read_settings({f"LABELTRUST_{name}": text})


def test_a_database_password_is_not_shown():
    settings = read_settings({"LABELTRUST_DATABASE_URL": "postgresql://ann:hunter2@db/labels"})

    assert "hunter2" not in str(described(settings))


def test_every_setting_says_what_it_means():
    assert all(str(row["meaning"]).endswith(".") for row in described(read_settings({})))


def test_pictures_of_this_machine_are_for_tests_that_nobody_else_can_reach():
    assert Settings(unsafe_media=True).unsafe_media
    with pytest.raises(Misconfigured, match="UNSAFE_MEDIA"):
        Settings(unsafe_media=True, host="0.0.0.0")  # noqa: S104 - it is refused
