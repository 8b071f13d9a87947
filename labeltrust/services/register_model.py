"""Which model versions were trained on a snapshot: told by pipelines, asked when labels fall."""

from labeltrust.domain.naming import checked_name, checked_note
from labeltrust.domain.principals import Principal
from labeltrust.services._acts import begin_act, note
from labeltrust.services._seen_snapshot import seen_snapshot
from labeltrust.services.deployment import Deployment
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading, unit_of_work
from labeltrust.store.training import ModelVersion, add_model, models_of


def register_model(
    deployment: Deployment,
    principal: Principal,
    snapshot: int,
    *,
    model: str,
    version: str,
    words: str = "",
) -> ModelVersion:
    """Put on record that a version of a model was trained on a snapshot; told twice it is once.

    Args:
        deployment: The installation.
        principal: Who says so.
        snapshot: Number of the snapshot.
        model: Name of the model.
        version: Its version, as its makers count.
        words: More about it, such as a run's address; may be empty.

    Raises:
        NotAllowed: The role may not make snapshots.
        NotFound: There is no such snapshot in scope.
        InvalidInput: Name or version cannot be one.
    """
    checked_name(model, "model")
    checked_name(version, "version")
    said = checked_note(words, "note") if words.strip() else ""
    with unit_of_work(deployment.engine) as session:
        row = seen_snapshot(session, principal, snapshot, "snapshot")
        project = project_row(session, row.project)
        act = begin_act(session, project, principal.name, deployment.clock())
        for known in models_of(session, [snapshot]):
            if (known.model, known.version) == (model, version):
                return known
        made = ModelVersion(
            snapshot=snapshot,
            model=model,
            version=version,
            note=said,
            registered_at=act.at,
            registered_by=act.actor,
        )
        add_model(session, made)
        detail = {"snapshot": snapshot, "model": model, "version": version, "note": said}
        note(act, "model.trained", detail)
        return made


def list_models(
    deployment: Deployment, principal: Principal, snapshot: int
) -> tuple[ModelVersion, ...]:
    """Return the models that were trained on a snapshot, oldest first.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such snapshot in scope.
    """
    with reading(deployment.engine) as session:
        seen_snapshot(session, principal, snapshot)
        return tuple(models_of(session, [snapshot]))
