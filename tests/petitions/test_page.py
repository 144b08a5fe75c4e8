"""Help pages in the staff's own words: rendered once, unique by address and language."""

import pytest
from django.db import IntegrityError, transaction

from petitions.models import Page
from petitions.text import LONGEST_TRUSTED, render
from tests.petitions.test_text import Page as Parsed

pytestmark = pytest.mark.django_db


def test_a_text_is_rendered_when_it_is_saved():
    page = Page.objects.create(
        slug="privacy", language="en", title="Privacy", body="## Mail\n\nNo."
    )
    assert page.safe_html == '<h2 id="mail">Mail</h2>\n<p>No.</p>\n'
    before = page.updated_at
    page.body = "Yes."
    page.save(update_fields=["body"])
    page.refresh_from_db()
    assert page.html == "<p>Yes.</p>\n"
    assert page.updated_at > before


def test_its_address_is_in_its_language():
    for language, address in [("en", "/help/terms/"), ("es", "/es/help/terms/")]:
        page = Page.objects.create(slug="terms", language=language, title="T", body="x")
        assert page.get_absolute_url() == address


def test_there_is_one_for_each_address_and_language():
    Page.objects.create(slug="rules", language="en", title="Rules", body="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Page.objects.create(slug="rules", language="en", title="Again", body="y")
    Page.objects.create(slug="rules", language="es", title="Reglas", body="x")


# What a trusted text may


@pytest.mark.parametrize(
    "address",
    ["../privacy/", "./x/", "/petitions/?q=a", "#rights", "https://a.org", "mailto:a@b.org"],
)
def test_its_links_may_stay_within_the_site(address):
    page = Parsed(render(f"[label]({address})", trusted=True).replace("<a ", '<a rel="" '))
    assert page.links == [address]


@pytest.mark.parametrize(
    "address",
    ["//a.org", "/\\a.org", "\\\\a.org", "javascript:x", "data:text/html,x", "x", "#", ""],
)
def test_other_links_are_none_or_stay_here(address):
    html = render(f"[label]({address})", trusted=True)
    assert html in {
        "<p>label</p>\n",
        '<p><a href="/%5Ca.org">label</a></p>\n',
        f"<p>[label]({address})</p>\n",
    }


def test_its_links_are_not_called_a_strangers():
    assert "rel=" not in render("[label](https://a.org) www.b.org", trusted=True)
    assert 'rel="nofollow ugc noopener"' in render("[label](https://a.org)")


def test_headings_can_be_linked_to_and_none_shares_its_id():
    html = render("## Mail\n### Mail\n## Main\n## ¿Cuánto *tiempo*?\n## メール\n## …", trusted=True)
    ids = [part.partition('"')[0] for part in html.split('id="')[1:]]
    assert ids == ["mail", "mail-2", "main-2", "cuánto-tiempo", "メール", "petition"]
    assert "id=" not in render("## Mail")


def test_tags_are_shown_as_typed():
    html = render('<b id="x" onclick="y">\n\n<script>z</script>', trusted=True)
    assert "<b" not in html
    assert "<script" not in html


def test_the_longest_text_is_formatted():
    assert render("*a* " * (LONGEST_TRUSTED // 4), trusted=True).startswith("<p><em>a</em> ")
    assert render("*a* " * LONGEST_TRUSTED, trusted=True).startswith("<p>*a* ")
