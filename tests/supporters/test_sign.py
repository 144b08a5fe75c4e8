"""Signing from the form to "check your mail"."""

import json
import re
from html import unescape

import pytest

from petitions.models import Petition, PetitionSlug
from supporters.models import OutgoingMail, Signature
from supporters.views.petition_lookup import remembered_id
from tests.factories import PetitionFactory, SignatureFactory, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, slug="mend", title="Mend the bridge")


def test_form_alone(client, petition):
    response = client.get("/petitions/mend/sign/")
    assert response.status_code == 200
    html = response.content.decode()
    for name in [*typed(), "website"]:
        assert f'name="{name}"' in html
    assert 'action="/petitions/mend/sign/"' in html
    assert "csrfmiddlewaretoken" not in html
    assert html.index("What you are signing") < html.index('<form action="/petitions/mend/sign/"')
    assert 'href="#form"' in html
    assert '<div class="part stack" id="form">' in html


def test_the_list_of_countries_tells_the_script_what_the_server_knows(client, petition):
    html = client.get("/petitions/mend/sign/").content.decode()
    [select] = re.findall(r'<select[^>]*name="country"[^>]*>', html)
    given = dict(re.findall(r'data-postal-(\w+)="([^"]*)"', select))
    assert json.loads(unescape(given["labels"])) == {
        "AU": "Postcode", "GB": "Postcode", "IE": "Eircode", "US": "ZIP code",
    }  # fmt: skip
    assert (given["label"], given["needed"]) == ("Postal code", "GB")
    assert given["optional"] == "(optional)"
    assert "/static/js/petition.js" in html


def test_signing_stores_a_pending_signature_and_asks_for_its_mail(client, petition):
    response = client.post(
        "/petitions/mend/sign/",
        typed(reason="I cross it daily.", display="full", wants_updates="on"),
    )
    assert response.status_code == 302
    assert response["Location"].startswith("/petitions/mend/signed/?for=")
    row = Signature.objects.get()
    assert (row.status, row.position, row.confirmed_at) == ("pending", None, None)
    assert (row.given_name, row.family_name, row.email) == ("Noor", "Haddad", "noor@example.org")
    assert (row.country, row.reason, row.display) == ("IE", "I cross it daily.", "full")
    assert row.wants_updates is True
    assert row.version == petition.version
    assert row.language == "en"
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.signature_id) == ("noor@example.org", row.pk)
    assert client.get("/petitions/mend/count.json").json()["count"] == 0


def test_pages_say_that_the_link_alone_does_not_count(client, petition):
    pages = [client.get("/petitions/mend/"), client.get("/petitions/mend/sign/")]
    for page in pages:
        assert b"once you open the link we email you and press the button there" in page.content
    check = client.post("/petitions/mend/sign/", typed(), follow=True).content
    assert b"Open the link in it and press the button there" in check


def test_a_form_that_comes_back_stays_in_its_browser(client, petition, settings):
    """So that its reader can go back to it; nobody else gets it, and a redirect is not kept."""
    again = client.post("/petitions/mend/sign/", typed(email="noor@"))
    assert (again.status_code, again["Cache-Control"]) == (200, "private, no-cache")
    assert client.post("/petitions/mend/sign/", typed())["Cache-Control"] == "no-store"
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "sign": "1/minute"}
    client.post("/petitions/mend/sign/", typed())
    refused = client.post("/petitions/mend/sign/", typed())
    assert (refused.status_code, refused["Cache-Control"]) == (429, "private, no-cache")


def test_errors_in_place_with_everything_typed_kept(client, petition):
    response = client.post(
        "/petitions/mend/sign/",
        typed(given_name="", email="noor@", country="GB", postal_code="MV3", reason="<b>Hm</b>"),
    )
    html = response.content.decode()
    assert response.status_code == 200
    assert "<title>Error: " in html
    for said in [
        "There is a problem. Your signature was not sent yet.",
        "Enter your first name",
        "Enter an email address like name@example.org",
        "Enter a postcode, like MV3 7QT",
    ]:
        assert said in html.replace("\xa0", " ").replace("&nbsp;", " ")
    assert 'value="noor@"' in html
    assert 'value="Haddad"' in html
    assert "&lt;b&gt;Hm&lt;/b&gt;" in html
    assert 'href="#id_email"' in html
    assert not Signature.objects.exists()


@pytest.mark.parametrize("status", ["pending", "confirmed"])
def test_known_addresses_get_the_same_answer(client, petition, count_queries, status):
    SignatureFactory(petition=petition, email="known@example.org", status=status, given_name="Old")
    remembered_id("mend")  # or the first of the two would ask for it
    with count_queries() as for_new:
        new = client.post("/petitions/mend/sign/", typed(email="new@example.org"))
    with count_queries() as for_known:
        known = client.post("/petitions/mend/sign/", typed(email="Known+tag@Example.ORG"))
    assert len(for_new) == len(for_known) <= 2, for_known
    assert new.status_code == known.status_code == 302
    assert [*new.headers] == [*known.headers]
    pages = []
    for answer, address in ((new, "new@example.org"), (known, "Known+tag@Example.ORG")):
        html = client.get(answer["Location"]).content.decode()
        assert html.count(address) == 1
        code = answer["Location"].partition("?")[2]
        pages.append(html.replace(code, "").replace(address, ""))
    assert pages[0] == pages[1]
    assert Signature.objects.get(email="known@example.org").given_name == "Old"
    assert Signature.objects.count() == 2
    assert OutgoingMail.objects.count() == 2


def test_five_mails_at_most(client, petition):
    answers = {
        client.post("/petitions/mend/sign/", typed())["Location"].split("=")[0] for _ in range(8)
    }
    assert answers == {"/petitions/mend/signed/?for"}
    assert Signature.objects.count() == 1
    assert OutgoingMail.objects.count() == 5


def test_resending_from_the_mail_check_page_stays_within_five(client, petition):
    page = client.post("/petitions/mend/sign/", typed())["Location"]
    for _ in range(7):
        response = client.post(page, {"action": "resend"})
        assert response.status_code == 302
        html = client.get(response["Location"]).content.decode()
        assert "If it can be sent once more, it is on its way: at most 5 messages in all." in html
    assert OutgoingMail.objects.count() == 5


@pytest.mark.parametrize("code", ["forged", "a:b:c", "%00"])
def test_a_code_that_was_not_made_here(client, petition, code):
    assert client.get(f"/petitions/mend/signed/?for={code}").status_code == 404
    assert client.post(f"/petitions/mend/signed/?for={code}").status_code == 404
    assert client.get(f"/petitions/mend/sign/?for={code}").status_code == 404
    assert not OutgoingMail.objects.exists()


@pytest.mark.parametrize("query", ["", "?for=", "?again=1"])
def test_mail_check_page_of_nobody_is_the_petition(client, petition, query):
    for response in (
        client.get(f"/petitions/mend/signed/{query}"),
        client.post(f"/petitions/mend/signed/{query}"),
    ):
        assert (response.status_code, response["Location"]) == (302, "/petitions/mend/")
    assert not OutgoingMail.objects.exists()


def test_a_mistyped_address_is_seen_and_corrected(client, petition):
    sent = typed(email="noor@exmaple.org", display="full", reason="I cross it daily.")
    check = client.post("/petitions/mend/sign/", sent, follow=True)
    html = check.content.decode()
    assert '<bdi dir="ltr">noor@exmaple.org</bdi>' in html
    [correct] = re.findall(r'href="(/petitions/mend/sign/\?for=[^"]+)"', html)
    form = client.get(correct)
    html = form.content.decode()
    assert 'value="noor@exmaple.org"' in html
    for kept in ("Noor", "Haddad", "I cross it daily.", 'value="IE" selected'):
        assert kept in html
    assert re.search(r'value="full"[^>]*checked', html)
    assert "<title>Error" not in html
    assert form["Cache-Control"] == "private, no-cache"
    assert form["Referrer-Policy"] == "same-origin"
    assert 'action="/petitions/mend/sign/"' in html


def test_correcting_after_closing(client, petition):
    code = client.post("/petitions/mend/sign/", typed())["Location"].partition("?")[2]
    petition.close(by=None)
    assert client.get(f"/petitions/mend/sign/?{code}")["Location"] == "/petitions/mend/"


def test_code_of_another_petition_is_refused(client, petition):
    PetitionFactory(is_open=True, slug="other")
    code = client.post("/petitions/mend/sign/", typed())["Location"].split("?")[1]
    assert client.post(f"/petitions/other/signed/?{code}").status_code == 404
    assert client.get(f"/petitions/other/sign/?{code}").status_code == 404


def test_mail_check_page_is_nobodys_to_keep(client, petition):
    page = client.get(client.post("/petitions/mend/sign/", typed())["Location"])
    assert page["Cache-Control"] == "no-store"
    assert page["X-Robots-Tag"] == "noindex"
    assert page["Referrer-Policy"] == "same-origin"
    assert b'<meta name="robots" content="noindex">' in page.content


@pytest.mark.parametrize("page", ["sign", "report"])
def test_what_is_hidden_meanwhile_takes_nothing_and_says_so(client, petition, page):
    petition.hide(by=None)
    said = "What you just sent was not taken."
    response = client.post(f"/petitions/mend/{page}/", typed())
    assert response.status_code == 410
    assert said in response.content.decode()
    assert said not in client.get(f"/petitions/mend/{page}/").content.decode()
    assert not Signature.objects.exists()


@pytest.mark.parametrize("address", ["/petitions/mend/sign/"])
def test_after_closing_nothing_is_stored(client, petition, address):
    petition.close(by=None)
    response = client.post(address, typed())
    assert response.status_code == 409
    assert b"This petition closed while you were reading." in response.content
    assert b"What you are signing" not in response.content
    assert response.content.count(b"Read the petition</a>") == 1
    assert b"Read the whole petition" not in response.content
    assert not Signature.objects.exists()
    assert not OutgoingMail.objects.exists()
    assert client.get(address)["Location"] == "/petitions/mend/"


def test_closing_between_reading_and_storing(client, petition, monkeypatch):
    """The page was read as open; the INSERT looks again."""
    from supporters.views import sign as view  # noqa: PLC0415

    def close_first(petition_id, signer, **more):
        if petition.status == "open":
            petition.close(by=None)
        return original(petition_id, signer, **more)

    original = view.record
    monkeypatch.setattr(view, "record", close_first)
    response = client.post("/petitions/mend/sign/", typed())
    assert response.status_code == 409
    assert b'value="Noor"' in response.content or b"Read the petition" in response.content
    assert not Signature.objects.exists()


def test_trap_takes_the_robot_and_says_nothing(client, petition):
    robot = client.post("/petitions/mend/sign/", typed(website="http://pills.example"))
    person = client.post("/petitions/mend/sign/", typed(email="b@example.org"))
    assert robot.status_code == person.status_code == 302
    assert Signature.objects.count() == 1
    page = client.get(robot["Location"])
    assert page.status_code == 200
    assert b"We sent a message to the address you gave." in page.content


def test_too_many_from_one_network_keeps_what_was_typed(client, petition, settings):
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "sign": "2/minute"}
    for number in range(2):
        client.post("/petitions/mend/sign/", typed(email=f"n{number}@example.org"))
    response = client.post("/petitions/mend/sign/", typed(email="n3@example.org"))
    assert response.status_code == 429
    assert response["Retry-After"]
    html = response.content.decode()
    assert "Too many signatures came from your network." in html
    assert 'value="n3@example.org"' in html
    assert Signature.objects.count() == 2


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://elsewhere.example"},
        {"origin": "null"},
        {"referer": "https://elsewhere.example/page"},
    ],
)
def test_post_from_another_site_is_refused(client, petition, headers):
    response = client.post("/petitions/mend/sign/", typed(), headers=headers)
    assert response.status_code == 403
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [{"sec-fetch-site": "same-origin"}, {"origin": "http://testserver"}, {}],
)
def test_post_from_here_needs_no_cookie(client, petition, headers):
    strict = type(client)(enforce_csrf_checks=True)
    assert strict.post("/petitions/mend/sign/", typed(), headers=headers).status_code == 302
    assert not strict.cookies


def test_old_address_keeps_the_post(client, petition):
    petition.slug = "new"
    petition.save()
    response = client.post("/petitions/mend/sign/", typed())
    assert response.status_code == 308
    assert response["Location"] == "/petitions/new/sign/"


def test_wrong_verb(client, petition):
    assert client.put("/petitions/mend/sign/").status_code == 405


def test_budget(client, petition, count_queries):
    with count_queries() as queries:
        client.post("/petitions/mend/sign/", typed())
    assert len(queries) <= 3, queries


def test_trap_gives_no_code_that_resends(client, petition):
    SignatureFactory(petition=petition, email="known@example.org", status="pending")
    page = client.post("/petitions/mend/sign/", typed(website="x", email="known@example.org"))
    client.post(page["Location"], {"action": "resend"})
    assert not OutgoingMail.objects.exists()


def test_mail_of_a_known_signature_goes_to_its_own_mailbox(client, petition):
    """ "alice+x" may be somebody else's, and the mail holds the key to the signature."""
    client.post("/petitions/mend/sign/", typed(email="noor@example.org"))
    client.post("/petitions/mend/sign/", typed(email="NOOR+evil@example.org"))
    recipients = OutgoingMail.objects.values_list("recipient", flat=True)
    assert list(recipients) == ["noor@example.org"] * 2


def test_runs_of_combining_marks_are_refused_before_they_cost(client, petition):
    marks = "a" + "\u0300" * 30_000 + "\u0316" * 30_000
    response = client.post("/petitions/mend/sign/", typed(given_name=marks, reason=marks))
    assert response.status_code == 200
    assert b"Use at most 100 characters for a name" in response.content
    assert not Signature.objects.exists()


# The id of a petition is remembered; what else is known of it is not


def test_a_slug_that_now_leads_elsewhere_takes_nothing_for_the_former(client, petition):
    client.post("/petitions/mend/sign/", typed(email="a@example.org"))
    petition.slug = "mend-it"
    petition.save()
    moved = client.post("/petitions/mend/sign/", typed(email="b@example.org"))
    assert (moved.status_code, moved["Location"]) == (308, "/petitions/mend-it/sign/")
    assert Signature.objects.count() == 1
    PetitionSlug.objects.filter(slug="mend").delete()
    other = PetitionFactory(is_open=True, slug="mend")
    assert client.post("/petitions/mend/sign/", typed(email="c@example.org")).status_code == 302
    assert Signature.objects.get(email="c@example.org").petition == other


@pytest.mark.parametrize(("status", "answer"), [("hidden", 410), ("closed", 409), (None, 404)])
def test_what_became_of_it_since_the_last_signature(client, petition, status, answer):
    assert client.post("/petitions/mend/sign/", typed(email="a@example.org")).status_code == 302
    Signature.objects.all().delete()
    if status:
        Petition.objects.filter(pk=petition.pk).update(status=status)
    else:
        petition.delete()
    response = client.post("/petitions/mend/sign/", typed(email="b@example.org"))
    assert response.status_code == answer
    assert not Signature.objects.exists()
