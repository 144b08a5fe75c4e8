"""Public pages from memory: the same bytes for everybody, and nobody's own for anybody else."""

import re
from itertools import count

import pytest
from django.db import OperationalError, connection
from django.urls import get_resolver

from config import cached_pages
from config.page_cache import PageCache
from supporters.models import Signature
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory, typed

pytestmark = pytest.mark.django_db
PAGE = "/petitions/mend/"


@pytest.fixture(autouse=True)
def memory(monkeypatch):
    """Memory, and a clock that stands almost still: a busy machine must not end a page's second."""
    ticks = count(1)
    clock = lambda: 1_000 + next(ticks) / 1_000_000  # noqa: E731
    monkeypatch.setattr(cached_pages, "pages", PageCache(32_000_000, clock))


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, slug="mend", title="Mend the bridge")


@pytest.fixture
def statements(client, count_queries):
    def counted(address, **headers):
        with count_queries() as queries:
            response = client.get(address, headers=headers)
        return response, len(queries)

    return counted


def own(response) -> dict[str, str]:
    """The headers of the page, without that of the request."""
    return {name: value for name, value in response.items() if name != "X-Request-ID"}


@pytest.mark.parametrize("address", [PAGE, f"/es{PAGE}", f"{PAGE}count.json", "/", f"{PAGE}embed/"])
def test_the_second_reader_asks_no_database(petition, statements, address):
    first, asked = statements(address)
    second, asked_again = statements(address)
    assert asked > 0
    assert asked_again == 0
    assert second.status_code == first.status_code == 200
    assert second.content == first.content
    assert own(second) == own(first)


def test_each_language_has_a_page_of_its_own(petition, client):
    pages = [client.get(address).content.decode() for address in (PAGE, f"/es{PAGE}") * 2]
    assert pages[0] == pages[2]
    assert pages[1] == pages[3]
    assert 'lang="en"' in pages[0]
    assert 'lang="es"' in pages[1]


# What a stranger may try


@pytest.mark.parametrize(
    "headers",
    [
        {"accept-language": "es"},
        {"cookie": "sessionid=x; django_language=es; csrftoken=y"},
        {"x-forwarded-host": "evil.example"},
        {"x-forwarded-proto": "https"},
        {"x-forwarded-for": "203.0.113.9"},
        {"x-http-method-override": "POST"},
        {"x-original-url": "/admin/"},
        {"referer": "https://evil.example/"},
        {"range": "bytes=0-9"},
        {"if-none-match": "*"},
        {"if-modified-since": "Tue, 01 Jan 2030 00:00:00 GMT"},
        {"authorization": "Bearer x"},
        {"accept": "application/json"},
    ],
)
def test_no_header_of_the_first_reader_reaches_the_second(petition, client, headers):
    clean = client.get(PAGE)
    cached_pages.pages.clear()
    client.get(PAGE, headers=headers)
    after = client.get(PAGE)
    assert after.status_code == 200
    assert without_time(after.content) == without_time(clean.content)
    assert "Set-Cookie" not in after.headers
    assert "Vary" not in after.headers


def without_time(body: bytes) -> bytes:
    return re.sub(rb'data-as-of="[^"]*"', b"", body)


def test_a_forged_host_is_refused_and_not_kept(petition, client):
    client.get(PAGE)
    assert client.get(PAGE, headers={"host": "evil.example"}).status_code == 400
    page = client.get(PAGE)
    assert page.status_code == 200
    assert b"evil.example" not in page.content


def test_a_page_for_one_host_is_not_given_to_another(petition, client, settings, count_queries):
    settings.ALLOWED_HOSTS = ["testserver", "b.example"]
    client.get(PAGE)
    with count_queries() as queries:
        client.get(PAGE, headers={"host": "b.example"})
    assert len(queries) > 0


def test_http_goes_on_being_sent_to_https(petition, client, settings):
    client.get(PAGE, secure=True)
    settings.SECURE_SSL_REDIRECT = True
    assert type(client)().get(PAGE).status_code == 301


@pytest.mark.parametrize(
    "query", ["utm_source=x", "fbclid=1", "for=abc", "q=1&page=2", "=", "&&", "VIA=w"]
)
def test_what_a_page_does_not_read_makes_no_other_page(petition, statements, query):
    plain, _ = statements(PAGE)
    tagged, asked = statements(f"{PAGE}?{query}")
    assert asked == 0
    assert tagged.content == plain.content


def test_what_a_page_does_not_read_is_not_in_it(petition, client):
    page = client.get(f"{PAGE}?fbclid=secret-of-one-reader&for=x").content
    assert b"secret-of-one-reader" not in page


def test_the_code_of_a_link_stays_with_its_address(petition, statements):
    with_code, _ = statements(f"{PAGE}?via=leaflet&x=1")
    again, asked = statements(f"{PAGE}?x=2&via=leaflet")
    plain, _ = statements(PAGE)
    assert asked == 0
    assert b'value="leaflet"' in with_code.content
    assert again.content == with_code.content
    assert b"leaflet" not in plain.content


def test_a_search_is_kept_by_what_was_searched(petition, statements):
    statements("/petitions/?q=bridge&sort=newest")
    assert statements("/petitions/?sort=newest&q=bridge&z=1")[1] == 0
    assert statements("/petitions/?q=tunnel&sort=newest")[1] > 0
    assert statements(f"/petitions/?q={'x' * 400}")[0].status_code == 200
    assert len(cached_pages.pages) == 2


def personal(petition):
    signature = SignatureFactory(petition=petition)
    return [
        f"/confirm/{make(Purpose.CONFIRM, signature.pk)}/",
        f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/",
        f"/unsubscribe/{make(Purpose.UNSUBSCRIBE, signature.pk)}/",
        f"/organizer-mail/{make(Purpose.QUIET_MAILS, petition.organizer.pk)}/",
        f"/petitions/preview/{make(Purpose.PREVIEW, PetitionFactory().pk)}/",
        f"{PAGE}sign/",
        f"{PAGE}signed/",
        "/petitions/nothing/",
        "/admin/login/",
        "/healthz",
        "/readyz",
    ]


def test_personal_pages_errors_and_forms_are_not_kept(petition, client):
    for address in personal(petition):
        client.get(address)
    assert len(cached_pages.pages) == 0


def test_the_address_to_correct_is_shown_to_its_owner_alone(petition, client):
    to = client.post(f"{PAGE}sign/", typed(email="sam@example.org"))["Location"]
    correct = f"{PAGE}sign/?{to.partition('?')[2]}"
    assert b"sam@example.org" in client.get(correct).content
    for address in (f"{PAGE}sign/", PAGE, f"{PAGE}?{to.partition('?')[2]}"):
        assert b"sam@example.org" not in client.get(address).content


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch", "options"])
def test_other_methods_are_not_answered_from_memory(petition, client, method):
    client.get(PAGE)
    assert getattr(client, method)(PAGE).status_code == 405


def test_every_view_that_is_kept_is_public():
    """A view that says what it reads has been looked at for this; here they are."""
    kept = set()

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns)
            elif getattr(pattern.callback, "reads", None) is not None:
                kept.add(pattern.name)

    walk(get_resolver().url_patterns)
    assert not kept & {
        "sign",
        "signed",
        "confirm",
        "signature",
        "unsubscribe",
        "organizer_mail",
        "preview",
        "demo_mail",
    }
    assert {"petition", "count_json", "ledger_json", "home", "petition_list", "supporters"} <= kept


# Changes


def test_what_staff_change_is_seen_at_once(petition, client, admin_client):
    client.get(PAGE)
    change = f"/admin/petitions/petition/{petition.pk}/change/"
    form = admin_client.get(change).context["adminform"].form
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    data = {name: value for name, value in data.items() if not isinstance(value, list) or value}
    data["title"] = "Mend the tunnel"
    management = {
        f"{prefix}-{name}": "0"
        for prefix in formset_prefixes(admin_client.get(change))
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    response = admin_client.post(change, {**data, **management})
    assert response.status_code == 302, response.context["errors"]
    assert "Mend the tunnel" in client.get(PAGE).content.decode()


def formset_prefixes(response):
    return [formset.formset.prefix for formset in response.context["inline_admin_formsets"]]


def test_a_confirmation_is_counted_on_the_page_at_once(petition, client):
    signature = SignatureFactory(petition=petition)
    count = f"{PAGE}count.json"
    assert client.get(count).json()["count"] == 0
    client.get(PAGE)
    client.post(f"/confirm/{make(Purpose.CONFIRM, signature.pk)}/")
    assert client.get(count).json()["count"] == 1
    assert b'value="1"' in client.get(PAGE).content


def test_another_process_is_heard_of_within_a_second(petition, client, monkeypatch):
    count = f"{PAGE}count.json"
    clock = cached_pages.pages._clock
    assert client.get(count).json()["count"] == 0
    SignatureFactory(petition=petition, is_confirmed=True)
    assert client.get(count).json()["count"] == 0
    monkeypatch.setattr(cached_pages.pages, "_clock", lambda: clock() + 1.0)
    assert client.get(count).json()["count"] == 1


# Validators


def test_who_has_the_page_is_told_so(petition, client):
    page = client.get(PAGE)
    known = page["ETag"]
    for given in (known, f'"x", {known}', known.removeprefix("W/"), "*"):
        answer = client.get(PAGE, headers={"if-none-match": given})
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer["ETag"] == known
        assert answer["Cache-Control"] == page["Cache-Control"]
        assert "Content-Length" not in answer
    assert client.get(PAGE, headers={"if-none-match": '"other"'}).status_code == 200


def test_the_validator_changes_with_the_page_and_not_with_the_time(petition, client):
    first = client.get(PAGE)["ETag"]
    cached_pages.pages.clear()
    assert client.get(PAGE)["ETag"] == first
    SignatureFactory(petition=petition, is_confirmed=True)
    cached_pages.pages.clear()
    assert client.get(PAGE)["ETag"] != first


def test_a_not_modified_is_kept_for_nobody_else(petition, client):
    known = client.get(f"{PAGE}count.json")["ETag"]
    cached_pages.pages.clear()
    assert client.get(f"{PAGE}count.json", headers={"if-none-match": known}).status_code == 304
    assert client.get(f"{PAGE}count.json").json()["count"] == 0
    cross = client.get(f"{PAGE}count.json", headers={"if-none-match": known})
    assert cross["Access-Control-Allow-Origin"] == "*"


def test_head_is_get_without_the_body(petition, client):
    for _ in range(2):  # made, and from memory
        head = client.head(PAGE)
        assert (head.status_code, head.content) == (200, b"")
        page = client.get(PAGE)
        assert own(head) == own(page)
        assert int(head["Content-Length"]) == len(page.content)
        assert client.get(PAGE).content


# While the database is away


@pytest.fixture
def cut_off(monkeypatch):
    """As when PostgreSQL is restarted, for as long as the `with` lasts."""

    def refuse(execute, sql, params, many, context):
        raise OperationalError("the database is away")

    return lambda: connection.execute_wrapper(refuse)


def test_pages_stay_while_the_database_is_away(petition, client, cut_off, monkeypatch):
    page = client.get(PAGE)
    clock = cached_pages.pages._clock
    with cut_off():
        monkeypatch.setattr(cached_pages.pages, "_clock", lambda: clock() + 300)
        assert client.get(PAGE).content == page.content
        assert client.get(f"{PAGE}?via=w").content == page.content  # a link that was shared
        assert client.get("/es/petitions/mend/").status_code == 503  # nobody had asked for it
        assert client.post(f"{PAGE}sign/", typed()).status_code == 503
        monkeypatch.setattr(cached_pages.pages, "_clock", lambda: clock() + 602)
        assert client.get(PAGE).status_code == 503
        assert client.get(f"{PAGE}?via=w").status_code == 503
    assert client.get(PAGE).status_code == 200
    assert Signature.objects.count() == 0


def test_one_host_in_many_spellings_is_one_page(petition, client):
    for host in ("testserver", "TESTSERVER", "testserver:1", "testserver.", "testserver.:8000"):
        assert client.get(PAGE, headers={"host": host}).status_code == 200
    assert len(cached_pages.pages) == 1
