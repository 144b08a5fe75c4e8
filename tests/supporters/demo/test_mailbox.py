"""The mails of the demo: kept byte by byte, and shown to whoever started it."""

import time
from html import unescape

import pytest
from django.core.mail import EmailMultiAlternatives
from django.utils.html import strip_tags

from supporters.demo.mailbox import EmailBackend, find_mail, newest_mails
from tests.factories import PetitionFactory, typed
from tests.supporters.demo.letters import letter


def test_the_mailbox_keeps_what_is_sent(demo):
    assert newest_mails() == []
    sent = EmailBackend().send_messages([letter("Grüße, 木"), letter("Second"), letter("Third")])
    assert sent == 3
    assert [mail.subject for mail in newest_mails()] == ["Third", "Second", "Grüße, 木"]
    assert len(newest_mails(limit=2)) == 2
    mail = find_mail(newest_mails()[2].key)
    assert mail.to == "Noor <noor@example.org>"
    assert mail.sender == "us@site.test"
    assert mail.part("plain") == "Press\nhttp://localhost:8000/confirm/1.abc_-/\n"
    assert "<script>" in mail.part("html")
    assert abs(mail.at.timestamp() - time.time()) < 60


def test_a_mail_to_nobody_is_not_kept(demo):
    assert EmailBackend().send_messages([EmailMultiAlternatives("To whom?", "Hello")]) == 0
    assert newest_mails() == []


@pytest.mark.parametrize("key", ["1.M2P3Q4.nowhere", "..", "a\0b", "\ud800"])
def test_no_mail_by_this_name(demo, key):
    assert find_mail(key) is None
    EmailBackend().send_messages([letter()])
    assert find_mail(key) is None


# Pages


def test_the_list_of_mails(demo, client):
    page = client.get("/demo/mail/")
    assert "There is no mail yet" in page.content.decode()
    EmailBackend().send_messages([letter("<b>Bold</b>"), letter("Newest")])
    page = client.get("/demo/mail/")
    html = page.content.decode()
    assert html.index("Newest") < html.index("&lt;b&gt;Bold&lt;/b&gt;")
    assert "Noor &lt;noor@example.org&gt;" in html
    assert page["Cache-Control"] == "no-store"
    assert page["X-Robots-Tag"] == "noindex"
    assert not page.cookies


def test_a_mail_has_links_to_press(demo, client):
    EmailBackend().send_messages([letter()])
    key = newest_mails()[0].key
    page = client.get(f"/demo/mail/{key}/")
    html = page.content.decode()
    assert 'href="http://localhost:8000/confirm/1.abc_-/"' in html
    assert f'href="/demo/mail/{key}/html/"' in html
    assert "List-Unsubscribe" in html
    assert "&lt;http://localhost:8000/unsubscribe/1.abc/&gt;" in html
    assert page["Cache-Control"] == "no-store"


def test_a_mail_is_shown_as_it_was_sent(demo, client):
    mail = letter()
    mail.body = "Ask (http://a.org):\n\n1. <one>\n   - two\n\n        three\n"
    EmailBackend().send_messages([mail])
    page = client.get(f"/demo/mail/{newest_mails()[0].key}/")
    shown = page.content.decode().partition('<pre class="script" dir="auto">')[2]
    assert unescape(strip_tags(shown.partition("</pre>")[0])) == mail.body


def test_the_html_part_can_do_nothing(demo, client):
    EmailBackend().send_messages([letter()])
    page = client.get(f"/demo/mail/{newest_mails()[0].key}/html/")
    assert page.content.decode().startswith("<p style=")
    policy = [part.strip() for part in page["Content-Security-Policy"].split(";")]
    assert {"default-src 'none'", "sandbox", "style-src 'unsafe-inline'"} <= set(policy)
    assert "script" not in page["Content-Security-Policy"]
    assert page["Cross-Origin-Opener-Policy"] == "unsafe-none"
    assert page["Cache-Control"] == "no-store"
    assert page["X-Robots-Tag"] == "noindex"


def test_a_mail_without_html(demo, client):
    mail = letter()
    mail.alternatives.clear()
    EmailBackend().send_messages([mail])
    key = newest_mails()[0].key
    assert "/html/" not in client.get(f"/demo/mail/{key}/").content.decode()
    assert client.get(f"/demo/mail/{key}/html/").status_code == 404


def test_mails_are_shown_only_in_the_demo(demo, client):
    EmailBackend().send_messages([letter()])
    key = newest_mails()[0].key
    addresses = ["/demo/mail/", f"/demo/mail/{key}/", f"/demo/mail/{key}/html/"]
    assert [client.get(address).status_code for address in addresses] == [200, 200, 200]
    assert [client.post(address).status_code for address in addresses] == [405, 405, 405]
    demo.PETITIONS_DEMO = False
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]
    demo.ROOT_URLCONF = "config.urls"
    assert [client.get(address).status_code for address in addresses] == [404, 404, 404]


@pytest.mark.django_db
def test_who_has_signed_is_led_to_the_mails(demo, client):
    petition = PetitionFactory(is_open=True)
    address = client.post(f"/petitions/{petition.slug}/sign/", typed())["Location"]
    assert 'href="/demo/mail/"' in client.get(address).content.decode()
    demo.PETITIONS_DEMO = False
    page = client.get(address).content.decode()
    assert "/demo/mail/" not in page
