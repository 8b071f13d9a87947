"""What is trained on what over HTTP: the set in use, models and their snapshots, lineage."""

from dataclasses import dataclass
from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.di import NamedDependency
from litestar.params import BodyKwarg, FromPath, FromQuery

from labeltrust.services.register_model import list_models, register_model
from labeltrust.services.trace_labels import Lineage, Whose, trace_labels
from labeltrust.services.use_snapshot import CurrentSet, current_set, use_snapshot
from labeltrust.store.training import ModelVersion
from labeltrust.web.access import by_key
from labeltrust.web.api.snapshots import SnapshotNumber
from labeltrust.web.caller import Caller
from labeltrust.web.openapi import example
from labeltrust.web.pagination import MAX_ID


class UseBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a snapshot is named the training set."""

    reason: str


class ModelBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A version of a model that was trained on the snapshot."""

    model: str
    version: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelList:
    """Models that were trained on a snapshot, oldest first."""

    models: tuple[ModelVersion, ...]


_USE = example("Back to the set before the attack", {"reason": "labels of ring 7 are inside #5"})
_MODEL = example("What a pipeline tells", {"model": "fraud-net", "version": "2026.11.3"})


@get(
    "/v1/projects/{project:str}/training-set",
    summary="Show the training set in use",
    opt=by_key("read"),
    tags=["snapshots"],
)
async def current(project: FromPath[str], caller: NamedDependency[Caller]) -> CurrentSet:
    """Return the snapshot that the project trains on, and those before it."""
    return await caller.ask(current_set, project)


@post(
    "/v1/snapshots/{snapshot:int}/use",
    summary="Name the training set",
    opt=by_key("snapshot"),
    tags=["snapshots"],
    status_code=200,
)
async def use(
    snapshot: SnapshotNumber,
    caller: NamedDependency[Caller],
    data: Annotated[UseBody, BodyKwarg(examples=[_USE])],
) -> CurrentSet:
    """Name the snapshot that its project trains on; a former one takes the project back."""
    return await caller.ask(use_snapshot, snapshot, reason=data.reason)


@get(
    "/v1/snapshots/{snapshot:int}/models",
    summary="List models of a snapshot",
    opt=by_key("read"),
    tags=["snapshots"],
)
async def models(snapshot: SnapshotNumber, caller: NamedDependency[Caller]) -> ModelList:
    """Return the model versions that were trained on a snapshot."""
    return ModelList(models=await caller.ask(list_models, snapshot))


@post(
    "/v1/snapshots/{snapshot:int}/models",
    summary="Register a trained model",
    opt=by_key("snapshot"),
    tags=["snapshots"],
)
async def trained(
    snapshot: SnapshotNumber,
    caller: NamedDependency[Caller],
    data: Annotated[ModelBody, BodyKwarg(examples=[_MODEL])],
) -> Response[ModelVersion]:
    """Put on record that a version of a model was trained on the snapshot; twice is once."""
    made = await caller.ask(
        register_model, snapshot, model=data.model, version=data.version, words=data.note
    )
    return Response(made)


@get(
    "/v1/projects/{project:str}/lineage",
    summary="Trace labels into training sets and models",
    opt=by_key("read"),
    tags=["snapshots"],
)
async def lineage(
    project: FromPath[str],
    caller: NamedDependency[Caller],
    labeler: FromQuery[str | None] = None,
    source: FromQuery[str | None] = None,
    import_id: FromQuery[int | None] = None,
) -> Lineage:
    """Return which snapshots and models hold labels of a labeler, a source or an import.

    With `labeler`, `source` settles which one of that name. An import goes by `import_id`.
    """
    number = None if import_id is None else min(max(import_id, 0), MAX_ID)
    whose = Whose(labeler=labeler, source=source, import_id=number)
    return await caller.ask(trace_labels, project, whose)


HANDLERS = (current, use, models, trained, lineage)
