"""How a platform may be read, by whom and as whom."""

from dataclasses import replace

import pytest
from factories import owner
from reconciling import connected, pulled, with_source
from studio_server import LEGACY, PERSONAL, Studio, studio_serving

from labeltrust.domain.errors import Conflict, InvalidInput, NoAnswer, NotAllowed, NotFound
from labeltrust.domain.platform_access import AccessDraft
from labeltrust.domain.principals import Principal
from labeltrust.services.connect_source import connect_source, disconnect_source
from labeltrust.services.list_pulls import list_pulls
from labeltrust.services.reconcile_source import begin_reconciling, reconcile_source
from labeltrust.services.watch_sources import watch_source


@pytest.fixture
def here(deployment):
    return with_source(deployment)


def test_a_personal_token_is_changed_into_short_lived_ones(here, clock):
    studio = Studio(uses=2)
    for number in range(250):
        studio.annotate(number + 1, number + 1000)
    with connected(here, studio, PERSONAL) as calls:
        report = pulled(here, clock)

    assert report.found.missing == 250
    assert sum(call.path == "/api/token/refresh/" for call in calls) >= 2


@pytest.mark.parametrize("token", ["wrong", "eyJ3.eyJ3.ng"])
def test_a_refused_token_fails_the_pull_and_says_so(here, clock, token):
    with connected(here, Studio(), token), pytest.raises(NoAnswer, match="token is refused"):
        pulled(here, clock)

    (report,) = list_pulls(here, owner(), "ls")
    assert (report.status, token in report.error) == ("failed", False)


def test_the_token_is_kept_sealed_and_goes_to_no_other_address(here, clock, database):
    with connected(here, Studio()), studio_serving(Studio()) as (other, calls):
        with pytest.raises(InvalidInput, match="token is needed"):
            connect_source(here, owner(), "ls", AccessDraft(url=other, remote="3", token=""))
        watched, _ = watch_source(here, owner(), "ls")

    assert calls == []
    assert LEGACY not in repr(watched)
    with database.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM source_access").all())
        told = str(connection.exec_driver_sql("SELECT detail FROM event").all())
    assert LEGACY not in kept + told


def test_the_same_address_keeps_its_token(here, clock):
    studio = Studio()
    studio.annotate(1, 10)
    with connected(here, studio) as calls:
        url = watch_source(here, owner(), "ls")[0].access.url
        connect_source(
            here, owner(), "ls", AccessDraft(url=url, remote="3", token="", every_minutes=0)
        )
        report = pulled(here, clock)

    assert report.found.missing == 1
    assert calls


def test_a_disconnected_source_is_not_read(here, clock, database):
    with connected(here, Studio()):
        disconnect_source(here, owner(), "ls", reason="moved away")

        with pytest.raises(InvalidInput, match="source connect"):
            pulled(here, clock)

    with database.connect() as connection:
        assert connection.exec_driver_sql("SELECT * FROM source_access").all() == []


@pytest.mark.parametrize(
    "change",
    [{"url": "http://10.0.0.1"}, {"url": "https://u:p@ls.test"}, {"remote": "payments"},
     {"remote": ""}, {"token": "two words"}, {"token": "t\n"}, {"every_minutes": -1}],
)  # fmt: skip
def test_an_access_that_cannot_be_is_refused(here, change):
    draft = AccessDraft(url="http://127.0.0.1:9", remote="3", token="t", every_minutes=60)

    with pytest.raises(InvalidInput):
        connect_source(here, owner(), "ls", replace(draft, **change))


def test_a_network_of_ones_own_is_refused_unless_it_is_allowed(here):
    closed = replace(here, settings=replace(here.settings, platform_networks=""))

    with pytest.raises(InvalidInput, match="LABELTRUST_PLATFORM_NETWORKS"):
        connect_source(
            closed, owner(), "ls", AccessDraft(url="http://127.0.0.1:9", remote="3", token="t")
        )


def test_two_pulls_of_one_source_do_not_run_at_once(here, clock):
    with connected(here, Studio()):
        begin_reconciling(here, owner(), "ls")

        with pytest.raises(Conflict, match="under way"):
            pulled_at_once(here)
        report = pulled(here, clock)  # an hour later the first was cut short with its process

    assert report.status == "done"


def pulled_at_once(here):
    return reconcile_source(here, owner(), "ls")


@pytest.mark.parametrize("role", ["auditor", "reviewer", "ml_engineer", "source"])
def test_only_who_may_mend_compares(here, role):
    with pytest.raises(NotAllowed):
        reconcile_source(here, Principal(name="k", role=role, projects=None), "ls")


def test_who_does_not_see_the_project_learns_nothing(here):
    stranger = Principal(name="k", role="admin", projects=frozenset({"theirs"}))

    with connected(here, Studio()), pytest.raises(NotFound):
        reconcile_source(here, stranger, "ls")
    with pytest.raises(NotFound):
        list_pulls(here, stranger, "ls")


def test_what_was_read_from_the_platform_is_not_what_the_source_sent(here, clock):
    studio = Studio()
    studio.annotate(1, 10)
    with connected(here, studio):
        pulled(here, clock)

    assert watch_source(here, owner(), "ls")[0].activity.last_at is None
