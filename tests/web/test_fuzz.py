"""A short run of Schemathesis over every route, on both databases; `make fuzz` is the long one."""

import pytest
from fuzz.over_http import Run, fuzzed, installed

RUNS = {
    "sqlite": Run("qa_lead", known=True, seconds=10, by_chance=False),
    "postgres": Run("admin", known=False, seconds=10, by_chance=False),
}


@pytest.mark.slow
@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def test_no_request_that_is_made_up_breaks_what_the_interface_says_of_itself(database, tmp_path):
    with installed(database, tmp_path / "var") as settings:
        said = fuzzed(settings, [RUNS[database]], tmp_path)

    assert said == []
