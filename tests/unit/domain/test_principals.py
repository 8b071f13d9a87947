"""Roles give rights, scopes give projects; nobody has both by accident."""

import pytest

from labeltrust.domain.errors import NotAllowed, NotFound
from labeltrust.domain.principals import RIGHTS, ROLES, Principal, shell_owner


def test_every_role_has_a_row_of_rights():
    assert set(RIGHTS) == set(ROLES)


def test_an_admin_decides_nothing_about_labels():
    assert RIGHTS["admin"].isdisjoint({"review", "freeze", "gold"})


def test_a_source_can_only_write_and_have_its_receipts_proven():
    assert RIGHTS["source"] == {"write_events", "prove"}


def test_nobody_reads_raw_deliveries_who_may_not_read():
    assert all("read" in rights for rights in RIGHTS.values() if "read_raw" in rights)


@pytest.mark.parametrize("role", ROLES)
def test_no_role_acts_outside_its_projects(role):
    principal = Principal(name="key:a", role=role, projects=frozenset({"fraud"}))
    right = min(RIGHTS[role])

    principal.require(right, "fraud")
    with pytest.raises(NotFound, match="no project 'other'"):
        principal.require(right, "other")


def test_an_unknown_role_may_nothing():
    with pytest.raises(NotAllowed, match="'guest' may not read"):
        Principal(name="key:a", role="guest", projects=None).require("read")


def test_who_owns_the_machine_may_act():
    shell_owner("ann").require("manage", "any")
