"""The postmortem of an incident as a page that stands alone: pictures in it, and no script."""

from collections.abc import Sequence
from datetime import UTC, datetime

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from labeltrust.domain.principals import Principal
from labeltrust.domain.visible import visible
from labeltrust.services._heavy import heavily
from labeltrust.services._incidents import seen_incident
from labeltrust.services.deployment import Deployment
from labeltrust.services.draw_incident import Picture, draw_incident
from labeltrust.services.incident_damage import IncidentDamage, incident_damage
from labeltrust.services.show_incident import IncidentCase, show_incident
from labeltrust.services.tell_damage import damage_words
from labeltrust.services.write_postmortem import MOST_NAME, duration_text, postmortem
from labeltrust.store.session import reading


def postmortem_text(deployment: Deployment, principal: Principal, number: int) -> str:
    """Return the postmortem as Markdown.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such incident in scope.
        Busy: Too much heavy work waits already.
    """
    case = show_incident(deployment, principal, number)
    return postmortem(case, incident_damage(deployment, principal, number))


def postmortem_page(deployment: Deployment, principal: Principal, number: int) -> str:
    """Return the postmortem as a page of HTML.

    Raises:
        NotAllowed: The role may not read.
        NotFound: There is no such incident in scope.
        Busy: Too much heavy work waits already.
    """
    with reading(deployment.engine) as session:
        seen_incident(session, principal, number, "read")  # before anything heavy begins
    return heavily(deployment, _page, principal, number)


def _page(deployment: Deployment, principal: Principal, number: int) -> str:
    case = show_incident(deployment, principal, number)
    damage = incident_damage(deployment, principal, number)
    return page_of(case, damage, draw_incident(deployment, principal, number))


def page_of(case: IncidentCase, damage: IncidentDamage, pictures: Sequence[Picture]) -> str:
    """Return the page; whatever people wrote in it is text and stays text."""
    template = _environment().get_template("postmortem.html")
    return template.render(case=case, damage=damage_words(damage), pictures=pictures)


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("labeltrust.services"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"moment": _moment, "lasting": duration_text, "name": _name}
    return environment


def _finalized(value: object) -> object:
    if isinstance(value, str) and not isinstance(value, Markup):
        return visible(value)
    return "" if value is None else value


def _moment(at: datetime | None) -> str:
    return "not yet" if at is None else at.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")


def _name(text: str) -> str:
    return text if len(text) <= MOST_NAME else f"{text[: MOST_NAME - 1]}…"
