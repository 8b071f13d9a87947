"""What to do about an alert: one page a code, shipped with the package."""

from pathlib import Path

import labeltrust
from labeltrust.domain.alert_codes import CODES
from labeltrust.domain.errors import NotFound
from labeltrust.domain.principals import Principal
from labeltrust.services.deployment import Deployment


def runbook_folder() -> Path:
    """Return the folder of the runbooks: of the installed package, or of a checkout."""
    package = Path(labeltrust.__file__).parent
    installed = package / "_runbooks"
    return installed if installed.is_dir() else package.parent / "docs" / "runbooks"


def show_runbook(_: Deployment, principal: Principal, code: str) -> str:
    """Return the runbook of a code, as it is written.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such code.
    """
    principal.require("read")
    if code not in CODES:
        detail = f"no alert {code[:80]!r}"
        raise NotFound(detail)
    return (runbook_folder() / f"{code}.md").read_text("utf-8")
