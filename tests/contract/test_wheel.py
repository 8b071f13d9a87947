"""What an installation without a checkout holds: notebooks, sample data and migrations as well."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

ROOT = Path(__file__).parents[2]
ASK = """
from labeltrust.services.fill_notebook import notebook_folder, notebook_names
from labeltrust.simulate import sample_folder
print(notebook_folder().name, len(notebook_names()), sample_folder().name)
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(folder / "site")
    return folder / "site"


@pytest.mark.parametrize(
    ("source", "packed"),
    [
        ("notebooks", "_notebooks"),
        ("seeds", "_seeds"),
        ("migrations", "_migrations"),
        ("docs/runbooks", "_runbooks"),
    ],
)
def test_the_wheel_holds_what_stands_beside_the_package(unpacked, source, packed):
    there = {
        path.relative_to(ROOT / source).as_posix(): path.read_bytes()
        for path in (ROOT / source).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    shipped = unpacked / "labeltrust" / packed
    assert there
    assert all((shipped / name).read_bytes() == body for name, body in there.items())


def test_an_installed_package_finds_its_notebooks_and_sample_data(unpacked):
    asked = subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, "-c", ASK],
        cwd=unpacked,
        env={"PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
        check=True,
    )

    n = len(list((ROOT / "notebooks").glob("[0-9][0-9]_*.py")))
    assert asked.stdout.split() == ["_notebooks", str(n), "_seeds"]
