"""Two moderators at the same moment: one decision, and the other is told."""

from functools import partial

import pytest

from petitions.models import Appeal, ModerationEvent, Petition, StaffAct
from petitions.models.appeal import AlreadyDecided, NotAppealable
from supporters import appealing, reporting
from supporters.models import OutgoingMail, Report
from tests.factories import PetitionFactory, UserFactory
from tests.threads import together

pytestmark = pytest.mark.django_db(transaction=True)


def decide(act, *late) -> str:
    try:
        act()
    except late:
        return "too late"
    return "decided"


def test_an_appeal():
    petition = PetitionFactory(in_review=True)
    event = petition.reject(by=UserFactory(), reason="unclear")
    pk = Appeal.file(event, by=petition.organizer, text="x").pk
    acts = [
        partial(appealing.grant, Appeal.objects.get(pk=pk), by=UserFactory(), answer="Yes."),
        partial(appealing.refuse, Appeal.objects.get(pk=pk), by=UserFactory(), answer="No."),
    ]
    said = together(*(partial(decide, act, AlreadyDecided) for act in acts))
    assert sorted(said) == ["decided", "too late"]
    assert StaffAct.objects.count() == OutgoingMail.objects.filter(kind="report").count() == 1
    granted = Appeal.objects.get().state == "granted"
    assert Petition.objects.get().status == ("in_review" if granted else "rejected")
    assert ModerationEvent.objects.count() == 1 + granted


def test_a_report():
    report = reporting.take(PetitionFactory(is_open=True), category="untrue", email="r@example.org")
    acts = [
        partial(reporting.decide, report, by=UserFactory(), uphold=uphold, answer="x")
        for uphold in (True, False)
    ]
    said = together(*(partial(decide, act, reporting.AlreadyDecided) for act in acts))
    assert sorted(said) == ["decided", "too late"]
    assert Report.objects.get().state in {"upheld", "dismissed"}
    assert StaffAct.objects.count() == 1
    assert OutgoingMail.objects.get().payload["letter"] == "report_decided"


def test_many_reports_from_one_address():
    petition = PetitionFactory(is_open=True)
    take = partial(reporting.take, petition, category="untrue", email="rae@example.org")
    together(*[take] * 6)
    assert Report.objects.count() == 6
    assert OutgoingMail.objects.count() == reporting.MOST_WAITING


def test_two_appeals_of_one_decision():
    petition = PetitionFactory(in_review=True)
    event = petition.reject(by=UserFactory(), reason="unclear")
    file = partial(Appeal.file, event, by=petition.organizer, text="x")
    one = partial(decide, file, NotAppealable)
    assert sorted(together(one, one)) == ["decided", "too late"]
    assert Appeal.objects.count() == 1
