"""The work that a running server takes over: one function for both sides of the hand-over."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labeltrust.cli._context import KEY_VARIABLE, acting, principal_of, settings, shell_user
from labeltrust.cli._options import parsed_time

if TYPE_CHECKING:
    from labeltrust.domain.principals import Principal
    from labeltrust.services.deployment import Deployment

Request = Mapping[str, Any]
Progress = Callable[[Mapping[str, Any]], None]
Work = Callable[["Deployment", "Principal", Request, Progress], Any]


def do(request: Request, progress: Progress) -> Any:  # noqa: ANN401 - plain JSON values
    """Do something here, or have the server do it that holds this data folder.

    Args:
        request: `act` names the work; the rest is its own.
        progress: Told how far it is.

    Returns:
        Plain JSON values, the same from either side.
    """
    from labeltrust.cli._handover import ask_server, running_server  # noqa: PLC0415 - slow imports

    server = running_server(settings())
    if server is not None:
        asker = {"user": shell_user(), "key": os.environ.get(KEY_VARIABLE)}
        return ask_server(server, {**request, **asker}, progress)
    with acting() as who:
        return _WORK[request["act"]](who.deployment, who.principal, request, progress)


def acts_of(deployment: "Deployment") -> dict[str, Callable[[Request, Progress], Any]]:
    """Return what a server does for other commands of its user, by name."""

    def act(work: Work) -> Callable[[Request, Progress], Any]:
        def run(request: Request, progress: Progress) -> Any:  # noqa: ANN401 - plain JSON values
            who = principal_of(deployment, key=request["key"], user=request["user"])
            return work(deployment, who, request, progress)

        return run

    return {name: act(work) for name, work in _WORK.items()}


def _import(
    deployment: "Deployment", principal: "Principal", request: Request, progress: Progress
) -> Any:  # noqa: ANN401 - plain JSON values
    import msgspec  # noqa: PLC0415 - slow imports

    from labeltrust.services.import_file import ImportRequest, import_file  # noqa: PLC0415

    wanted = ImportRequest(
        path=Path(request["path"]),
        project=request["project"],
        source=request["source"],
        format=request["format"],
        scale=request["scale"],
        gold=None if request["gold"] is None else Path(request["gold"]),
        labeler=request.get("labeler"),
        manifest=None if request.get("manifest") is None else Path(request["manifest"]),
        **_of_a_log(request.get("sample"), request.get("seed") or 0),
    )
    report = import_file(
        deployment, principal, wanted, lambda told: progress(msgspec.to_builtins(told))
    )
    return msgspec.to_builtins(report)


def _of_a_log(share: float | None, seed: int) -> dict[str, Any]:
    """Return what is different where the file is a log of predictions."""
    from labeltrust.domain.prediction_logs import checked_sampling  # noqa: PLC0415 - slow imports

    if share is None:
        return {}
    return {"sampling": checked_sampling(share, seed), "labeler_kind": "model"}


def _assess(deployment: "Deployment", principal: "Principal", request: Request, _: Progress) -> Any:  # noqa: ANN401 - plain JSON values
    from labeltrust.services.assess_project import assess_project  # noqa: PLC0415 - slow imports

    as_of = parsed_time(request["as_of"], "--as-of")
    return assess_project(deployment, principal, request["project"], as_of=as_of)


def _reconcile(
    deployment: "Deployment", principal: "Principal", request: Request, _: Progress
) -> Any:  # noqa: ANN401 - plain JSON values
    import msgspec  # noqa: PLC0415 - slow imports

    from labeltrust.services.reconcile_source import reconcile_source  # noqa: PLC0415

    report = reconcile_source(deployment, principal, request["source"], dry_run=request["dry_run"])
    return msgspec.to_builtins(report)


_WORK: Mapping[str, Work] = {"import": _import, "assess": _assess, "reconcile": _reconcile}
