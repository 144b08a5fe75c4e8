"""Delivery to a real server: whose fault a failure is, and who goes on."""

import asyncio
import smtplib
from datetime import timedelta

import pytest
from django.utils import timezone

from supporters import outbox
from supporters.delivery import deliver
from supporters.models import OutgoingMail, Signature
from supporters.verdicts import Verdict, describe, judge
from tests.smtp import mail_settings
from tests.supporters.outbox_rows import signature_mail, signature_mails

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True, params=[False, True], ids=["", "pipelining"])
def manners(request, smtp_server) -> None:
    """On PostgreSQL, mails overlap with the second kind of server (supporters/streaming.py)."""
    smtp_server.pipelining = request.param


def recipients(inbox) -> list[str]:
    return [delivery.recipients[0] for delivery in inbox.deliveries]


def row_of(address: str) -> OutgoingMail:
    return OutgoingMail.objects.get(recipient=address)


def assert_waits_unblamed(row: OutgoingMail) -> None:
    assert (row.sent_at, row.failed_at, row.leased_until) == (None, None, None)
    assert row.attempts == 0


def test_a_batch_goes_over_one_connection_and_each_mail_is_stamped(smtp_server):
    signature_mails(30)
    result = deliver()
    assert (result.claimed, result.sent, result.trouble) == (30, 30, "")
    assert recipients(smtp_server) == [f"sam{n}@example.org" for n in range(30)]
    assert smtp_server.connections == 1
    assert OutgoingMail.objects.filter(sent_at=None).count() == 0
    assert OutgoingMail.objects.exclude(leased_until=None).count() == 0
    assert deliver().claimed == 0


def test_no_connection_is_made_for_nothing(smtp_server):
    deliver()
    assert smtp_server.connections == 0


@pytest.mark.parametrize("code", [550, 553, 501])
def test_a_refused_address_is_given_up_and_the_others_go_on(smtp_server, code):
    signature_mails(4)
    smtp_server.refuse("sam1@example.org", code)
    result = deliver()
    assert (result.sent, result.failed, result.trouble) == (3, 1, "")
    assert smtp_server.connections == 1
    row = row_of("sam1@example.org")
    assert row.failed_at
    assert row.failure == f"{code} refused by the test"
    assert row.sent_at is None


def test_a_temporary_refusal_is_tried_again_later(smtp_server):
    signature_mails(3)
    smtp_server.refuse("sam0@example.org", 451)
    assert deliver().sent == 2
    assert smtp_server.connections == 1
    row = row_of("sam0@example.org")
    assert (row.failed_at, row.attempts, row.leased_until) == (None, 1, None)
    assert row.failure == "451 refused by the test"
    assert row.not_before > timezone.now() + timedelta(seconds=30)
    smtp_server.accept("sam0@example.org")
    assert deliver().claimed == 0
    OutgoingMail.objects.update(not_before=timezone.now())
    assert deliver().sent == 1
    row.refresh_from_db()
    assert row.sent_at
    assert row.failure == ""


@pytest.mark.parametrize(("answer", "given_up"), [("554 spam", True), ("451 busy", False)])
def test_a_refused_text_is_that_mails_own_failure(smtp_server, answer, given_up):
    """Also when the server says no before the text: smtplib leaves that transaction open."""
    signature_mails(4)
    keep = smtp_server.handle_DATA

    async def handle_data(server, session, envelope):
        if envelope.rcpt_tos == ["sam1@example.org"]:
            return answer
        return await keep(server, session, envelope)

    smtp_server.handle_DATA = handle_data
    result = deliver()
    assert (result.sent, result.failed, smtp_server.connections) == (3, 1, 1)
    row = row_of("sam1@example.org")
    assert (row.failed_at is not None, row.failure) == (given_up, answer)


def test_a_transaction_that_smtplib_leaves_open_is_reset(smtp_server, monkeypatch):
    """A server that answers DATA itself with 451: its recipient must not get the next mail."""
    signature_mails(3)
    refused = []

    def data(self, message):
        if not refused:
            refused.append(message)
            raise smtplib.SMTPDataError(451, b"not now")
        return original(self, message)

    original = smtplib.SMTP.data
    monkeypatch.setattr(smtplib.SMTP, "data", data)
    result = deliver()
    assert (result.sent, result.failed, smtp_server.connections) == (2, 1, 1)
    assert [d.recipients for d in smtp_server.deliveries] == [
        ["sam1@example.org"],
        ["sam2@example.org"],
    ]


def test_a_refused_sender_is_no_mails_fault(smtp_server):
    signature_mails(3)

    async def handle_mail(server, session, envelope, address, options):
        return "451 slow down"

    smtp_server.handle_MAIL = handle_mail
    result = deliver()
    assert (result.sent, result.failed, result.trouble) == (0, 0, "451 slow down")
    for row in OutgoingMail.objects.all():
        assert_waits_unblamed(row)


def test_a_server_that_takes_so_many_mails_a_connection_gets_another(smtp_server):
    signature_mails(7)
    keep = smtp_server.handle_MAIL

    async def handle_mail(server, session, envelope, address, options):
        session.taken = getattr(session, "taken", 0) + 1
        if session.taken > 3:
            return "421 enough for one connection"
        return await keep(server, session, envelope, address, options)

    smtp_server.handle_MAIL = handle_mail
    result = deliver()
    assert (result.sent, result.failed, result.trouble) == (7, 0, "")
    assert smtp_server.connections == 3
    assert recipients(smtp_server) == [f"sam{n}@example.org" for n in range(7)]


def test_nobody_listening_blames_no_mail(settings):
    for name, value in mail_settings(1).items():  # nothing listens on port 1
        setattr(settings, name, value)
    signature_mails(3)
    result = deliver()
    assert result.claimed == 3
    assert "ConnectionRefusedError" in result.trouble
    for row in OutgoingMail.objects.all():
        assert_waits_unblamed(row)


def test_a_server_that_drops_everybody_blames_no_mail(smtp_server):
    signature_mails(3)
    smtp_server.fail_connections()
    assert deliver().trouble
    for row in OutgoingMail.objects.all():
        assert_waits_unblamed(row)
    smtp_server.mend_connections()
    assert deliver().sent == 3


def test_a_server_that_dies_half_way_is_no_mails_fault(smtp_server):
    signature_mails(5)
    keep = smtp_server.handle_DATA

    async def handle_data(server, session, envelope):
        answer = await keep(server, session, envelope)
        if len(smtp_server.deliveries) == 2:
            smtp_server.fail_connections()
        return answer

    smtp_server.handle_DATA = handle_data
    result = deliver()
    assert (result.sent, result.failed) == (2, 0)
    assert result.trouble
    for row in OutgoingMail.objects.filter(sent_at=None):
        assert_waits_unblamed(row)
    smtp_server.mend_connections()
    assert deliver().sent == 3
    assert recipients(smtp_server) == [f"sam{n}@example.org" for n in range(5)]


def dropping(inbox, *addresses):
    """The server closes the connection at the text of a mail to one of these."""
    keep = inbox.handle_DATA

    async def handle_data(server, session, envelope):
        if envelope.rcpt_tos[0] in addresses:
            server.transport.close()
            return "421 gone"
        return await keep(server, session, envelope)

    inbox.handle_DATA = handle_data


def test_a_mail_that_the_server_cannot_bear_does_not_block_the_others(smtp_server):
    signature_mails(6)
    dropping(smtp_server, "sam0@example.org", "sam3@example.org")
    result = deliver()
    assert (result.sent, result.trouble) == (4, "")
    for address in ("sam0@example.org", "sam3@example.org"):
        row = row_of(address)
        assert (row.sent_at, row.failed_at, row.attempts) == (None, None, 1)
        assert row.not_before > timezone.now()
    assert deliver().claimed == 0


def test_two_such_mails_in_a_row_let_the_others_go_next_time(smtp_server):
    signature_mails(5)
    dropping(smtp_server, "sam0@example.org", "sam1@example.org")
    result = deliver()
    assert result.sent == 0
    assert result.trouble
    for address in ("sam0@example.org", "sam1@example.org"):
        row = row_of(address)
        assert (row.failed_at, row.attempts) == (None, 0)
        assert row.not_before > timezone.now()
    assert deliver().sent == 3


def test_a_mail_that_cannot_be_made_is_given_up_and_the_others_go_on(smtp_server):
    signature_mails(3)
    OutgoingMail.objects.filter(recipient="sam1@example.org").update(recipient="sam1\n@example.org")
    result = deliver()
    assert (result.sent, result.failed, result.trouble) == (2, 1, "")
    row = OutgoingMail.objects.get(sent_at=None)
    assert row.failed_at
    assert "Error" in row.failure


@pytest.mark.parametrize(
    "address", ["", "nobody@", "@example.org", "no body@ex ample.org", "a@b@c"]
)
def test_an_address_that_cannot_be_sent_to_is_given_up(smtp_server, address):
    mail = signature_mail("noor@example.org")
    OutgoingMail.objects.filter(pk=mail.pk).update(recipient=address)
    signature_mail("sam@example.org")
    result = deliver()
    assert (result.sent, result.failed, result.trouble) == (1, 1, "")
    mail.refresh_from_db()
    assert mail.failed_at
    assert mail.failure


def test_a_mistake_of_ours_is_tried_again_once_it_is_mended(smtp_server, settings):
    signature_mail("noor@example.org")
    settings.ROOT_URLCONF = "tests.supporters.outbox_rows"  # has no addresses
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tests.supporters.outbox_rows.urlpatterns", [], raising=False)
        result = deliver()
    assert (result.sent, result.failed) == (0, 1)
    row = OutgoingMail.objects.get()
    assert (row.failed_at, row.attempts) == (None, 1)
    assert "NoReverseMatch" in row.failure


def test_what_is_stopped_is_released(smtp_server):
    signature_mails(5)
    asked = []
    result = deliver(go_on=lambda: len(asked.append(1) or asked) <= 2)
    assert (result.claimed, result.sent) == (5, 2)
    assert OutgoingMail.objects.filter(sent_at=None, leased_until=None).count() == 3


def test_sending_stops_well_before_the_lease_ends(smtp_server, settings):
    settings.PETITIONS_OUTBOX_LEASE = 0.3
    signature_mails(20)
    keep = smtp_server.handle_DATA

    async def handle_data(server, session, envelope):
        await asyncio.sleep(0.1)
        return await keep(server, session, envelope)

    smtp_server.handle_DATA = handle_data
    result = deliver()
    assert 0 < result.sent < 20
    assert outbox.waiting().filter(leased_until=None).count() == 20 - result.sent


def test_what_was_withdrawn_meanwhile_is_not_sent(smtp_server):
    signature_mails(4)
    seen = []

    def go_on() -> bool:
        if not seen:  # after the claim
            Signature.objects.filter(email="sam1@example.org").update(
                status="withdrawn", ended_at=timezone.now()
            )
            OutgoingMail.objects.filter(recipient="sam2@example.org").delete()
        seen.append(1)
        return True

    result = deliver(go_on=go_on)
    assert (result.sent, result.failed) == (2, 0)
    assert recipients(smtp_server) == ["sam0@example.org", "sam3@example.org"]
    assert outbox.waiting().count() == 0


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (smtplib.SMTPServerDisconnected("gone"), Verdict.LINE),
        (ConnectionResetError(), Verdict.LINE),
        (TimeoutError(), Verdict.LINE),
        (smtplib.SMTPConnectError(554, b"no"), Verdict.SERVER),
        (smtplib.SMTPHeloError(500, b"no"), Verdict.SERVER),
        (smtplib.SMTPAuthenticationError(535, b"no"), Verdict.SERVER),
        (smtplib.SMTPSenderRefused(530, b"log in", "us"), Verdict.SERVER),
        (smtplib.SMTPSenderRefused(550, b"no", "us"), Verdict.SERVER),
        (smtplib.SMTPSenderRefused(552, b"too big", "us"), Verdict.MAIL_EVER),
        (smtplib.SMTPRecipientsRefused({"a": (550, b"no")}), Verdict.MAIL_EVER),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"no")}), Verdict.MAIL_NOW),
        (smtplib.SMTPRecipientsRefused({"a": (421, b"no")}), Verdict.LINE),
        (smtplib.SMTPRecipientsRefused({"a": (530, b"log in")}), Verdict.SERVER),
        (smtplib.SMTPDataError(554, b"no"), Verdict.MAIL_EVER),
        (smtplib.SMTPDataError(452, b"no"), Verdict.MAIL_NOW),
        (smtplib.SMTPDataError(-1, b"?"), Verdict.MAIL_NOW),
        (smtplib.SMTPNotSupportedError("SMTPUTF8"), Verdict.MAIL_EVER),
        (smtplib.SMTPException("odd"), Verdict.MAIL_NOW),
        (UnicodeEncodeError("ascii", "é", 0, 1, "no"), Verdict.MAIL_EVER),
        (KeyError("bug"), Verdict.MAIL_NOW),
    ],
)
def test_whose_fault_it_is(error, verdict):
    assert judge(error) is verdict


def test_the_servers_own_words_are_kept():
    refused = smtplib.SMTPRecipientsRefused({"a@example.org": (550, b"5.1.1 No such user")})
    assert describe(refused) == "550 5.1.1 No such user"
    assert describe(TimeoutError("timed out")) == "TimeoutError: timed out"


def test_a_mail_of_a_newer_release_keeps_no_other_waiting(smtp_server):
    """Its kind is not known here: while servers are replaced, or after going back."""
    newer = OutgoingMail.objects.create(
        kind="newer", recipient="noor@example.org", not_before=timezone.now() - timedelta(hours=1)
    )
    signature_mails(3)
    assert deliver().sent == 3
    newer.refresh_from_db()
    assert (newer.sent_at, newer.failed_at) == (None, None)
