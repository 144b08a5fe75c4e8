"""What is new for moderators: one mail an hour at most, about what each may decide, naming nobody."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from petitions.models import Appeal, Petition
from supporters import reporting
from supporters.fraud import watching
from supporters.mails import compose
from supporters.models import OutgoingMail, Report, Suspicion, Sweep, Watch
from supporters.moderation import telling
from tests.factories import PetitionFactory, UserFactory
from tests.supporters.fraud_world import make_petition, propose, sign

pytestmark = pytest.mark.django_db


def moderator(name: str, **values):
    user = UserFactory(username=name, first_name=name.title(), is_staff=True, **values)
    user.groups.add(Group.objects.get(name="Moderators"))
    return user


@pytest.fixture
def mo():
    return moderator("mo")


@pytest.fixture
def petition():
    return make_petition(slug="mend", title="Mend the bridge")


def watch_and_tell() -> int:
    watching.watch()
    return telling.tell()


def an_hour_later() -> None:
    Watch.objects.update(mailed_at=timezone.now() - timedelta(hours=1, seconds=1))


def mail_to(user) -> OutgoingMail:
    return OutgoingMail.objects.filter(kind="moderators", recipient=user.email).latest("pk")


def appealed(by) -> Appeal:
    petition = PetitionFactory(in_review=True)
    event = petition.reject(by=by, reason="duplicate")
    return Appeal.file(event, by=petition.organizer, text="It is no duplicate of Pat Doe's.")


def test_what_is_new_and_what_waits_without_a_word_of_it(petition, mo):
    lee = moderator("lee")
    reporting.take(petition, category="untrue", text="Pat lies.", email="pat@example.com")
    appealed(by=lee)
    sign(petition, 12, given_name="Pat")
    propose(petition, lee)
    assert telling.tell() == 2
    message = compose(mail_to(mo))
    assert message.subject == "1 new report, 1 new appeal, 1 sweep that needs a second moderator"
    for text in (str(message.body), str(message.alternatives[0][0])):
        for kind in ("reported", "appealed", "swept"):
            assert f"/admin/queue/?kind={kind}" in text
        assert "1 waits" in text
        for secret in ("pat@example.com", "Pat", "lies", "wave.example", "A wave", "duplicate"):
            assert secret not in text


def test_nobody_is_told_of_what_others_decide(petition, mo):
    lee = moderator("lee")
    appealed(by=lee)
    sign(petition, 12)
    propose(petition, lee)
    reporting.take(petition, category="untrue")
    Petition.objects.filter(pk=petition.pk).update(organizer=mo)
    telling.tell()
    assert compose(mail_to(mo)).subject == "1 new appeal"
    assert compose(mail_to(lee)).subject == "1 new report"


def test_who_may_not_decide_reports_is_not_told_of_them(petition):
    part = UserFactory(username="part", is_staff=True)
    part.user_permissions.add(_permission("add_moderationevent"))
    reporting.take(petition, category="untrue")
    telling.tell()
    assert compose(mail_to(part)) is None
    part.user_permissions.add(_permission("change_report"))
    assert compose(mail_to(part)).subject == "1 new report"


def test_what_came_within_the_hour_waits_for_the_next_mail(petition, mo):
    reporting.take(petition, category="untrue")
    assert telling.tell() == 1
    for _ in range(3):
        reporting.take(petition, category="untrue")
    assert telling.tell() == 0
    an_hour_later()
    assert telling.tell() == 1
    message = compose(mail_to(mo))
    assert message.subject == "3 new reports"
    assert "4 wait" in str(message.body)
    an_hour_later()
    assert telling.tell() == 0


def test_what_was_decided_meanwhile_is_not_told(petition, mo):
    report = reporting.take(petition, category="untrue")
    telling.tell()
    reporting.decide(report, by=mo, uphold=False, answer="It is true.")
    assert compose(mail_to(mo)) is None


def test_a_flood_is_one_mail_of_some_size(petition, mo, monkeypatch):
    monkeypatch.setattr(telling, "MOST", 5)
    for _ in range(8):
        reporting.take(petition, category="untrue")
    telling.tell()
    assert len(OutgoingMail.objects.get().payload["reports"]) == 5
    assert "8 wait" in str(compose(mail_to(mo)).body)
    assert not Report.objects.filter(is_mailed=False).exists()


def test_nothing_is_asked_for_where_nothing_is_new(mo):
    assert telling.tell() == 0
    assert not Sweep.objects.exists()
    assert not Watch.objects.exists()


def _permission(name: str) -> Permission:
    return Permission.objects.get(codename=name)


def test_one_mail_an_hour_for_the_whole_site(petition, mo):
    quiet = UserFactory(username="no-address", email="", is_staff=True)
    quiet.groups.add(Group.objects.get(name="Moderators"))
    UserFactory(username="ana", is_staff=True).groups.add(Group.objects.get(name="Organizers"))
    sign(petition, 30)
    watch_and_tell()
    mail = OutgoingMail.objects.get()
    assert (mail.kind, mail.recipient) == ("moderators", mo.email)
    other = make_petition(slug="other", title="Plant trees")
    sign(other, 30, domain="second.example")
    watch_and_tell()
    assert OutgoingMail.objects.count() == 1
    assert Suspicion.objects.filter(is_mailed=False).exists()
    an_hour_later()
    watch_and_tell()
    assert OutgoingMail.objects.count() == 2
    assert not Suspicion.objects.filter(is_mailed=False).exists()
    watch_and_tell()
    assert OutgoingMail.objects.count() == 2


def test_the_mail_says_how_many_and_where_and_names_nobody(petition, mo):
    sign(petition, 30, given_name="Pat", family_name="Doe", network="0123456789abcdef")
    watch_and_tell()
    message = compose(OutgoingMail.objects.get())
    assert message.subject == "3 unusual things about new signatures"
    for text in (str(message.body), str(message.alternatives[0][0])):
        assert "Hello" in text
        assert "Mend the bridge" in text
        assert "30 of 30 in an hour" in text
        assert f"/admin/petitions/petition/{petition.pk}/fraud/" in text
        for secret in ("wave.example", "Pat", "pat doe", "0123456789abcdef", "bot0"):
            assert secret not in text


def test_who_is_no_moderator_any_more_gets_none(petition, mo):
    sign(petition, 30)
    watch_and_tell()
    mo.groups.clear()
    assert compose(OutgoingMail.objects.get()) is None
