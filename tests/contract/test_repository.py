"""The project speaks of itself alone, and its lock files name no address."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The whole schema is meant to be read at once; the verifier of bundles travels alone.
# The schema, and what others run without us: each is read as one page.
ONE_PAGE = {
    "labeltrust/store/tables.py",
    "labeltrust/ledger/bundle_verifier.py",
    "labeltrust/ledger/chain_verifier.py",
}
TEXT = {".py", ".md", ".toml", ".lock", ".mako", ".html", ".css", ".js", ".json", ".csv", ""}
MACHINE_PATH = re.compile(r"(?<![\w.])/(?:work|farm|root|home)/")
REGISTRY = re.compile(
    r"(pypi\.or" + r"g|pythonhoste" + r"d\.|registry\.npmj" + r"s|deb\.debia" + r"n)"
)


def _tracked():
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 - git as the developer has it
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("not a git checkout: nothing says which files belong to the project")
    return [ROOT / name for name in listed.stdout.splitlines()]


@pytest.mark.parametrize("pattern", [MACHINE_PATH, REGISTRY], ids=["machine path", "registry"])
def test_no_file_names_a_machine_or_a_registry(pattern):
    files = [path for path in _tracked() if path.suffix in TEXT and path.is_file()]

    found = [str(p.relative_to(ROOT)) for p in files if pattern.search(p.read_text("utf-8"))]

    assert len(files) > 50
    assert not found


def test_every_locked_package_has_a_hash():
    for lock in (ROOT / "requirements").glob("*.lock"):
        for block in re.split(r"\n(?=[a-z0-9])", lock.read_text("utf-8").strip()):
            assert "--hash=sha256:" in block, f"{lock.name}: {block.splitlines()[0]}"


@pytest.mark.parametrize(("folder", "limit"), [("labeltrust", 300), ("tests", 450)])
def test_files_stay_short(folder, limit):
    # A test file holds its tables of cases as well.
    long = {
        str(path.relative_to(ROOT)): n
        for path in _tracked()
        if path.suffix == ".py"
        and path.is_relative_to(ROOT / folder)
        and path.is_file()
        and (n := len(path.read_text("utf-8").splitlines())) > limit
    }

    assert set(long) <= ONE_PAGE, long
