"""Lists that the database narrows, sorts and cuts: each by each column, on both databases."""

import pytest
from audited import crowd, drawn, person, reviewed
from factories import owner
from sqlmodel import col, select

from labeltrust.domain.listings import Listing
from labeltrust.services.ask_approval import ask_approval
from labeltrust.services.create_snapshot import create_snapshot
from labeltrust.services.finish_audit import cancel_audit
from labeltrust.services.freeze_labels import FreezeDraft, freeze_labels
from labeltrust.services.lift_freeze import lift_freeze
from labeltrust.services.list_appeals import search_appeals
from labeltrust.services.list_approvals import search_approvals
from labeltrust.services.list_freezes import list_freezes
from labeltrust.services.list_incidents import search_incidents
from labeltrust.services.list_quarantine import find_quarantine
from labeltrust.services.list_snapshots import search_snapshots
from labeltrust.services.open_appeal import open_appeal
from labeltrust.services.open_incident import IncidentDraft, open_incident
from labeltrust.services.show_audit import search_audits
from labeltrust.store.session import unit_of_work
from labeltrust.store.tables import Delivery, Quarantine

ORDERS = {
    "freezes": ("id", "project", "labeler", "since", "placed_at", "lifted_at"),
    "quarantine": ("id", "source", "code", "created_at"),
    "incidents": ("id", "project", "title", "severity", "status", "owner", "opened_at"),
    "approvals": ("id", "project", "kind", "asked_by", "asked_at", "expires_at"),
    "audits": ("id", "project", "labeler", "status", "answered", "items", "drawn_at"),
    "snapshots": ("id", "created_at", "created_by", "events_through", "rows"),
    "appeals": (
        "appeal",
        "labeler",
        "freeze",
        "status",
        "opened_at",
        "due_at",
        "decided_by",
    ),
}


@pytest.fixture
def busy(deployment):
    crowd(deployment)
    for who in ("victim", "mallory"):
        placed = freeze_labels(
            deployment, owner(), FreezeDraft(project="fraud", labeler=who, reason=f"case of {who}")
        )
    freeze_labels(deployment, owner(), FreezeDraft(project="fraud", source="feed", reason="100 %"))
    for freeze in (1, 2):
        open_appeal(deployment, owner(), freeze, reason="I was ill")
    lift_freeze(deployment, owner(), placed.id, reason="cleared")
    for title, severity in (("a ring", "low"), ("Zoo", "critical"), ("middle", "medium")):
        draft = IncidentDraft(project="fraud", title=title, severity=severity)
        open_incident(deployment, owner(), draft)
    for freezes in ([1], [1, 3]):
        ask_approval(deployment, owner(), "mass_lift", project="fraud",
                     change={"freezes": freezes}, reason="audited")  # fmt: skip
    drawn(deployment, labeler="victim")
    drawn(deployment, labeler="mallory")
    create_snapshot(deployment, owner(), "fraud")
    _hold(deployment)
    return deployment


def _hold(deployment) -> None:
    with unit_of_work(deployment.engine) as session:
        delivery = session.exec(select(Delivery.id).order_by(col(Delivery.id))).first()
        session.add_all(
            Quarantine(delivery_id=delivery, position=n, digest=b"", code=f"code_{n}",
                       detail="no labeler", created_at=deployment.clock())
            for n in range(3)
        )  # fmt: skip


def asked(deployment, name, **more):
    """Return what a list answers: rows, how many match, how many there are."""
    wanted = Listing(**more)
    if name == "snapshots":
        return search_snapshots(deployment, owner(), "fraud", wanted)
    if name == "freezes":
        found = list_freezes(deployment, owner(), wanted)
        return type("Page", (), {"rows": [line.freeze for line in found.lines],
                                 "n_found": found.n_found, "n_all": found.n_all})  # fmt: skip
    service = {
        "quarantine": find_quarantine, "incidents": search_incidents,
        "approvals": search_approvals, "audits": search_audits, "appeals": search_appeals,
    }[name]  # fmt: skip
    return service(deployment, owner(), wanted)


def numbers(page) -> list[int]:
    return [row.id for row in page.rows]


def test_every_column_sorts_both_ways_and_pages_hold_each_row_once(busy):
    for name, columns in ORDERS.items():
        every = sorted(numbers(asked(busy, name)))
        assert len(every) >= (1 if name == "snapshots" else 2), name
        for column in columns:
            for sort in (column, f"-{column}"):
                pages = [asked(busy, name, sort=sort, offset=n, limit=1) for n in range(len(every))]
                shown = [number for page in pages for number in numbers(page)]
                assert sorted(shown) == every, (name, sort)
            number = "appeal" if name == "appeals" else "id"
            assert numbers(asked(busy, name, sort=number)) == every
        assert numbers(asked(busy, name, sort="nothing")) == every[::-1]
        assert numbers(asked(busy, name, sort=columns[0], offset=10**9, limit=1)) == every[-1:]


def test_words_sort_by_what_they_mean(busy):
    severities = [one.severity for one in asked(busy, "incidents", sort="severity").rows]
    titles = [one.title for one in asked(busy, "incidents", sort="title").rows]
    lifted = [one.lifted_at for one in asked(busy, "freezes", sort="lifted_at").rows]

    assert severities == ["low", "medium", "critical"]
    assert titles == ["a ring", "middle", "Zoo"]
    assert lifted[0] is not None
    assert lifted[1:] == [None, None]


NARROWED = [
    ("freezes", {"text": "MALLORY"}, 1),
    ("freezes", {"text": "feed"}, 1),
    ("freezes", {"text": "%"}, 1),
    ("freezes", {"chosen": {"shown": "active"}}, 2),
    ("freezes", {"chosen": {"shown": "waiting"}}, 0),
    ("freezes", {"chosen": {"shown": "lifted", "project": "fraud"}}, 1),
    ("freezes", {"chosen": {"project": "other"}}, 0),
    ("quarantine", {"text": "no lab", "chosen": {"code": "code_1", "status": "open"}}, 1),
    ("quarantine", {"chosen": {"source": "elsewhere"}}, 0),
    ("incidents", {"text": "zoo"}, 1),
    ("incidents", {"chosen": {"severity": "low", "status": "open", "project": ""}}, 1),
    ("approvals", {"chosen": {"show": "waiting"}}, 2),
    ("approvals", {"chosen": {"show": "expired"}}, 0),
    ("approvals", {"chosen": {"show": "approved"}}, 0),
    ("approvals", {"text": "AUDITED", "chosen": {"show": "all", "project": "fraud"}}, 2),
    ("audits", {"text": "mallory"}, 1),
    ("audits", {"chosen": {"status": "done"}}, 0),
    ("snapshots", {"text": "tester"}, 1),
    ("snapshots", {"text": "nobody"}, 0),
    ("appeals", {"text": "MALL"}, 1),
    ("appeals", {"chosen": {"status": "open", "project": ""}}, 2),
    ("appeals", {"chosen": {"status": "upheld"}}, 0),
    ("appeals", {"chosen": {"status": "", "project": "other"}}, 0),
]


def test_searches_and_filters_narrow_and_say_how_many_there_are(busy):
    for name, more, n in NARROWED:
        found = asked(busy, name, **more)

        assert (len(found.rows), found.n_found) == (n, n), (name, more)
        assert found.n_all == asked(busy, name).n_found


def test_what_nobody_answers_is_found_under_expired(busy, clock):
    clock.tick(8 * 86_400)

    assert asked(busy, "approvals", chosen={"show": "waiting"}).n_found == 0
    assert {a.status for a in asked(busy, "approvals", chosen={"show": "expired"}).rows} == {
        "expired"
    }


def test_who_re_labels_blind_finds_no_audit_by_its_labeler(busy):
    reviewed(busy, 1, "ann", most=1)
    everybody = Listing(sort="labeler")
    for who in (person("ann"), person("ben"), person("ann", "qa_lead")):
        hidden = search_audits(busy, who, Listing(text="victim"))
        shown = [audit.labeler for audit in search_audits(busy, who, everybody).rows]
        assert (hidden.n_found, "victim" in shown) == (0, False), who
    lead = person("eve", "qa_lead")
    assert search_audits(busy, lead, Listing(text="victim")).n_found == 1

    cancel_audit(busy, owner(), 1, reason="enough")

    assert search_audits(busy, person("ann"), Listing(text="victim")).n_found == 1


def test_a_reader_finds_nothing_of_other_projects(busy):
    elsewhere = person("eve", "qa_lead", projects=frozenset({"other"}))
    for service in (search_approvals, search_audits, search_incidents, find_quarantine):
        page = service(busy, elsewhere, Listing())
        assert (len(page.rows), page.n_found, page.n_all) == (0, 0, 0), service
    page = list_freezes(busy, elsewhere, Listing(text="victim"))
    assert (page.lines, page.n_all) == ((), 0)
