"""Failpoints do nothing unless the environment of the process says so, and never in the open."""

import os
import subprocess
import sys

import pytest

from labeltrust.domain.errors import Misconfigured
from labeltrust.failpoints import Failed, is_armed, parsed, reached, require_harmless, working_on


def test_they_are_inert_by_default():
    with working_on("assess", "fraud"):
        reached("before-commit")

    assert not is_armed()


def test_a_place_its_number_and_its_subject_decide():
    points = parsed("assess/before-commit#2@fraud=raise")

    points.reach("assess/before-commit", "fraud")
    points.reach("assess/after-commit", "fraud")
    with pytest.raises(Failed, match="assess/before-commit"):
        points.reach("assess/before-commit", "fraud-2")
    points.reach("assess/before-commit", "fraud")


@pytest.mark.parametrize("text", ["assess=kill", "a/b=explode", "a/b#x=kill", "a/b"])
def test_what_cannot_be_read_is_refused(text):
    with pytest.raises(Misconfigured, match="no failpoint"):
        parsed(text)


def test_a_server_that_others_reach_refuses_them():
    require_harmless({}, "0.0.0.0")  # noqa: S104 - nothing listens
    require_harmless({"LABELTRUST_TEST_FAILPOINTS": "a/b=kill"}, "127.0.0.1")

    with pytest.raises(Misconfigured, match="for tests"):
        require_harmless({"LABELTRUST_TEST_FAILPOINTS": "a/b=kill"}, "0.0.0.0")  # noqa: S104 - likewise


def test_a_kill_takes_the_whole_group_of_processes():
    code = (
        "from labeltrust.failpoints import reached, working_on\n"
        "with working_on('record'):\n    reached('begin')\n    print('alive')\n"
    )

    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code],
        env=os.environ | {"LABELTRUST_TEST_FAILPOINTS": "record/begin=kill"},
        start_new_session=True,
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stdout) == (-9, b"")
