"""Forms that are filled in say what the ordinary way says, and their bytes are what it sends."""

from datetime import UTC, timedelta
from email import message_from_bytes
from email.policy import default

import pytest
from django.utils import timezone, translation

from petitions.models import Petition
from supporters import letters, mails
from supporters.delivery import deliver
from supporters.kept import Kept
from supporters.models import Signature
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory
from tests.supporters.mail_texts import html_of
from tests.supporters.outbox_rows import signature_mail, signature_mails, supporter

pytestmark = pytest.mark.django_db
NAMES = ["Noor", "Zoë <b>", "O'Brien & Søn", "  ", "%s %(name)s", "{{ name }}", "name0", "لیلا"]


def parts(message) -> list[tuple[str, str]]:
    return [
        (part.get_content_type(), part.get_content().replace("\r\n", "\n").rstrip())
        for part in message.walk()
        if not part.is_multipart()
    ]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("name", NAMES)
def test_a_copy_is_what_rendering_gives(name, language, monkeypatch):
    petition = PetitionFactory(is_open=True, title="Bread & <roses> – “now” 100%")
    signature = SignatureFactory(petition=petition, given_name=name, language=language)
    filled = mails.confirm(signature)
    with translation.override(language), monkeypatch.context() as patch:
        # What stands in the blanks is the value itself, and nothing is kept.
        values = {
            "name": " ".join(name.split()),
            "confirm": filled.body.split("/confirm/")[1].partition("/")[0],
            "signature": filled.body.split("/signature/")[1].partition("/")[0],
        }
        patch.setattr(mails, "blank", values.get)
        patch.setattr(letters, "_forms", Kept())
        rendered = mails.confirm(signature)
    assert (filled.subject, filled.body) == (rendered.subject, rendered.body)
    assert html_of(filled) == html_of(rendered)


def test_the_ready_bytes_are_the_message(smtp_server):
    petition = PetitionFactory(is_open=True, title="Ein langer Titel über Brücken, 100% %s " * 3)
    signature = SignatureFactory(petition=petition, given_name="Zoë", email="noor@example.org")
    mail = mails.compose(signature_mail(signature=signature))
    ready = message_from_bytes(mail.wire(), policy=default)
    ordinary = message_from_bytes(bytes(mail.message()), policy=default)
    for name in ("From", "To", "Subject", "Message-ID", "Auto-Submitted", "MIME-Version"):
        assert ready.get_all(name) == ordinary.get_all(name), name
    # -0000 or +0000, as the Django has it: UTC in either case.
    dates = [made["Date"].datetime.replace(tzinfo=UTC) for made in (ready, ordinary)]
    assert abs(dates[0] - dates[1]) < timedelta(seconds=5)
    assert {name.lower() for name in ready} == {name.lower() for name in ordinary}
    assert ready.get_content_type() == ordinary.get_content_type()
    assert parts(ready) == parts(ordinary)
    deliver()
    [delivery] = smtp_server.deliveries
    assert parts(delivery.message) == parts(ordinary)
    assert max(map(len, delivery.raw.split(b"\r\n"))) <= 998


@pytest.mark.parametrize("address", ["", "no body@example.org", "a\n@example.org", "é@example.org"])
def test_an_address_that_is_not_plain_goes_the_ordinary_way(address):
    signature = SignatureFactory(petition=PetitionFactory(is_open=True))
    mail = mails.confirm(signature)
    mail.to = [address]
    assert mail.wire() is None


def test_no_form_outlives_what_it_says(settings):
    petition = PetitionFactory(is_open=True, title="Before")
    signature = SignatureFactory(petition=petition, language="en")
    assert "Before" in mails.confirm(signature).subject
    Petition.objects.filter(pk=petition.pk).update(title="After")
    signature = Signature.objects.get(pk=signature.pk)
    assert "After" in mails.confirm(signature).body
    settings.SITE_NAME = "Another site"
    assert "Another site" in mails.confirm(signature).body
    news = UpdateFactory(petition=petition, title="One", published_at=timezone.now())
    reader = supporter(petition)
    assert "One" in mails.supporter_update(news, reader).subject
    news.title, news.body = "Two", "Another text."
    news.save()
    again = mails.supporter_update(news, reader)
    assert ("Two" in again.subject, "Another text." in html_of(again)) == (True, True)


# A server that takes several words at once


def pipelining(inbox):
    greet = inbox.handle_EHLO

    async def handle_ehlo(server, session, envelope, hostname, responses):
        answers = await greet(server, session, envelope, hostname, responses)
        return [answers[0], "250-PIPELINING", *answers[1:]]

    inbox.handle_EHLO = handle_ehlo
    return inbox


def recipients(inbox) -> list[str]:
    return [delivery.recipients[0] for delivery in inbox.deliveries]


def test_the_next_mail_is_announced_ahead(smtp_server):
    pipelining(smtp_server)
    signature_mails(12)
    result = deliver()
    assert (result.sent, result.trouble, smtp_server.connections) == (12, "", 1)
    assert recipients(smtp_server) == [f"sam{n}@example.org" for n in range(12)]
    assert [d.recipients for d in smtp_server.deliveries if len(d.recipients) != 1] == []


@pytest.mark.parametrize("status", ["withdrawn", "erased"])
def test_what_was_announced_and_withdrawn_gets_no_text(smtp_server, status):
    """The row ends while the mail before it is on its way."""
    pipelining(smtp_server)
    rows = signature_mails(5)
    taken = []

    def go_on() -> bool:
        taken.append(1)
        if len(taken) == 3:
            mine = Signature.objects.filter(pk=rows[2].signature_id)
            if status == "erased":
                rows[2].delete()
            else:
                mine.update(status="withdrawn", ended_at=timezone.now())
        return True

    result = deliver(go_on=go_on)
    assert (result.sent, result.trouble) == (4, "")
    assert recipients(smtp_server) == [f"sam{n}@example.org" for n in (0, 1, 3, 4)]


def test_a_refusal_of_what_was_announced_is_that_mails_own(smtp_server):
    pipelining(smtp_server)
    signature_mails(5)
    smtp_server.refuse("sam2@example.org", 550)
    result = deliver()
    assert (result.sent, result.failed, result.trouble) == (4, 1, "")
    assert recipients(smtp_server) == [f"sam{n}@example.org" for n in (0, 1, 3, 4)]


def test_a_stop_after_an_announcement_leaves_a_clean_goodbye(smtp_server):
    pipelining(smtp_server)
    signature_mails(5)
    asked = []
    result = deliver(go_on=lambda: len(asked.append(1) or asked) <= 3)
    assert (result.sent, result.trouble) == (3, "")
    assert deliver().sent == 2
    assert recipients(smtp_server) == [f"sam{n}@example.org" for n in range(5)]
