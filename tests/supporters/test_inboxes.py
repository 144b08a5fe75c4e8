"""The shortcut from "check your mail" to the mailbox."""

import re
from urllib.parse import urlsplit

import pytest

from supporters.addresses import check_address
from supporters.inboxes import _BY_DOMAIN, _KNOWN, inbox_of
from tests.factories import PetitionFactory, typed


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("noor@gmail.com", "Gmail"),
        ("Noor.H+x@GoogleMail.com", "Gmail"),
        ("noor@hotmail.co.uk", "Outlook"),
        ("noor@yahoo.fr", "Yahoo Mail"),
        ("noor@me.com", "iCloud Mail"),
        ("noor@proton.me", "Proton Mail"),
        ("noor@web.de", "WEB.DE"),
        ("noor@orange.fr", "Mail Orange"),
        ("noor@libero.it", "Libero Mail"),
    ],
)
def test_known_mailboxes(address, name):
    assert inbox_of(address).name == name


@pytest.mark.parametrize(
    "address", ["", "noor", "noor@example.org", "noor@gmail.com.example", "gmail.com@example.org"]
)
def test_others_find_their_mail_themselves(address):
    assert inbox_of(address) is None


def test_it_looks_for_our_mail_and_tells_nothing_of_the_reader(settings):
    settings.DEFAULT_FROM_EMAIL = "Petitions <post@petitions.example>"
    for domain in _BY_DOMAIN:
        url = inbox_of(f"noor.haddad@{domain}").url
        assert urlsplit(url).scheme == "https"
        assert "noor" not in url
        assert "{" not in url
    assert "from%3A(post%40petitions.example)" in inbox_of("noor@gmail.com").url
    assert inbox_of("noor@pm.me").url.endswith("#from=post%40petitions.example")


def test_every_domain_is_one_that_can_sign_and_stands_once():
    domains = [domain for _name, _url, domains in _KNOWN for domain in domains.split()]
    assert sorted(domains) == sorted(set(domains))
    for domain in domains:
        assert check_address(f"noor@{domain}") == f"noor@{domain}"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("noor@gmail.com", ["<span>Open <bdi>Gmail</bdi></span>"]),
        ("noor@example.org", []),
    ],
)
def test_on_the_page(client, email, said):
    PetitionFactory(is_open=True, slug="mend")
    check = client.post("/petitions/mend/sign/", typed(email=email), follow=True)
    buttons = re.findall(r'<a class="button" ([^>]*)>(.*?)</a>', check.content.decode())
    assert [text for _attributes, text in buttons] == said
    for attributes, _text in buttons:
        assert 'rel="noopener noreferrer"' in attributes
        assert "target=" not in attributes
