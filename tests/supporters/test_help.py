"""The help pages: shipped in two languages, the staff's own instead, facts from the settings."""

import re
from datetime import timedelta
from urllib.parse import unquote, urljoin

import pytest
from django.conf import settings as django_settings
from django.utils import translation

from petitions.models import DecisionReason, Page
from petitions.states import RejectionReason
from supporters import facts, help_pages

pytestmark = pytest.mark.django_db

SLUGS = ["how-it-works", "how-we-count", "privacy", "accessibility", "rules", "contact"]
LANGUAGES = [code for code, _name in django_settings.LANGUAGES]


def text_of(response) -> str:
    assert response.status_code == 200
    return response.content.decode()


# What is shipped


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_every_page_is_shipped_in_every_language(client, count_queries, slug, language):
    prefix = "" if language == "en" else f"/{language}"
    with count_queries() as queries:
        response = client.get(f"{prefix}/help/{slug}/")
    page = text_of(response)
    assert len(queries) == (2 if slug == "rules" else 1), queries  # with the reasons offered
    kept = "public, max-age=1, stale-while-revalidate=2, stale-if-error=600"
    assert response["Cache-Control"] == kept
    assert not response.cookies
    assert f'<h1 lang="{language}"' in page
    body = page.partition('<div class="prose"')[2]
    assert not re.search(r"\{\w+\}", body)  # every name is known
    assert len(body) > 1_500
    sections = re.findall(r"<h2[^>]*>(.*?)</h2>", body)
    assert len(sections) == len(set(sections))  # each subject in one place


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("slug", SLUGS)
def test_its_links_lead_to_pages_and_headings_that_are_there(client, slug, language):
    prefix = "" if language == "en" else f"/{language}"
    address = f"{prefix}/help/{slug}/"
    for link in re.findall(r'<a href="((?:\.|#)[^"]*)"', text_of(client.get(address))):
        path, _, heading = link.partition("#")
        if link == "#main":
            continue
        target = urljoin(address, path)
        page = text_of(client.get(target))
        if heading:
            assert f'id="{unquote(heading)}"' in page, link


def test_both_languages_say_the_same_things():
    for slug in SLUGS:
        texts = [help_pages.source(slug, language)[1] for language in LANGUAGES]
        names = [sorted(re.findall(r"\{(\w+)\}", text)) for text in texts]
        sections = [text.count("\n## ") for text in texts]
        assert names[0] == names[1], slug
        assert sections[0] == sections[1], slug


def test_the_list_has_all_of_them_in_one_statement(client, count_queries):
    Page.objects.create(slug="imprint", language="en", title="Imprint", body="Weir Lane.")
    with count_queries() as queries:
        page = text_of(client.get("/help/"))
    assert len(queries) == 1, queries
    addresses = re.findall(r'<h2><a href="/help/([\w-]+)/"', page)
    assert addresses == [*SLUGS, "imprint"]


def test_each_page_leads_to_all_of_them(client):
    page = text_of(client.get("/"))
    for slug in SLUGS:
        assert f'href="/help/{slug}/"' in page
    assert 'href="/es/help/privacy/"' in text_of(client.get("/es/"))


@pytest.mark.parametrize(
    "address", ["/help/nothing/", "/help/privacy", "/help/..%2fx/", "/help/a%00b/"]
)
def test_what_is_not_there(client, address):
    assert client.get(address).status_code in {301, 404}


@pytest.mark.parametrize("address", ["/help/", "/help/privacy/"])
def test_pages_are_read(client, address):
    assert client.post(address).status_code == 405


# Whose words


def test_the_staffs_words_win(client):
    Page.objects.create(
        slug="privacy", language="en", title="Our privacy", body="*Nothing* is kept."
    )
    page = text_of(client.get("/help/privacy/"))
    assert "<em>Nothing</em> is kept." in page
    assert "Last changed on" in page
    assert "Reading sets no cookies" not in page
    assert "Privacidad" in text_of(client.get("/es/help/privacy/"))


def test_a_page_of_the_staffs_own_falls_back_to_the_sites_language(client):
    Page.objects.create(slug="imprint", language="en", title="Imprint", body="Weir Lane, {mails}.")
    page = text_of(client.get("/es/help/imprint/"))
    assert '<html lang="es"' in page
    assert '<h1 lang="en" dir="ltr">Imprint</h1>' in page
    assert '<div class="prose" lang="en" dir="ltr"><p>Weir Lane, 5.</p>' in page
    assert '<meta name="robots" content="noindex">' in page
    assert 'content="noindex"' not in text_of(client.get("/help/imprint/"))


def test_a_page_in_another_language_alone_is_not_shown_in_the_sites_own(client):
    Page.objects.create(slug="aviso", language="es", title="Aviso", body="x")
    assert client.get("/help/aviso/").status_code == 404
    assert client.get("/es/help/aviso/").status_code == 200


def test_long_pages_have_a_list_of_their_sections(client):
    body = "\n\n".join(f"## Part {n} of {{site}} & <i>\n\nText." for n in range(4))
    Page.objects.create(slug="long", language="en", title="Long", body=body)
    page = text_of(client.get("/help/long/"))
    assert '<li><a href="#part-2-of-site-i">Part 2 of Undersigned &amp; &lt;i&gt;</a></li>' in page


def test_short_pages_have_none(client):
    Page.objects.create(slug="short", language="en", title="Short", body="## One\n\nText.")
    assert 'class="contents"' not in text_of(client.get("/help/short/"))


HOSTILE = (
    "</h1><script>alert(1)</script> \u202e {nothing} {{ x }} {% x %} %(y)s {0} {site.url} \"'&"
)


def test_hostile_words_are_shown_as_typed(client):
    Page.objects.create(
        slug="x", language="en", title=HOSTILE[:200], body=f"# {HOSTILE}\n\n{HOSTILE}"
    )
    for address in ("/help/x/", "/es/help/x/", "/help/"):
        page = text_of(client.get(address))
        assert "<script>" not in page
        for typed in ("{nothing}", "{{ x }}", "{% x %}", "%(y)s", "{0}", "{site.url}"):
            assert typed in page


# Facts


def test_who_runs_the_site_and_how_to_write(client, settings):
    settings.PETITIONS_OPERATOR = "Weir <Lane> Association\n3 Mill Street"
    settings.PETITIONS_CONTACT_EMAIL = "people@example.net"
    page = text_of(client.get("/help/contact/"))
    assert "Weir &lt;Lane&gt; Association<br>3 Mill Street" in page
    assert 'write to <a href="mailto:people@example.net">people@example.net</a>' in page


def test_without_an_address_the_sentence_still_is_one(client, settings):
    settings.PETITIONS_OPERATOR = settings.PETITIONS_CONTACT_EMAIL = ""
    page = text_of(client.get("/help/contact/"))
    assert "the operator of this site. To reach us, answer any email that you got from us." in page
    assert "mailto:" not in page


def test_numbers_follow_the_settings(client, settings):
    settings.PETITIONS_UNCONFIRMED_DAYS = 12
    settings.PETITIONS_RATE_LIMITS = {"sign": "5/3 hours", "login": "5/minute"}
    assert "You have 12 days for it" in text_of(client.get("/help/how-it-works/"))
    page = text_of(client.get("/help/privacy/"))
    assert "12 days after you last asked" in page
    assert "up to 3 hours" in page
    assert "30 days after it was sent, 90 days if" in page
    assert "Tienes 12 días" in text_of(client.get("/es/help/how-it-works/"))


def test_the_reasons_for_a_rejection_are_those_that_moderators_choose_from(client):
    page = text_of(client.get("/help/rules/"))
    for label in RejectionReason.labels:
        assert f"<li>{label}</li>" in page
    DecisionReason.objects.filter(code="duplicate").update(is_offered=False)
    DecisionReason.objects.create(code="election", rank=1).wordings.create(
        language="en", text="It is about a <candidate>."
    )
    page = text_of(client.get("/help/rules/"))
    assert "<ul>\n<li>It is about a &lt;candidate&gt;.</li>" in page
    assert "already an open petition" not in page


@pytest.mark.parametrize(
    ("time", "said"),
    [
        (timedelta(days=7), "7 days"),
        (timedelta(days=1), "24 hours"),
        (timedelta(hours=1), "60 minutes"),
        (timedelta(minutes=90), "90 minutes"),
        (timedelta(minutes=1), "1 minute"),
    ],
)
def test_spans(time, said):
    assert facts.span(time) == said


def test_facts_are_in_the_language_of_the_page():
    with translation.override("es"):
        assert facts.span(timedelta(days=7)) == "7 días"


@pytest.mark.parametrize(
    "typed", ["[x](../{contact}/)", "[x](https://a.org/{operator})", "`{contact}`"]
)
def test_nothing_is_put_into_a_tag(client, settings, typed):
    settings.PETITIONS_CONTACT_EMAIL = '"><script>'
    settings.PETITIONS_OPERATOR = '"><script>'
    Page.objects.create(slug="x", language="en", title="X", body=typed)
    page = text_of(client.get("/help/x/"))
    assert "<script>" not in page
    assert "><script" not in page
