"""The chart library for browsers: one script out of an installed package, made once.

It takes seconds to make, so that it is made at installation, or by the first server beside its
work; pages do without charts until it is there.
"""

import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from labeltrust.settings import read_settings

_GLOBALS = "window.vegaEmbed = vegaEmbed; window.vega = vega; window.vegaLite = vegaLite;"
_FOLDER = Path(__file__).parent / "static" / "generated"


def bundle_places(home: Path) -> tuple[Path, Path]:
    """Return where the script may lie: in the package, or in the data folder.

    >>> [place.suffix for place in bundle_places(Path("var"))]
    ['.js', '.js']
    """
    name = f"vega-{version('vl-convert-python')}.js"
    return _FOLDER / name, home / "cache" / name


def start_making_bundle(home: Path) -> "subprocess.Popen[bytes] | None":
    """Make the script in a process of its own, where it is not there yet.

    Args:
        home: The data folder of the installation.
    """
    if any(place.is_file() for place in bundle_places(home)):
        return None
    return subprocess.Popen([sys.executable, "-m", __name__, str(home)])  # noqa: S603 - ourselves


def make_bundle(home: Path) -> Path:
    """Make the script unless it is there, and return its place.

    Args:
        home: The data folder, used where the package's own folder cannot be written.
    """
    package, cache = bundle_places(home)
    there = next((place for place in (package, cache) if place.is_file()), None)
    if there is not None:
        return there
    place = package if os.access(_FOLDER.parent, os.W_OK) else cache
    return _written(place, _bundle())


def _bundle() -> str:
    import vl_convert  # noqa: PLC0415 - 80 MB that no server needs

    text: str = vl_convert.javascript_bundle(_GLOBALS)
    return text


def _written(place: Path, text: str) -> Path:
    place.parent.mkdir(parents=True, exist_ok=True)
    # Under another name first: whoever looks meanwhile must not see half of it.
    draft = place.with_name(f"{place.name}.{os.getpid()}")
    draft.write_text(text, "utf-8")
    return draft.replace(place)


if __name__ == "__main__":
    make_bundle(Path(sys.argv[1]) if len(sys.argv) > 1 else read_settings(os.environ).home)
