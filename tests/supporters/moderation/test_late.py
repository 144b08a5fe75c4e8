"""Who waits for longer than was promised is told so once, and the queue says that."""

from datetime import timedelta

import pytest
from django.utils import timezone

from petitions.models import Petition
from supporters import mails
from supporters.models import LateReview, OutgoingMail
from supporters.moderation import late
from supporters.worker import Worker
from tests.factories import PetitionFactory
from tests.threads import together

pytestmark = pytest.mark.django_db


def submitted(days, **values):
    at = timezone.now() - timedelta(days=days)
    values = {"organizer__email": "ana@example.org", "title": "Mend the bridge", **values}
    return PetitionFactory(status="in_review", submitted_at=at, **values)


def test_after_a_week_the_organizer_gets_one_mail():
    submitted(6.9)
    petition = submitted(7.1)
    assert late.tell() == 1
    assert late.tell() == 0
    mail = OutgoingMail.objects.get()
    assert (mail.recipient, mail.petition, mail.kind) == ("ana@example.org", petition, "start")
    message = mails.compose(mail)
    assert message.subject == "Moderators need longer for your petition “Mend the bridge”"
    assert "within 5 days, and have not come to it yet" in message.body
    assert f"/admin/petitions/petition/{petition.pk}/change/" in message.body


def test_the_promise_of_the_site_counts(settings):
    settings.PETITIONS_REVIEW_DAYS = 14
    submitted(15)
    assert late.tell() == 0
    submitted(17)
    assert late.tell() == 1


def test_once_for_each_submission():
    petition = submitted(8)
    late.tell()
    petition.send_back(by=None)
    Petition.objects.get().submit(by=petition.organizer)
    assert late.tell() == 0
    LateReview.objects.update(told_at=timezone.now() - timedelta(days=20))
    Petition.objects.update(submitted_at=timezone.now() - timedelta(days=8))
    assert late.tell() == 1
    assert OutgoingMail.objects.count() == 2


def test_not_where_there_is_nobody_or_it_was_forgotten_long_ago():
    submitted(8, organizer=None)
    submitted(90)
    PetitionFactory(status="in_review")
    assert late.tell() == 0


def test_what_was_decided_meanwhile_is_not_mailed():
    petition = submitted(8)
    late.tell()
    petition.publish(by=None)
    assert mails.compose(OutgoingMail.objects.get(kind="start")) is None


def test_in_the_petitions_language():
    submitted(8, language="es")
    late.tell()
    message = mails.compose(OutgoingMail.objects.get())
    assert "Mend the bridge" in message.subject
    assert "Moderators" not in message.subject


def test_the_worker_does_it(smtp_server):
    submitted(8)
    assert Worker().once()
    [delivered] = smtp_server.deliveries
    assert delivered.recipients == ["ana@example.org"]


@pytest.mark.django_db(transaction=True)
def test_several_workers_tell_it_once():
    submitted(8)
    assert sum(together(*[late.tell] * 4)) == 1
    assert OutgoingMail.objects.count() == 1
