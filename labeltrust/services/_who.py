"""Which person stands behind an act: what one does by session and by key is the same person's."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from labeltrust.store.tables import ApiKey, Person

_PERSON, _KEY = "person:", "key:lt_"


def people_behind(session: Session, actors: Iterable[str]) -> dict[str, str]:
    """Return the person behind each actor; who is no person stands for themselves."""
    wanted = set(actors)
    keys = [actor.removeprefix(_KEY) for actor in wanted if actor.startswith(_KEY)]
    owners = (
        select(ApiKey.key_id, Person.name)
        .join(Person, col(Person.id) == col(ApiKey.person_id))
        .where(col(ApiKey.key_id).in_(sorted(keys)))
    )
    of_key = dict(session.exec(owners).all()) if keys else {}
    return {actor: of_key.get(actor.removeprefix(_KEY), _plain(actor)) for actor in wanted}


def _plain(actor: str) -> str:
    return actor.removeprefix(_PERSON)
