"""Who acts, and what each role may do."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, get_args

from labeltrust.domain.errors import InvalidInput, NotAllowed, NotFound

Role = Literal[
    "source", "reviewer", "qa_lead", "investigator", "ml_engineer", "on_call", "auditor", "admin"
]
ROLES: tuple[str, ...] = get_args(Role)
Right = Literal[
    "write_events",
    "read",
    "prove",
    "read_raw",
    "review",
    "freeze",
    "assess",
    "snapshot",
    "gold",
    "mend",
    "configure",
    "manage",
    "approve",
    "respond",
]

_READERS: frozenset[str] = frozenset({"read", "prove"})
# `prove` asks whether a receipt is in the history; a source may ask of its own.
# `respond` keeps case files of incidents, and decides nothing about labels.
# `approve` lets one answer requests of others; what a request does needs that right as well.
RIGHTS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "source": frozenset({"write_events", "prove"}),
        "reviewer": _READERS | {"review"},
        "qa_lead": _READERS
        | {"review", "freeze", "assess", "gold", "write_events", "snapshot"}
        | {"mend", "configure", "read_raw", "approve", "respond"},
        "investigator": _READERS | {"assess", "respond"},
        "ml_engineer": _READERS | {"assess", "snapshot"},
        "on_call": _READERS | {"freeze", "assess", "mend", "read_raw", "approve", "respond"},
        "auditor": _READERS | {"read_raw"},
        # People, keys and sources, but no decision about labels: who could decide could hide.
        "admin": _READERS | {"manage", "configure", "assess", "mend", "read_raw", "approve"},
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """A proven identity with its role and scope.

    Attributes:
        name: As recorded in history: `os:alice`, `key:lt_ab12`, `person:ann`.
        role: One of `ROLES`, or `owner` for who owns the machine.
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

        A project out of scope is answered like one that is not there, so that nobody can learn
        the names of other people's projects.

        Raises:
            NotAllowed: The role lacks the right.
            NotFound: The project is out of scope.
        """
        if not self.may(right):
            detail = f"role {self.role!r} may not {right.replace('_', ' ')}"
            raise NotAllowed(detail)
        if project is not None and not self.sees(project):
            raise no_project(project)


def no_project(name: str) -> NotFound:
    """Return the one answer for a project that is missing or out of scope.

    >>> str(no_project("fraud"))
    "no project 'fraud'"
    """
    return NotFound(f"no project {name[:200]!r}")


def checked_role(role: str) -> str:
    """Return a role, or refuse an unknown one.

    Raises:
        InvalidInput: `unknown_role`.

    >>> checked_role("auditor")
    'auditor'
    """
    if role not in ROLES:
        detail = f"unknown role {role[:80]!r}; known are {', '.join(ROLES)}"
        raise InvalidInput(detail, place="role", code="unknown_role")
    return role


def shell_owner(user: str) -> Principal:
    """Return the principal of a command-line act without a key: who owns the machine may act.

    >>> shell_owner("alice").name
    'os:alice'
    """
    return Principal(name=f"os:{user}", role="owner", projects=None)
