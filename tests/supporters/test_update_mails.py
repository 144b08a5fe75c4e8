"""What the mails of an update say to a supporter."""

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters import mails
from supporters.delivery import deliver
from supporters.models import Mailing, OutgoingMail, Signature
from supporters.tokens import Purpose, read
from tests.factories import PetitionFactory, UpdateFactory
from tests.supporters.mail_texts import html_of, link
from tests.supporters.outbox_rows import mailing, supporter

pytestmark = pytest.mark.django_db


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, title="Mend the bridge on Weir Lane")


def test_an_update_to_a_supporter(petition):
    update = UpdateFactory(
        petition=petition,
        title="The board <answered>",
        body="It decides in **March**.\n\n<script>x()</script> Come.",
        happened_on="2012-08-17",
    )
    update.refresh_from_db()
    signer = supporter(petition)
    mail = mails.supporter_update(update, signer)
    assert mail.subject == "The board <answered>: news of “Mend the bridge on Weir Lane”"
    assert "The board <answered>\n17 August 2012\n\nIt decides in March." in mail.body
    html = html_of(mail)
    assert "The board &lt;answered&gt;" in html
    assert "<strong>March</strong>" in html
    assert "<script" not in html
    for text in (mail.body, html):
        assert f"http://localhost:8000/petitions/{petition.slug}/" in text
        assert read(Purpose.SIGNATURE, link(text, "signature")) == signer.pk
        assert read(Purpose.UNSUBSCRIBE, link(text, "unsubscribe")) == signer.pk
        assert f"/unsubscribe/{link(text, 'unsubscribe')}/?all" in text


def test_its_text_has_the_addresses_and_marks_that_its_html_has(petition):
    body = "Please [register](https://council.example.org/r):\n\n1. Write.\n2. Call."
    update = UpdateFactory(petition=petition, body=body)
    said = "\n\nPlease register (https://council.example.org/r):\n\n1. Write.\n2. Call.\n\n"
    assert said in mails.supporter_update(update, supporter(petition)).body
    assert said in mails.update_test(update).body


def test_an_update_without_a_title(petition):
    update = UpdateFactory(petition=petition, title="", body="It decides.")
    mail = mails.supporter_update(update, supporter(petition))
    assert mail.subject == "News of “Mend the bridge on Weir Lane”"


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (Signature, {"wants_updates": False}),
        (Signature, {"status": "withdrawn"}),
        (Petition, {"status": "hidden"}),
        (Mailing, {"cancelled_at": timezone.now()}),
    ],
)
def test_an_update_is_sent_to_nobody_who_no_longer_wants_it(petition, smtp_server, model, changes):
    news = mailing(petition=petition)
    signer = supporter(petition)
    OutgoingMail.objects.create(
        kind="update", recipient=signer.email, petition=petition, signature=signer, mailing=news
    )
    model.objects.update(**changes)
    deliver()
    assert smtp_server.deliveries == []
    assert not OutgoingMail.objects.exists()
