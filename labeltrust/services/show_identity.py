"""Under which names a labeler is known, whose people they belong to, and what was said of it."""

from dataclasses import dataclass

from labeltrust.domain.principals import Principal
from labeltrust.services._cases import labeler_named
from labeltrust.services._identity import IdentityAct, act_rows, told_acts
from labeltrust.services.deployment import Deployment
from labeltrust.store.identity import names_of, profiles_of
from labeltrust.store.inserting import known_id
from labeltrust.store.labelers import project_spaces
from labeltrust.store.projects import project_row
from labeltrust.store.session import reading


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownName:
    """A name of a labeler, and the sources of this project that use it."""

    name: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who a labeler is, as far as people said.

    Attributes:
        labeler_id: The number that stands for the person.
        names: All names, the one that stands for the person first.
        vendor: Whose people, "" where nobody said; `team` likewise.
        acts: Merges, splits and added names, oldest first, undone ones too.
    """

    labeler_id: int
    names: tuple[KnownName, ...]
    vendor: str
    team: str
    acts: tuple[IdentityAct, ...]


def show_identity(
    deployment: Deployment,
    principal: Principal,
    project: str,
    labeler: str,
    *,
    source: str | None = None,
) -> Identity:
    """Return who a labeler is.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such project in scope, or no such labeler.
        InvalidInput: Two sources call different labelers by this name.
    """
    principal.require("read", project)
    with reading(deployment.engine) as session:
        row = project_row(session, project)
        number = labeler_named(deployment, session, row, labeler, source)
        spaces = project_spaces(session, known_id(row.id))
        names = names_of(session, number)
        numbers = {one.alias_id for one in names}
        vendor, team = profiles_of(session, {number}).get(number, ("", ""))
        rows, undone = act_rows(session)
        acts = told_acts(session, rows, undone)
        mine = [a for a, r in zip(acts, rows, strict=True) if r.labeler_alias_id in numbers]
    return Identity(
        labeler_id=number,
        names=tuple(
            KnownName(
                name=f"labeler #{one.alias_id}" if one.name is None else one.name,
                sources=tuple(sorted(k for k, v in spaces.items() if v == one.id_space)),
            )
            for one in names
        ),
        vendor=vendor,
        team=team,
        acts=tuple(mine),
    )


def list_acts(deployment: Deployment, principal: Principal) -> list[IdentityAct]:
    """Return all acts about who is who, newest first.

    Raises:
        NotAllowed: The role may not read, or sees only some projects.
    """
    principal.require("read")
    if principal.projects is not None:
        return []
    with reading(deployment.engine) as session:
        rows, undone = act_rows(session)
        return told_acts(session, rows, undone)[::-1]
