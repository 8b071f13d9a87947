"""Who is behind a name in history: two keys of one person are one person."""

from sqlmodel import Session

from labeltrust.domain.approvals import is_somebody, require_second
from labeltrust.domain.errors import NotAllowed
from labeltrust.domain.principals import Principal
from labeltrust.store.keys import find_key, owner_of

_KEY = "key:lt_"


def identity_of(principal: Principal) -> str:
    """Return who acts: the person behind a key or session, else the name itself.

    >>> identity_of(Principal(name="key:lt_a", role="auditor", projects=None, person="ann"))
    'person:ann'
    """
    return principal.name if principal.person is None else f"person:{principal.person}"


def identity_behind(session: Session, actor: str) -> str:
    """Return who acted, by the name on record: keys are looked up, and their persons named."""
    if not actor.startswith(_KEY):
        return actor
    row = find_key(session, actor.removeprefix(_KEY))
    person = None if row is None else owner_of(session, row)
    return actor if person is None else f"person:{person.name}"


def require_somebody(principal: Principal, what: str) -> str:
    """Return who acts, or refuse a key that names no person.

    Raises:
        NotAllowed: Nobody can tell whose key it is, hence not who a second person would be.
    """
    identity = identity_of(principal)
    if not is_somebody(identity):
        detail = f"{what} takes two persons, and {identity} names none; make the key with --user"
        raise NotAllowed(detail)
    return identity


def require_second_person(session: Session, actor: str, principal: Principal, what: str) -> None:
    """Refuse a principal who may be the one who acted before.

    Args:
        session: An open session.
        actor: Name on record of who acted first; the machine is nobody's second self.
        principal: Who acts now.
        what: What takes two persons.

    Raises:
        NotAllowed: It is the same person, or it cannot be told who acts now.
    """
    require_second(identity_behind(session, actor), identity_of(principal), what)
