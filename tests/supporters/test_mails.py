"""What the mails say, and their bytes on the wire."""

import re
from datetime import timedelta
from email.header import decode_header, make_header

import pytest
from django.core.management import call_command
from django.utils import timezone

from petitions.models import Petition
from supporters import mails
from supporters.delivery import deliver
from supporters.mail_backend import mail_backend
from supporters.models import OutgoingMail, Signature
from supporters.tokens import Purpose, read
from supporters.withdrawing import withdraw
from tests.factories import PetitionFactory, SignatureFactory
from tests.supporters.mail_texts import html_of, link
from tests.supporters.outbox_rows import mailing, signature_mail, supporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, title="Mend the bridge on Weir Lane")


@pytest.fixture
def noor(petition):
    return SignatureFactory(
        petition=petition, given_name="Noor", email="noor@example.org", language="en"
    )


# To confirm


def test_the_mail_to_confirm(noor):
    mail = mails.compose(signature_mail(signature=noor))
    assert mail.subject == "Confirm your signature on “Mend the bridge on Weir Lane”"
    assert mail.to == ["noor@example.org"]
    for text in (mail.body, html_of(mail)):
        assert read(Purpose.CONFIRM, link(text, "confirm")) == noor.pk
        assert read(Purpose.SIGNATURE, link(text, "signature")) == noor.pk
        confirm, own, not_me = re.findall(
            r"http://localhost:8000/(?:confirm|signature)/[^\s\"]+", text
        )
        assert "/confirm/" in confirm
        assert not_me == f"{own}?not-me"
        assert "to change how it is shown or to withdraw it" in text
        assert "Mend the bridge on Weir Lane" in text
        assert "Noor" in text
        assert "erased after 7 days" in text
        assert "othing is counted until you" in text
        assert "was not you?" in text
    assert "List-Unsubscribe" not in mail.extra_headers
    assert mail.extra_headers["Auto-Submitted"] == "auto-generated"


def test_the_days_until_erasure_are_those_of_the_setting(noor, settings):
    settings.PETITIONS_UNCONFIRMED_DAYS = 1
    mail = mails.confirm(noor)
    assert "erased after 1 day." in mail.body
    assert "erased after 1 day." in html_of(mail)


def test_it_goes_to_the_address_that_was_typed(noor):
    mail = signature_mail("N.oor+bridge@example.org", signature=noor)
    assert mails.compose(mail).to == ["N.oor+bridge@example.org"]


def test_a_confirmed_signer_is_told_so(noor):
    row = signature_mail(signature=noor)
    when = timezone.now().replace(year=2026, month=3, day=9)
    Signature.objects.update(status="confirmed", confirmed_at=when)
    mail = mails.compose(OutgoingMail.objects.select_related("signature__petition").get(pk=row.pk))
    assert mail.subject == "You have already signed “Mend the bridge on Weir Lane”"
    for text in (mail.body, html_of(mail)):
        assert read(Purpose.SIGNATURE, link(text, "signature")) == noor.pk
        assert "9 March 2026" in text
        assert "still counted, once" in text
        assert "/confirm/" not in text
        assert "You confirmed your signature" in text
        assert "If you did not just sign again, ignore this." in text


@pytest.mark.parametrize("ended", ["withdrawn", "removed"])
def test_who_has_ended_their_signature_gets_nothing(noor, ended):
    noor.status = ended
    assert mails.compose(signature_mail(signature=noor)) is None


@pytest.mark.parametrize(
    ("changes", "sends"),
    [
        ({"status": "hidden"}, False),
        ({"status": "rejected"}, False),
        ({"status": "closed", "closed_at": -25}, False),
        ({"status": "closed", "closed_at": 0}, True),
        ({"closes_at": -25}, False),
        ({"closes_at": 0}, True),
        ({"status": "closed"}, False),  # nobody knows when
    ],
)
def test_no_mail_asks_for_a_confirmation_that_cannot_work(noor, changes, sends):
    """A number is a time: so many hours from now; 0 is after the signature was made."""
    values = {
        name: timezone.now() + timedelta(hours=value) if isinstance(value, int) else value
        for name, value in changes.items()
    }
    if values.get("status") == "rejected":
        values["opened_at"] = None
    Petition.objects.filter(pk=noor.petition_id).update(**values)
    row = signature_mail(signature=Signature.objects.get(pk=noor.pk))
    assert (mails.compose(row) is not None) is sends


def test_what_need_not_be_said_leaves_the_outbox(noor, smtp_server):
    signature_mail(signature=noor)
    Petition.objects.update(status="hidden")
    deliver()
    assert smtp_server.deliveries == []
    assert not OutgoingMail.objects.exists()


def test_who_withdraws_is_forgotten_by_the_outbox_too(noor, smtp_server):
    signature_mail(signature=noor, sent_at=timezone.now())
    signature_mail(signature=noor)
    withdraw(noor.pk)
    assert not OutgoingMail.objects.exists()


# Languages


@pytest.mark.parametrize(
    ("asked_in", "signed_in", "spoken"),
    [("es", "en", "es"), ("", "es", "es"), ("xx", "en", "en"), ("", "", "en"), ("es-mx", "", "es")],
)
def test_the_language_of_a_mail(noor, asked_in, signed_in, spoken):
    Signature.objects.update(language=signed_in)
    noor.refresh_from_db()
    mail = mails.compose(signature_mail(signature=noor, payload={"language": asked_in}))
    assert f'<html lang="{spoken}" dir="ltr">' in html_of(mail)


# What strangers type


@pytest.mark.parametrize(
    "name",
    [
        "Buy at www.pills.example",
        "https://pills.example/now",
        "pills.example",
        "mail me@pills.example",
        "x" * 41,
    ],
)
def test_nobody_can_write_to_a_stranger_through_the_name(noor, name):
    noor.given_name = name
    mail = mails.confirm(noor)
    assert name not in mail.body
    assert name not in html_of(mail)
    assert "Hello" not in mail.body


@pytest.mark.parametrize("name", ["نور", "Anne-Marie", "O'Neil", "J. R.", "José María", "李"])
def test_a_name_is_greeted_as_it_was_typed(noor, name):
    noor.given_name = name
    assert mails.confirm(noor).body.startswith(f"Hello {name},\n\nSomeone")


def test_markup_is_shown_and_not_obeyed(noor):
    noor.given_name = "<b>Noor</b>&"
    noor.petition.title = "<script>alert(1)</script> & “more”"
    mail = mails.confirm(noor)
    assert "<script>alert" not in html_of(mail)
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; “more”" in html_of(mail)
    assert "<script>alert(1)</script> & “more”" in mail.body
    assert "Confirm your signature on “<script>alert(1)</script> & “more””" in mail.subject


def test_a_long_title_is_cut_in_the_subject_alone(noor):
    noor.petition.title = "Mend the bridge " * 18
    mail = mails.confirm(noor)
    assert mail.subject.startswith("Confirm your signature on “Mend the bridge Mend the")
    assert mail.subject.endswith("…”")
    assert len(mail.subject) < 90
    assert noor.petition.title in mail.body


@pytest.mark.parametrize(
    "title",
    [
        "Mend\r\nBcc: everybody@example.org",
        "a\x85b\u2028c\x00d",
        "=?utf-8?q?a=0Abcc:x?=",
        "\u202eegdirb eht dneM",
        "水" * 300,
        "جسر " * 70,
        "👩‍👩‍👧" * 60,
    ],
)
def test_hostile_titles_on_the_wire(noor, smtp_server, title):
    """Titles reach compose() unsaved here: PostgreSQL would not even store some of them."""
    noor.petition.title = title
    row = signature_mail(signature=noor)
    message = mails.compose(row)
    raw = wire(message, smtp_server)
    head = raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    lines = head.split(b"\r\n")
    assert not [line for line in lines if line.lower().startswith(b"bcc")]
    assert max(map(len, lines)) < 998
    subject = header(head, "Subject")
    assert all(len(word) <= 75 for word in re.findall(r"=\?utf-8\?\S+", subject, re.IGNORECASE))
    decoded = str(make_header(decode_header(re.sub(r"\r\n\s", " ", subject))))
    assert " ".join(decoded.split()) == " ".join(message.subject.split())
    assert "\u202e" not in decoded


# Bytes


def wire(message, smtp_server) -> bytes:
    backend = mail_backend()
    backend.open()
    assert backend.send_messages([message]) == 1
    backend.close()
    return smtp_server.deliveries[-1].raw


def header(head: bytes, name: str) -> str:
    """A header's value with its folding, as it came."""
    line = r"[^\r\n]*"
    [value] = re.findall(rf"(?mi)^{name}: ({line}(?:\r\n[ \t]{line})*)", head.decode("ascii"))
    return value


LONG_HOST = f"{'petitions-and-more-petitions.' * 2}cy"


def test_one_click_unsubscribe_stands_as_it_is(smtp_server, settings):
    assert len(LONG_HOST) == 60
    settings.SITE_URL = f"https://{LONG_HOST}"
    settings.SITE_NAME = "Peticiones de España"
    news = mailing(title="Ответ совета " * 10, body="Ja, **ja**. " * 300)
    petition = news.update.petition
    Petition.objects.update(title="Reparem o dique de São João já, já, já " * 4)
    signer = supporter(petition, id=9_999_999, given_name="نور", email="nur@bücher.example")
    OutgoingMail.objects.create(
        kind="update",
        recipient=signer.email,
        petition=petition,
        signature=signer,
        mailing=news,
    )
    assert deliver().sent == 1
    [delivery] = smtp_server.deliveries
    assert delivery.recipients == ["nur@xn--bcher-kva.example"]
    head = delivery.raw.partition(b"\r\n\r\n")[0]
    assert head.isascii()
    lines = head.decode().split("\r\n")
    [unsubscribe] = [line for line in lines if line.startswith("List-Unsubscribe:")]
    found = re.fullmatch(
        rf"List-Unsubscribe: <https://{re.escape(LONG_HOST)}/unsubscribe/(\S+)/>", unsubscribe
    )
    assert found
    assert len(found[1]) <= 51
    assert read(Purpose.UNSUBSCRIBE, found[1]) == signer.pk
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert "Auto-Submitted: auto-generated" in lines
    [identity] = [line for line in lines if line.startswith("Message-ID:")]
    assert re.fullmatch(rf"Message-ID: <[\w.]+@{re.escape(LONG_HOST)}>", identity)
    sender = delivery.message["From"].addresses[0]
    assert sender.display_name == "Peticiones de España"
    assert sender.addr_spec == settings.DEFAULT_FROM_EMAIL
    assert delivery.message["Subject"].startswith("Ответ совета")
    assert max(map(len, delivery.raw.split(b"\r\n"))) < 998
    text = delivery.message.get_body(("plain",)).get_content()
    assert "Ja, ja." in text
    assert f"https://{LONG_HOST}/unsubscribe/{found[1]}/" in text
    assert "<strong>ja</strong>" in delivery.message.get_body(("html",)).get_content()


def test_a_mail_keeps_its_identity_when_it_is_sent_again(noor):
    row, other = signature_mail(signature=noor), signature_mail(signature=noor)
    first, again, another = (mails.compose(mail) for mail in (row, row, other))
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert first.extra_headers["Message-ID"] != another.extra_headers["Message-ID"]
    assert first.extra_headers["Message-ID"].endswith("@localhost>")


def test_a_sender_that_brings_its_name_keeps_it(noor, settings):
    settings.DEFAULT_FROM_EMAIL = "Town Hall <hall@example.org>"
    assert mails.confirm(noor).from_email == "Town Hall <hall@example.org>"


def test_html_loads_nothing_from_elsewhere(noor):
    html = html_of(mails.confirm(noor))
    assert not re.search(r"<(img|link|script|iframe|object|form|input)\b|@import|url\(", html)
    assert html.count('class="button"') == 1
    assert "prefers-color-scheme: dark" in html


def test_an_address_is_sent_to_the_host_that_was_typed(smtp_server):
    """Django alone would encode ß by older rules, under which it is another host."""
    signature_mail("bob@straße.org")
    call_command("work", "--once")
    assert [delivery.recipients for delivery in smtp_server.deliveries] == [
        ["bob@xn--strae-oqa.org"]
    ]
