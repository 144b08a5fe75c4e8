"""Switched to "only pages from memory", and to pages that are kept for longer."""

from itertools import count

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from config import cached_pages
from config.page_cache import PageCache
from config.shedding import Gate, Rank, _rank
from petitions import pictures
from petitions.models import Petition, PetitionDraft, StaffAct
from supporters import switches
from supporters.models import Signature
from supporters.reporting import take
from supporters.switching import turn
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory, typed
from tests.photographs import halves
from tests.supporters.admin.conftest import fields_of

pytestmark = pytest.mark.django_db
PAGE = "/petitions/mend/"


@pytest.fixture(autouse=True)
def clock(db, monkeypatch):
    """Memory of a process that has read the switches, and a clock that stands almost still."""

    class Clock:
        now = 1_000.0
        ticks = count(1)

        def __call__(self) -> float:
            return self.now + next(self.ticks) / 1_000_000

    clock = Clock()
    monkeypatch.setattr(cached_pages, "pages", PageCache(32_000_000, clock))
    switches.memory.refresh()
    return clock


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, slug="mend", title="Mend the bridge")


def switch(**values):
    turn(by="mo", **values)
    switches.memory.refresh()


# Only pages from memory


def test_what_is_in_memory_is_given_however_old(petition, client, clock, count_queries):
    page = client.get(PAGE)
    switch(busy=True)
    clock.now += 5 * 3600
    with count_queries() as queries:
        again = client.get(f"{PAGE}?fbclid=1")
        head = client.head(PAGE)
    assert (again.status_code, again.content) == (200, page.content)
    assert (head.status_code, head.content) == (200, b"")
    assert len(queries) == 0


@pytest.mark.parametrize(
    ("address", "language", "title"),
    [
        ("/", "en", "This site is very busy"),
        ("/petitions/mend/", "en", "This site is very busy"),
        ("/petitions/mend/sign/", "en", "This site is very busy"),
        ("/es/petitions/mend/", "es", "Este sitio tiene demasiadas visitas"),
    ],
)
def test_all_else_says_that_the_site_is_busy(
    petition, client, count_queries, address, language, title
):
    switch(busy=True)
    with count_queries() as queries:
        answer = client.get(address)
    assert len(queries) == 0
    assert answer.status_code == 503
    assert 60 <= int(answer["Retry-After"]) < 120
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    html = answer.content.decode()
    assert f"<h1>{title}</h1>" in html
    assert f'<html lang="{language}"' in html
    assert len(answer.content) < 3_000


def test_who_signs_is_told_and_nothing_is_stored(petition, client, count_queries):
    switch(busy=True)
    with count_queries() as queries:
        answer = client.post(f"{PAGE}sign/", typed())
    assert (answer.status_code, len(queries)) == (503, 0)
    assert "go back and press the button again" in answer.content.decode()
    assert not Signature.objects.exists()


def test_a_number_is_not_given_for_longer_than_it_says(petition, client, clock):
    number = client.get(f"{PAGE}count.json")
    switch(busy=True)
    clock.now += 59
    assert client.get(f"{PAGE}count.json").content == number.content
    clock.now += 3
    answer = client.get(f"{PAGE}count.json")
    assert (answer.status_code, answer.json()) == (503, {"error": "busy"})
    assert answer["Access-Control-Allow-Origin"] == "*"


def test_links_in_mails_staff_and_machines_go_on(petition, client, admin_client):
    signature = SignatureFactory(petition=petition, wants_updates=True)
    switch(busy=True)
    assert client.post(f"/confirm/{make(Purpose.CONFIRM, signature.pk)}/").status_code == 302
    own = f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/"
    assert client.get(own).status_code == 200
    leave = f"/unsubscribe/{make(Purpose.UNSUBSCRIBE, signature.pk)}/"
    assert client.post(leave).status_code == 200
    for address in ("/healthz", "/readyz", "/accounts/login/", "/static/css/site.css"):
        answer = client.get(address)
        assert answer.status_code == 200, address
        if answer.streaming:
            list(answer)  # a file, open until it is read
    assert admin_client.get("/admin/").status_code == 200
    signature.refresh_from_db()
    assert (signature.status, signature.wants_updates) == ("confirmed", False)


def test_pages_from_memory_have_their_pictures(petition, client, media):
    petition.change_picture(pictures.compose(halves()))
    switch(busy=True)
    assert client.get(petition.picture.url).status_code == 200


def test_a_draft_is_written_on(petition, client):
    draft = PetitionDraft.objects.create(language="en", typed={"title": "Mend the bridge"})
    token = make(Purpose.DRAFT, draft.pk)
    switch(busy=True)
    for prefix in ("", "/es"):
        address = f"{prefix}/petitions/start/{token}/"
        assert client.get(address).status_code == 200
        assert client.get(f"{address}story/").status_code == 200
        kept = {"summary": "It is shut.", "body": "Since May.", "ask": prefix or "Mend it."}
        assert client.post(f"{address}story/", {**kept, "action": "keep"}).status_code == 204
        draft.refresh_from_db()
        assert draft.typed == {"title": "Mend the bridge", **kept}
        beginning = client.post(f"{prefix}/petitions/start/", {"title": "Mend the road"})
        assert beginning.status_code == 503
        assert client.get(f"{prefix}/petitions/preview/").status_code == 503
    assert PetitionDraft.objects.count() == 1


@pytest.mark.parametrize("prefix", ["", "/es"])
def test_previews_and_what_mails_lead_to_go_on_in_any_language(petition, client, prefix):
    road = PetitionFactory(slug="road", title="Mend the road")
    draft = PetitionDraft.objects.create(language="en", typed={"title": "Mend the tunnel"})
    report = take(petition, category="other", email="sam@example.org")
    links = [
        f"petitions/preview/{make(Purpose.PREVIEW, road.pk)}",
        f"petitions/preview/{make(Purpose.DRAFT_PREVIEW, draft.pk)}",
        f"reports/{make(Purpose.REPORT, report.pk)}",
        f"organizer-mail/{make(Purpose.QUIET_MAILS, road.organizer_id)}",
    ]
    switch(busy=True)
    for link in links:
        assert client.get(f"{prefix}/{link}/").status_code == 200, link
    for slug in ("reports", "organizer-mail"):
        assert client.get(f"{prefix}/petitions/{slug}/count/").status_code == 503


@pytest.mark.parametrize(
    ("method", "path", "rank"),
    [
        ("get", "/petitions/start/", Rank.READING),
        ("get", "/es/petitions/start/", Rank.READING),
        ("get", "/petitions/start/token/", Rank.READING),
        ("get", "/es/petitions/start/token/story/", Rank.READING),
        ("post", "/petitions/start/token/story/", Rank.SIGNING),
        ("get", "/es/petitions/preview/token/", Rank.READING),
        ("get", "/reports/token/", Rank.SIGNING),
        ("get", "/petitions/mend/", Rank.READING),
        ("get", "/confirm/token/", Rank.SIGNING),
    ],
)
def test_who_writes_goes_before_who_reads(rf, method, path, rank):
    assert _rank(getattr(rf, method)(path)) is rank


def test_logging_in_and_switching_leave_the_pages_where_they_are(petition, client, admin_client):
    page = client.get(PAGE)
    address = "/admin/supporters/siteswitches/1/change/"
    form = admin_client.get(address).context["adminform"].form
    data = {"busy": "on", "page_seconds": "1", "seen": form["seen"].value()}
    assert admin_client.post(address, data).status_code == 302
    assert client.post("/accounts/login/", {"login": "x", "password": "y"}).status_code == 200
    assert client.get("/petitions/").status_code == 503
    assert client.get(PAGE).content == page.content


def test_what_staff_did_elsewhere_is_no_longer_given(petition, client, admin_user):
    client.get(PAGE)
    switch(busy=True)
    petition.hide(by=admin_user, note="It named a private person.")
    switches.memory.refresh()
    assert client.get(PAGE).status_code == 410
    assert client.get(PAGE).status_code == 503
    switch(busy=False)
    assert client.get(PAGE).status_code == 410


# Another time


def test_pages_are_kept_for_as_long_as_is_switched(petition, client, clock, count_queries):
    switch(page_seconds=30)
    page = client.get(PAGE)
    assert (
        page["Cache-Control"] == "public, max-age=30, stale-while-revalidate=2, stale-if-error=600"
    )
    clock.now += 29
    signature = SignatureFactory(petition=petition)
    client.post(f"/confirm/{make(Purpose.CONFIRM, signature.pk)}/")
    with count_queries() as queries:
        assert client.get(PAGE).content == page.content
    assert len(queries) == 0
    number = client.get(f"{PAGE}count.json")
    assert number.json()["count"] == 1
    assert number["Cache-Control"].startswith("public, max-age=1, ")
    clock.now += 1
    assert client.get(PAGE).content != page.content


def test_a_switch_is_seen_before_the_pages_time_is_over(petition, client):
    switch(page_seconds=60)
    page = client.get(PAGE).content.decode()
    assert "Signing is paused" not in page
    switch(signing_paused=True)
    assert "Signing is paused" in client.get(PAGE).content.decode()
    switch(signing_paused=False)
    assert "Signing is paused" not in client.get(PAGE).content.decode()


def test_what_staff_did_in_another_process_is_seen_before_the_pages_time_is_over(
    petition, client, admin_user
):
    switch(page_seconds=60)
    client.get(PAGE)
    Petition.objects.filter(pk=petition.pk).update(title="Mend the tunnel")
    assert "Mend the bridge" in client.get(PAGE).content.decode()
    kind = ContentType.objects.get_for_model(Petition)
    LogEntry.objects.create(
        user=admin_user, action_flag=2, content_type=kind, object_id=str(petition.pk)
    )
    switches.memory.refresh()
    assert "Mend the tunnel" in client.get(PAGE).content.decode()


def test_an_admin_form_clears_the_pages_of_its_process(petition, client, admin_client):
    client.get(PAGE)
    address = f"/admin/petitions/petition/{petition.pk}/change/"
    data = fields_of(admin_client, petition, title="Mend the tunnel")
    assert admin_client.post(address, data).status_code == 302
    assert len(cached_pages.pages) == 0


@pytest.mark.parametrize("method", ["options", "post", "put"])
@pytest.mark.parametrize("address", ["/admin/", "/admin/login/", "/admin"])
def test_strangers_empty_no_memory(petition, client, method, address):
    page = client.get(PAGE).content
    getattr(client, method)(address)
    switch(busy=True)
    getattr(client, method)(address)
    assert client.get(PAGE).content == page


def test_while_busy_what_takes_nothing_off_a_page_leaves_what_there_is(
    petition, client, admin_user
):
    page = client.get(PAGE).content
    switch(busy=True)
    other = PetitionFactory(is_open=True, slug="other")
    other.close(by=admin_user)
    PetitionFactory().submit(by=other.organizer)
    StaffAct.record(by=admin_user, verb="changed", petition_id=other.pk)
    switches.memory.refresh()
    assert client.get(PAGE).content == page


@pytest.mark.parametrize("is_of_all", [False, True])
def test_while_busy_what_takes_something_off_a_page_has_it_made_once_more(
    petition, client, admin_user, is_of_all
):
    assert "Mend the bridge" in client.get(PAGE).content.decode()
    switch(busy=True)
    Petition.objects.filter(pk=petition.pk).update(title="Mend the tunnel")
    act = {} if is_of_all else {"petition_id": petition.pk}
    StaffAct.record(by=admin_user, verb="changed", **act)
    switches.memory.refresh()
    page = client.get(PAGE)
    assert "Mend the tunnel" in page.content.decode()
    assert client.get(PAGE).content == page.content
    assert client.get("/petitions/").status_code == 503


def test_what_is_owed_and_cannot_be_made_stays_owed(petition, client, admin_user, monkeypatch):
    assert client.get(PAGE).status_code == 200
    switch(busy=True)
    StaffAct.record(by=admin_user, verb="changed", petition_id=petition.pk)
    switches.memory.refresh()
    with monkeypatch.context() as while_full:
        while_full.setattr(Gate, "enter", lambda _gate, _rank: False)
        assert client.get(PAGE).status_code == 503
    assert client.get(PAGE).status_code == 200


def test_who_comes_by_a_shared_link_gets_the_page_without_it(petition, client):
    page = client.get(PAGE).content
    switch(busy=True)
    for code in ("w", "t", "leaflet"):
        assert client.get(f"{PAGE}?via={code}").content == page
    assert client.get("/petitions/?q=bridge").status_code == 503
    cached_pages.pages.clear()
    assert client.get(f"{PAGE}?via=w").status_code == 503
