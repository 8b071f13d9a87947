"""Who acts, and what each role may do."""

from dataclasses import dataclass
from typing import Literal, get_args

from labeltrust.domain.errors import NotAllowed

Role = Literal[
    "source", "reviewer", "qa_lead", "investigator", "ml_engineer", "on_call", "auditor", "admin"
]
ROLES: tuple[str, ...] = get_args(Role)
Right = Literal["write_events", "read", "review", "freeze", "assess", "snapshot", "gold", "manage"]

_READERS: frozenset[str] = frozenset({"read"})
RIGHTS: dict[str, frozenset[str]] = {
    "source": frozenset({"write_events"}),
    "reviewer": _READERS | {"review"},
    "qa_lead": _READERS | {"review", "freeze", "assess", "gold", "write_events", "snapshot"},
    "investigator": _READERS | {"assess"},
    "ml_engineer": _READERS | {"assess", "snapshot"},
    "on_call": _READERS | {"freeze", "assess"},
    "auditor": _READERS,
    # People and keys, but no decision about labels: an admin who could decide could hide.
    "admin": _READERS | {"manage", "write_events", "assess"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A proven identity with its role and scope.

    Attributes:
        name: As recorded in history: `os:alice`, `key:lt_ab12`, `person:ann`.
        role: One of `ROLES`.
        projects: Names of the projects in scope, or None for all.
        source: Name of the source that a key of role `source` speaks for.
        person: Name of the person behind the key or session, if any.

    >>> Principal(name="key:a", role="auditor", projects=None).may("read")
    True
    """

    name: str
    role: str
    projects: frozenset[str] | None
    source: str | None = None
    person: str | None = None

    def may(self, right: str) -> bool:
        """Say whether the role holds a right."""
        return self.role == "owner" or right in RIGHTS.get(self.role, frozenset())

    def sees(self, project: str) -> bool:
        """Say whether a project is in scope."""
        return self.projects is None or project in self.projects

    def require(self, right: str, project: str | None = None) -> None:
        """Let pass or refuse.

        Raises:
            NotAllowed: The role lacks the right, or the project is out of scope.
        """
        if not self.may(right):
            detail = f"role {self.role!r} may not {right.replace('_', ' ')}"
            raise NotAllowed(detail)
        if project is not None and not self.sees(project):
            detail = f"project {project!r} is not in the scope of {self.name}"
            raise NotAllowed(detail)


def shell_owner(user: str) -> Principal:
    """Return the principal of a command-line act without a key: who owns the machine may act.

    >>> shell_owner("alice").name
    'os:alice'
    """
    return Principal(name=f"os:{user}", role="owner", projects=None)
