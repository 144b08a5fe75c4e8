"""Streaming: mails overlap, and yet each is decided just before it goes and stamped before the next.

On SQLite they go one by one; whatever is said here has to hold there as well.
"""

import asyncio
import re
import smtplib

import pytest
from django.db import connection

from petitions.models import Petition
from supporters import outbox
from supporters.delivery import deliver
from supporters.mail_line import Line
from supporters.models import OutgoingMail, Signature
from supporters.stamps import Stamps
from tests.factories import PetitionFactory
from tests.rude_smtp import Manner, RudeSMTP
from tests.smtp import mail_settings
from tests.supporters.outbox_rows import signature_mails

pytestmark = pytest.mark.django_db

EVERYBODY = [f"sam{n}@example.org" for n in range(8)]


@pytest.fixture(autouse=True)
def pipelining(smtp_server) -> None:
    smtp_server.pipelining = True


async def meanwhile(act):
    """In a thread with a connection of its own, as another process would."""

    def on_its_own():
        try:
            return act()
        finally:
            connection.close()

    return await asyncio.to_thread(on_its_own)


def recipients(inbox) -> list[str]:
    return [delivery.recipients[0] for delivery in inbox.deliveries]


def at_rcpt(inbox, address: str, act) -> None:
    """Do something once, when the server hears of this recipient."""
    handle, done = inbox.handle_RCPT, []

    async def handle_rcpt(server, session, envelope, recipient, options):
        if recipient == address and not done:
            done.append(recipient)
            await meanwhile(act)
        return await handle(server, session, envelope, recipient, options)

    inbox.handle_RCPT = handle_rcpt


def words(monkeypatch) -> list[str]:
    """What is sent at once, word by word, and a text as 'text'."""
    said, send = [], smtplib.SMTP.send

    def heard(self, what):
        _, end, after = (what if isinstance(what, str) else what.decode()).rpartition(".\r\n")
        words = [word.split(":")[0] for word in after.split("\r\n") if word]
        said.append(" ".join(["text ."] * bool(end) + words))
        send(self, what)

    monkeypatch.setattr(smtplib.SMTP, "send", heard)
    return said


@pytest.mark.postgresql
def test_a_mail_and_the_next_envelope_are_one_packet(smtp_server, monkeypatch):
    signature_mails(4)
    said = words(monkeypatch)
    assert deliver().sent == 4
    said = said[said.index("MAIL FROM RCPT TO DATA") :]
    packet = "text . MAIL FROM RCPT TO DATA"
    assert said == ["MAIL FROM RCPT TO DATA", packet, packet, "text .", "quit"]
    assert recipients(smtp_server) == EVERYBODY[:4]


@pytest.mark.django_db(transaction=True)
def test_no_mail_is_taken_before_the_one_before_is_stamped(smtp_server):
    signature_mails(8)
    keep, stamped = smtp_server.handle_DATA, []

    async def handle_data(server, session, envelope):
        sent = OutgoingMail.objects.exclude(sent_at=None)
        stamped.append(await meanwhile(sent.count))
        return await keep(server, session, envelope)

    smtp_server.handle_DATA = handle_data
    assert deliver().sent == 8
    assert stamped == list(range(8))
    assert recipients(smtp_server) == EVERYBODY


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_withdraws_after_the_text_was_made_gets_none(smtp_server):
    rows = signature_mails(8)
    gone = Signature.objects.filter(pk=rows[3].signature_id)
    at_rcpt(smtp_server, EVERYBODY[3], lambda: gone.update(status="withdrawn"))
    assert deliver().sent == 7
    assert recipients(smtp_server) == EVERYBODY[:3] + EVERYBODY[4:]
    assert not OutgoingMail.objects.filter(pk=rows[3].pk).exists()
    assert not OutgoingMail.objects.filter(sent_at=None).exists()


def test_none_is_asked_to_confirm_what_cannot_be_confirmed(smtp_server):
    hidden = PetitionFactory(status="hidden", slug="hidden")
    ids = [mail.signature_id for mail in signature_mails(8)[3:5]]
    Signature.objects.filter(pk__in=ids).update(petition=hidden)
    assert deliver().sent == 6
    assert recipients(smtp_server) == [*EVERYBODY[:3], *EVERYBODY[5:]]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_who_confirms_after_the_text_was_made_is_told_so(smtp_server):
    rows = signature_mails(8)
    signature = Signature.objects.filter(pk=rows[3].signature_id)
    other = rows[0].created_at
    at_rcpt(
        smtp_server,
        EVERYBODY[3],
        lambda: signature.update(status="confirmed", confirmed_at=other),
    )
    assert deliver().sent == 8
    assert recipients(smtp_server) == EVERYBODY
    texts = [message.get_body(("plain",)).get_content() for message in smtp_server.messages]
    assert ["/confirm/" in text for text in texts] == [n != 3 for n in range(8)]


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_a_mail_that_another_claims_meanwhile_is_left_to_it(smtp_server):
    rows = signature_mails(8)
    mail = OutgoingMail.objects.filter(pk=rows[3].pk)
    at_rcpt(smtp_server, EVERYBODY[3], lambda: mail.update(leased_until=rows[0].created_at))
    assert deliver().sent == 7
    assert recipients(smtp_server) == EVERYBODY[:3] + EVERYBODY[4:]
    assert mail.get().sent_at is None


def test_a_line_that_is_given_stays_open_for_the_next_batch(smtp_server):
    signature_mails(8)
    line, stamps = Line(), Stamps()
    try:
        for _ in range(2):
            assert deliver(limit=4, line=line, stamps=stamps).sent == 4
    finally:
        line.close()
    assert smtp_server.connections == 1
    assert recipients(smtp_server) == EVERYBODY


@pytest.mark.parametrize("manner", Manner)
def test_a_server_that_is_not_up_to_it_gets_each_mail_once(settings, manner):
    rows = signature_mails(8)
    with RudeSMTP(manner, refused=EVERYBODY[4]) as server:
        for name, value in mail_settings(server.port, timeout=1).items():
            setattr(settings, name, value)
        line, stamps = Line(), Stamps()
        try:
            for _ in range(3):
                deliver(line=line, stamps=stamps)
                OutgoingMail.objects.update(not_before=rows[0].not_before)
        finally:
            line.close()
    assert server.taken == EVERYBODY[:4] + EVERYBODY[5:]
    left = OutgoingMail.objects.get(sent_at=None)
    assert (left.recipient, left.failure) == (EVERYBODY[4], "550 unknown")
    assert server.connections <= 4


def test_what_is_claimed_but_not_reached_is_released(smtp_server):
    signature_mails(8)
    sent = deliver(go_on=lambda: len(smtp_server.deliveries) < 4).sent
    assert 4 <= sent == len(smtp_server.deliveries) <= 5
    assert not OutgoingMail.objects.exclude(leased_until=None).exists()
    assert len(outbox.claim()) == 8 - sent


def test_a_mail_is_the_same_in_either_way(smtp_server):
    """Also where lines of it begin with a dot."""
    signature_mails(3)
    Petition.objects.update(title=".dots\n.and more")
    for pipelining in (True, False):
        smtp_server.pipelining = pipelining
        OutgoingMail.objects.update(sent_at=None)
        assert deliver().sent == 3
    texts = [re.sub(rb"\r\nDate: .*", b"", mail.raw) for mail in smtp_server.deliveries]
    assert texts[:3] == texts[3:]
    assert all(b"\n.and more" in text or b".dots .and" in text for text in texts)
