"""What the page of a labeler shows of a model."""

from typing import Any

from labeltrust.domain.model_roles import MACHINES, MODEL_ROLES
from labeltrust.services.models.show_model import ON_A_PAGE, show_model_by_id
from labeltrust.web.pages._drawings import parting_summary
from labeltrust.web.pages._view import View


async def model_card(view: View, project: str, labeler_id: int, kind: str) -> dict[str, Any]:
    """Return what the card of a model is made from; for a person there is none."""
    if kind not in MACHINES:
        return {"model": None}
    page = page_number(view.query.get("lost", ""))
    skip = (page - 1) * ON_A_PAGE
    model = await view.ask(show_model_by_id, project, labeler_id, skip=skip)
    return {
        "model": model,
        "parting": parting_summary(model.numbers[0].hours) if model.numbers else "",
        "lost_page": page,
        "lost_on_page": ON_A_PAGE,
        "roles": MODEL_ROLES,
    }


def page_number(text: str) -> int:
    """Return the number of a page of an address; anything that is none is the first.

    >>> page_number("3"), page_number("-1"), page_number("9" * 40)
    (3, 1, 999999999)
    """
    return max(int(text[:9]), 1) if text.isascii() and text.isdigit() else 1
