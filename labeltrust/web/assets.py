"""Style sheet, scripts and icon: named by their digest, so that browsers may keep them for ever."""

import gzip
import hashlib
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from litestar import Request, Response, get, head
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath

from labeltrust.domain.errors import Misconfigured, NotFound
from labeltrust.domain.principals import Principal
from labeltrust.web.access import OPEN
from labeltrust.web.vega_bundle import bundle_places

_OWN = Path(__file__).parent / "static"
_FOREVER = "public, max-age=31536000, immutable"
_A_WHILE = "public, max-age=300"


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One file that browsers are given.

    Attributes:
        name: What pages call it, such as `style.css`.
        body: Its bytes.
    """

    name: str
    body: bytes

    @cached_property
    def file_name(self) -> str:
        """The name with the digest of the bytes in it."""
        stem, _, suffix = self.name.rpartition(".")
        return f"{stem}.{hashlib.sha256(self.body).hexdigest()[:10]}.{suffix}"

    @cached_property
    def packed(self) -> bytes:
        """The bytes compressed, the same ones every time."""
        return gzip.compress(self.body, mtime=0)

    @property
    def media_type(self) -> str:
        """What the browser takes it for."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"


class Assets:
    """Everything that pages refer to, read when it is first asked for."""

    def __init__(self, home: Path) -> None:
        """Look into the package, into the packages of others, and into one data folder."""
        self._places: dict[str, Callable[[], Path | None]] = {
            "style.css": lambda: _OWN / "style.css",
            "icon.svg": lambda: _OWN / "icon.svg",
            "labeltrust.js": lambda: _OWN / "labeltrust.js",
            "desk.js": lambda: _OWN / "desk.js",
            "htmx.js": lambda: _htmx("htmx-2.min.js"),
            "sse.js": lambda: _htmx("ext/hx-sse-2.min.js"),
            "vega.js": lambda: next((p for p in bundle_places(home) if p.is_file()), None),
        }
        self._known: dict[str, Asset] = {}

    def address(self, name: str) -> str:
        """Return the address of a file; empty where it is not made yet."""
        asset = self._asset(name)
        return "" if asset is None else f"/static/{asset.file_name}"

    def file(self, file_name: str) -> tuple[Asset, bool]:
        """Return a file by its address's name, and whether it can be kept for ever.

        Raises:
            NotFound: There is none of that name.
        """
        stem, _, suffix = file_name.rpartition(".")
        named = f"{stem.rpartition('.')[0]}.{suffix}"
        for name, for_ever in ((file_name, False), (named, True)):
            asset = self._asset(name) if name in self._places else None
            if asset is not None and (not for_ever or asset.file_name == file_name):
                return asset, for_ever
        raise NotFound("no such file")

    def _asset(self, name: str) -> Asset | None:
        if name not in self._known:
            place = self._places[name]()
            if place is None:
                return None
            self._known[name] = Asset(name=name, body=place.read_bytes())
        return self._known[name]


def _htmx(file: str) -> Path:
    """Return a script of the htmx package, whose Python is never imported."""
    spec = find_spec("django_htmx")
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured("package django-htmx is missing; install labeltrust again")
    return Path(spec.submodule_search_locations[0]) / "static" / "django_htmx" / file


@get("/static/{file_path:str}", opt=dict(OPEN), include_in_schema=False)
async def static(
    file_path: FromPath[str],
    request: Request[Principal, None, State],
    assets: NamedDependency[Assets],
) -> Response[bytes]:
    """Serve a file, compressed where the browser can read it so."""
    asset, for_ever = assets.file(file_path)
    headers = {"Cache-Control": _FOREVER if for_ever else _A_WHILE, "Vary": "Accept-Encoding"}
    body = asset.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["Content-Encoding"], body = "gzip", asset.packed
    return Response(body, media_type=asset.media_type, headers=headers)


@head("/static/{file_path:str}", opt=dict(OPEN), include_in_schema=False)
async def static_head(file_path: FromPath[str], assets: NamedDependency[Assets]) -> Response[None]:
    """Say of a file what would be served."""
    asset, for_ever = assets.file(file_path)
    headers = {"Cache-Control": _FOREVER if for_ever else _A_WHILE}
    return Response(None, media_type=asset.media_type, headers=headers)


HANDLERS = (static, static_head)
