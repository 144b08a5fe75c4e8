"""Reports in the admin: decided with the others that the page shows, by whoever may."""

import pytest
from django.contrib.auth.models import Group

from petitions import claims
from petitions.models import Claim, Petition
from supporters import reporting
from supporters.models import Report
from supporters.moderation import waiting
from tests.factories import PetitionFactory, UpdateFactory, UserFactory
from tests.supporters.admin.test_decision_previews import said

pytestmark = pytest.mark.django_db


@pytest.fixture
def lu(db):
    """Another moderator."""
    lu = UserFactory(username="lu", first_name="Lu", is_staff=True)
    lu.groups.add(Group.objects.get(name="Moderators"))
    return lu


@pytest.fixture
def petition(ana) -> Petition:
    return PetitionFactory(is_open=True, organizer=ana, title="Mend the bridge")


def page(report: Report) -> str:
    return f"/admin/supporters/report/{report.pk}/change/"


def test_while_another_moderator_is_at_work_nothing_is_decided(as_user, petition, mo, lu):
    report = reporting.take(petition, category="untrue")
    claims.claim(petition.pk, by=mo)
    answer = as_user(lu).post(page(report), {"action": "uphold", "answer": "So it is."})
    assert answer.status_code == 200
    assert "is at work on this petition until" in said(answer)
    assert "Take it over in another window" in said(answer)
    assert "So it is.</textarea>" in answer.content.decode()
    assert Report.objects.get().state == "waiting"

    before = Claim.objects.get().expires_at
    as_user(mo).post(page(report), {"action": "dismiss", "answer": "It is true."})
    assert Report.objects.get().state == "dismissed"
    assert Claim.objects.get().expires_at > before


def test_a_report_ends_no_claim_of_a_submission(as_user, mo):
    petition = PetitionFactory(in_review=True)
    report = reporting.take(petition, category="untrue")
    claims.claim(petition.pk, by=mo)
    as_user(mo).post(page(report), {"action": "dismiss", "answer": "x"})
    assert Report.objects.get().state == "dismissed"
    assert Claim.objects.get().moderator == mo


def test_only_what_was_read_is_decided(as_user, petition, mo):
    first = reporting.take(petition, category="untrue", text="The first.")
    second = reporting.take(petition, category="untrue", text="The second.")
    update = UpdateFactory(petition=petition)
    other = reporting.take(petition, category="untrue", update=update)
    answer = as_user(mo).get(page(first))
    assert "1 other report about the same, decided with it" in said(answer)
    assert "The second." in said(answer)
    assert f'name="listed" value="{second.pk}"' in answer.content.decode()
    late = reporting.take(petition, category="private", text="It names a child.")
    typed = {"action": "dismiss", "answer": "No.", "listed": [second.pk, other.pk, "x", "²"]}
    answer = as_user(mo).post(page(first), typed, follow=True)
    assert "2 reports were dismissed." in said(answer)
    states = dict(Report.objects.values_list("pk", "state"))
    assert states == {
        first.pk: "dismissed", second.pk: "dismissed", other.pk: "waiting", late.pk: "waiting",
    }  # fmt: skip


def test_of_very_many_it_says_how_many_more_wait(as_user, petition, mo):
    reports = [reporting.take(petition, category="untrue", text="Junk.") for _n in range(103)]
    answer = as_user(mo).get(page(reports[0]))
    assert answer.content.decode().count("Junk.") == 101
    assert "2 more wait. They are not decided with these." in said(answer)


def test_what_is_gone_is_decided_alone(as_user, petition, mo):
    updates = [UpdateFactory(petition=petition) for _n in range(2)]
    first, second = (
        reporting.take(petition, category="untrue", update=update) for update in updates
    )
    third = [reporting.take(petition, category="other") for _n in range(2)]
    for update in updates:
        update.delete()
    lines, _further = waiting.page(waiting.Which(), after=None, size=10)
    assert [(line.place.row, line.number) for line in lines] == [
        (first.pk, 1), (second.pk, 1), (third[0].pk, 2),
    ]  # fmt: skip
    assert "decided with it" not in said(as_user(mo).get(page(first)))
    typed = {"action": "dismiss", "answer": "It is gone.", "listed": [second.pk]}
    as_user(mo).post(page(first), typed)
    assert list(Report.objects.order_by("pk").values_list("state", flat=True)) == [
        "dismissed", "waiting", "waiting", "waiting",
    ]  # fmt: skip


def test_nobody_decides_about_their_own_petition(as_user, mo, request):
    petition = PetitionFactory(is_open=True, organizer=mo)
    report = reporting.take(petition, category="untrue")
    typed = {"action": "dismiss", "answer": "It is true."}
    Report.objects.update(text="Mo wrote it for money, says Pat.")
    reporting.take(petition, category="untrue", text="Pat again.")
    alone = "Nobody else moderates here who could: whoever runs the site makes another account"
    assert alone in said(as_user(mo).get(page(report)))
    assert alone in said(as_user(mo).post(page(report), typed))
    request.getfixturevalue("lu")
    assert "Another moderator can." in said(as_user(mo).get(page(report)))
    assert "Another moderator can." in said(as_user(mo).post(page(report), typed))
    assert set(Report.objects.values_list("state", flat=True)) == {"waiting"}
    assert "Pat" not in said(as_user(mo).get(page(report)))
    assert said(as_user(request.getfixturevalue("lu")).get(page(report))).count("Pat") == 2
