"""Ask the training gate of labeltrust; stops a pipeline while it is closed.

Needs only Python 3.9 and reads three variables: LABELTRUST_URL, LABELTRUST_KEY (role
`ml_engineer` is enough) and LABELTRUST_PROJECT. Exit codes: 0 open, 1 closed, 2 not answered: no
answer is no permission. With LABELTRUST_REFUSE_OVERRIDDEN=true, a gate that two persons opened
although it was closed counts as closed.
"""

import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

SECONDS = 60
OPEN, CLOSED, NO_ANSWER = 0, 1, 2


def main() -> int:
    """Ask once and say what is answered."""
    try:
        url, key, project = (os.environ[f"LABELTRUST_{n}"] for n in ("URL", "KEY", "PROJECT"))
        answer = ask(url, key, project)
        is_open, reasons = answer["open"], answer["reasons"]
    except (KeyError, TypeError, ValueError, OSError) as error:
        print(f"labeltrust: the gate does not answer: {told(error)}", file=sys.stderr)
        return NO_ANSWER
    overridden = any(reason["code"] == "overridden" for reason in reasons)
    refused = overridden and os.environ.get("LABELTRUST_REFUSE_OVERRIDDEN", "") == "true"
    may = is_open is True and not refused
    print(f"labeltrust: training on {plain(project)} {'may proceed' if may else 'must wait'}")
    for reason in reasons:
        print(f"  {plain(reason['code'])}: {plain(reason['detail'])}")
    return OPEN if may else CLOSED


def ask(url: str, key: str, project: str) -> dict:
    """Return the gate's answer."""
    if not url.startswith(("https://", "http://")):
        raise ValueError("LABELTRUST_URL is no address on the web")
    address = f"{url.rstrip('/')}/v1/projects/{urllib.parse.quote(project, safe='')}/gate"
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {key}"})
    with urllib.request.urlopen(request, timeout=SECONDS) as response:
        return json.load(response)


def told(error: Exception) -> str:
    """Return an error without the key or the answer's body."""
    if isinstance(error, urllib.error.HTTPError):
        return f"status {error.code}"
    return f"{type(error).__name__}: {plain(str(error))}"


def plain(text: str) -> str:
    """Return a text that no log takes for a command or a colour."""
    return "".join(one if one.isprintable() else "?" for one in str(text)).replace("::", ": :")


if __name__ == "__main__":
    sys.exit(main())
