"""The process in which Apprise runs: `python -m labeltrust.outgoing.apprise_child`.

What to tell comes in as JSON, one word of ours says how it went. An audit hook looks at every
connection in the moment it is made, at the very address: neither a redirect nor a second answer of
a name server gets around it.
"""

import json
import os
import sys
from collections.abc import Callable
from typing import Any

from labeltrust.outgoing.reach import Reach, is_place_allowed

_DENIED = frozenset(
    {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"}
    | {"socket.bind", "socket.sendmsg", "os.remove", "os.rename", "os.mkdir"}
)
_WRITES = os.O_WRONLY | os.O_RDWR
_ADDRESS_PARTS = 2


class Refused(OSError):
    """A connection or an act that is not allowed here."""


def guard(reach: Reach, refused: Callable[[], None]) -> Callable[[str, tuple[Any, ...]], None]:
    """Return the hook that lets nothing pass but what may be connected to.

    Args:
        reach: What may be connected to.
        refused: Called before something is refused.
    """

    def hook(event: str, args: tuple[Any, ...]) -> None:
        if event in _DENIED or (event == "open" and _writes(args)):
            refused()
            raise Refused(event)
        if event in {"socket.connect", "socket.sendto"} and not _may_reach(args[1], reach):
            refused()
            raise Refused(event)

    return hook


def _may_reach(address: Any, reach: Reach) -> bool:  # noqa: ANN401 - as the hook is given it
    if not isinstance(address, tuple) or len(address) < _ADDRESS_PARTS:
        return False  # a socket of this machine
    return is_place_allowed(str(address[0]), int(address[1]), reach)


def _writes(args: tuple[Any, ...]) -> bool:
    path, flags = args[0], args[2]
    return path != os.devnull and isinstance(flags, int) and bool(flags & _WRITES)


def main() -> str:
    """Read, tell, and return the word for how that went."""
    said = json.load(sys.stdin)
    try:
        import apprise  # noqa: PLC0415 - optional
        import requests  # noqa: PLC0415 - comes with it
    except ImportError:
        return "missing"
    asset = apprise.AppriseAsset(storage_mode=apprise.PersistentStoreMode.MEMORY)
    teller = apprise.Apprise(asset=asset)
    if not teller.add(said["url"]):
        return "unreadable"
    if said.get("check"):
        return "readable"
    reach = Reach(
        ports=frozenset(said["ports"]),
        inside=frozenset(said["inside"]),
        loopback=bool(said["loopback"]),
    )
    words: list[str] = []
    # A redirect is an answer like any other that is no success.
    requests.Session.get_redirect_target = lambda *_: None  # type: ignore[method-assign]
    sys.addaudithook(guard(reach, lambda: words.append("refused")))
    told = teller.notify(
        body=said["body"], title=said["title"], notify_type=said["kind"], body_format="text"
    )
    return "told" if told else words[0] if words else "failed"


if __name__ == "__main__":
    sys.stdout.write(main())
