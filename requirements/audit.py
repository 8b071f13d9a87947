"""Look up every locked package among known vulnerabilities; exit 1 where one is known.

Where the registry tells nothing of vulnerabilities that is said aloud and is no failure: a
mirror often leaves them out.
"""

import json
import subprocess
import sys
from typing import Any


def main(program: str, locks: list[str]) -> int:
    """Audit lock files and say what was found; return the exit code."""
    found = [package for lock in locks for package in audited(program, lock)]
    known = [package for package in found if package.get("vulns")]
    skipped = sum("skip_reason" in package for package in found)
    for package in known:
        for one in package["vulns"]:
            fixed = ", ".join(one["fix_versions"]) or "no version yet"
            say(f"{package['name']} {package['version']}: {one['id']}, mended in {fixed}")
    if skipped or not found:
        say(f"NOT AUDITED: {skipped} of {len(found)} packages; the registry tells nothing of them")
    say(f"{len(found) - skipped} packages looked up, {len(known)} with known vulnerabilities")
    return 1 if known else 0


def audited(program: str, lock: str) -> list[dict[str, Any]]:
    """Return what is known of the packages of one lock file, nothing where nobody answers."""
    asked = [program, "-r", lock, "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        return list(json.loads(done.stdout)["dependencies"])
    except (ValueError, KeyError):
        last = done.stderr.strip().splitlines()[-1:] or ["no answer"]
        say(f"NOT AUDITED: {lock}: {last[0][:300]}")
        return []


def say(line: str) -> None:
    """Write one line."""
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
