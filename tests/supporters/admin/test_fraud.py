"""Irregularities of a petition: what moderators see, and how a sweep is proposed, approved, undone."""

import re

import pytest
from django.utils import timezone

from petitions.models import StaffAct
from supporters.fold import fold
from supporters.models import Signature, Suspicion, Sweep
from tests.factories import PetitionFactory, UserFactory
from tests.supporters.admin.conftest import _staff
from tests.supporters.fraud_world import check, sign, work

pytestmark = pytest.mark.django_db

PASSWORD = "long enough, surely"


@pytest.fixture
def petition(ana):
    petition = PetitionFactory(is_open=True, organizer=ana, title="Mend the bridge", slug="mend")
    sign(petition, 15, given_name="Sam", family_name="Okoye", country="FR", source="w")
    sign(petition, 30, domain="example.org", given_name="Ida")
    fold(petition.pk)
    return petition


@pytest.fixture
def lee(db):
    return _staff("lee", "Moderators")


@pytest.fixture
def asked(as_user):
    """A browser of somebody who has just typed their password."""

    def client(user):
        user.set_password(PASSWORD)
        user.save()
        user.trust_email()
        browser = as_user(user)
        assert browser.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302
        return browser

    return client


def page(petition, more: str = "") -> str:
    return f"/admin/petitions/petition/{petition.pk}/fraud/{more}"


def words(response) -> str:
    main = response.content.decode().partition('id="content-main"')[2]
    return " ".join(re.sub("<[^>]*>", " ", main).split())


WAVE = "preview/?domain=wave.example"


def test_what_signatures_have_in_common(as_user, mo, petition):
    text = words(as_user(mo).get(page(petition)))
    assert "All 45 signatures that were made here and are counted" in text
    assert "example.org 30 66.7 % Preview wave.example 15 33.3 %" in text
    assert "bot#@example.org 30 66.7 %" in text
    assert "ida okoye 30 66.7 %" in text
    assert "France 15 33.3 %" in text
    assert "WhatsApp 15 33.3 %" in text
    assert "None so far." in text


def test_each_row_leads_to_its_preview(asked, mo, petition):
    client = asked(mo)
    html = client.get(page(petition)).content.decode()
    links = {
        link.replace("&amp;", "&") for link in re.findall(r'href="([^"]*preview/\?[^"]*)"', html)
    }
    assert len(links) >= 8
    for link in links:
        text = words(client.get(link))
        assert re.search(r"(15|30|45) signatures · ", text), link


def test_who_signed_long_ago_is_found_by_slices(as_user, mo, petition, monkeypatch):
    monkeypatch.setattr("supporters.fraud.groups.SLICE", 20)
    client = as_user(mo)
    answer = client.get(page(petition))
    assert "The 20 signatures that are still counted of numbers 26 to 45" in words(answer)
    assert 'href="?last=25"' in answer.content.decode()
    assert "of numbers 6 to 25" in words(client.get(page(petition, "?last=25")))
    assert client.get(page(petition, "?last=nonsense")).status_code == 200


def test_an_empty_petition(as_user, mo):
    text = words(as_user(mo).get(page(PetitionFactory(is_open=True, organizer=None))))
    assert "No signature that was made here is counted." in text


def test_the_password_is_asked_for(as_user, mo, petition):
    mo.set_password(PASSWORD)
    mo.save()
    client = as_user(mo)
    answer = client.get(page(petition, WAVE))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/reauthenticate/?next=")
    assert "wave.example" in answer["Location"]
    sweep = Sweep.objects.create(
        petition=petition, rule={"domain": "x.example"}, newest_id=1, note="x", asked_by=mo,
        state="running",
    )  # fmt: skip
    answer = client.post(page(petition, f"{sweep.pk}/"), {"action": "cancel"})
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert Sweep.objects.get().state == "running"


def test_what_was_typed_is_there_after_the_password(as_user, mo, petition):
    """It took them longer than the password lasts."""
    mo.set_password(PASSWORD)
    mo.save()
    mo.trust_email()
    client = as_user(mo)
    typed = {"domain": "wave.example", "note": "Fifteen from one mail host."}
    answer = client.post(page(petition, "preview/"), typed)
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    client.post(answer["Location"], {"password": PASSWORD, "next": page(petition, "preview/")})
    sweep = Sweep.objects.get()
    assert (sweep.note, sweep.rule) == (typed["note"], {"domain": "wave.example"})


def test_a_sample_that_is_shown_again_is_written_down_too(asked, mo, petition):
    """Without a reason nothing is proposed, but twenty persons are on the page once more."""
    answer = asked(mo).post(page(petition, "preview/"), {"domain": "wave.example", "note": ""})
    assert "@wave.example" in answer.content.decode()
    act = StaffAct.objects.get(verb="looked_at")
    assert (act.actor, act.note) == (mo, "Preview of a sweep: 15 found, 15 shown")


def test_not_too_many_previews(asked, mo, petition, settings):
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "preview": "2/hour"}
    client = asked(mo)
    assert [client.get(page(petition, WAVE)).status_code for _ in range(3)] == [200, 200, 429]
    answer = client.post(page(petition, "preview/"), {"domain": "wave.example", "note": "Typed."})
    assert answer.status_code == 429
    text = answer.content.decode()
    assert "Too many previews. Wait some minutes, then try again." in text
    assert 'value="wave.example"' in text
    assert not Sweep.objects.exists()


def test_a_preview_shows_a_sample_and_is_written_down(asked, mo, petition):
    text = words(asked(mo).get(page(petition, WAVE)))
    assert "15 signatures · 15 of the 46 that are counted (32.6 %)" in text or (
        "15 signatures · 15 of the 45 that are counted (33.3 %)" in text
    )
    assert "All of them" in text
    assert "bot3@wave.example" in text
    assert "ida" not in text.lower().split("another rule")[0].split("all of them")[1]
    assert "a second moderator has to agree" in text
    act = StaffAct.objects.get()
    assert (act.verb, act.actor, act.petition) == ("looked_at", mo, petition)
    assert "wave" not in act.note


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Fill in something"),
        ("domain=no+domain", "This is no domain"),
        ("address=*", "Use at least one letter"),
        ("name=%3F%3F", "Use at least one letter"),
        ("address=a%23%23%23%23", "and 3 signs at most that are either * or a # right beside"),
        ("source=%00", "Null characters are not allowed"),
        ("source=no+code", "neither a code"),
        ("network=xyz", "Copy it from the table"),
        ("signed_from=then", "Enter a valid date/time"),
        ("signed_from=2026-01-02T00:00&signed_until=2026-01-01T00:00", "not after the moment"),
        ("country=XX", "Select a valid choice"),
    ],
)
def test_mistakes_are_told_and_what_was_typed_is_kept(asked, mo, petition, query, said):
    answer = asked(mo).get(page(petition, f"preview/?{query}"))
    assert answer.status_code == 200
    assert said in words(answer)
    assert not StaffAct.objects.exists()


def test_no_reason_no_sweep(asked, mo, petition):
    answer = asked(mo).post(page(petition, WAVE), {"note": " ", "private_note": "Seen by Ed."})
    assert "This field is required." in words(answer)
    assert "Seen by Ed." in answer.content.decode()
    assert not Sweep.objects.exists()


def test_nothing_found_nothing_to_press(asked, mo, petition):
    client = asked(mo)
    assert "Public reason" not in words(client.get(page(petition, "preview/?domain=none.example")))
    client.post(page(petition, "preview/?domain=none.example"), {"note": "x"})
    assert not Sweep.objects.exists()


def test_from_proposal_to_restore(asked, mo, lee, petition, client):
    first, second = asked(mo), asked(lee)
    number = check(petition)
    answer = first.post(page(petition, WAVE), {"note": "Fifteen from one mail host.",
                                               "private_note": "p"}, follow=True)  # fmt: skip
    sweep = Sweep.objects.get()
    assert answer.redirect_chain[-1][0] == page(petition, f"{sweep.pk}/")
    assert "Proposed. It begins when another moderator agrees." in answer.content.decode()
    assert "Another moderator than you has to agree." in words(answer)
    assert "Approve" not in words(answer)
    assert first.post(page(petition, f"{sweep.pk}/"), {"action": "approve"}).status_code == 403
    assert work(sweep).state == "proposed"

    assert "Approve and remove" in words(second.get(page(petition, f"{sweep.pk}/")))
    second.post(page(petition, f"{sweep.pk}/"), {"action": "approve"})
    running = second.get(page(petition, f"{sweep.pk}/"))
    assert '<meta http-equiv="refresh" content="5">' in running.content.decode()
    late = first.post(page(petition, f"{sweep.pk}/"), {"action": "decline"}, follow=True)
    assert "Somebody else got there first" in late.content.decode()
    work(sweep)
    assert check(petition) == number - 15
    shown = client.get("/petitions/mend/count/").content.decode()
    assert "−15</strong> Removed" in shown
    assert "Fifteen from one mail host." in shown

    text = words(second.get(page(petition, f"{sweep.pk}/")))
    assert "Finished" in text
    assert "Removed 15 (of them 15 counted)" in text
    second.post(page(petition, f"{sweep.pk}/"), {"action": "undo"})
    work(sweep)
    assert check(petition) == number
    assert "Brought back 15" in words(second.get(page(petition, f"{sweep.pk}/")))
    assert "Fifteen from one mail host." in words(second.get(page(petition)))
    acts = StaffAct.objects.exclude(verb="looked_at").order_by("pk")
    assert list(acts.values_list("actor__username", "verb")) == [
        ("mo", "proposed"), ("lee", "approved"), ("lee", "undid"),
    ]  # fmt: skip


def test_a_few_go_at_once(asked, mo, petition):
    sign(petition, 3, domain="few.example")
    answer = asked(mo).post(
        page(petition, "preview/?domain=few.example"), {"note": "x"}, follow=True
    )
    assert "Begun." in answer.content.decode()
    assert work(Sweep.objects.get()).taken == 3


def test_cancel_and_resume(asked, mo, petition):
    client = asked(mo)
    sweep = Sweep.objects.create(
        petition=petition, rule={"domain": "wave.example"}, note="x", asked_by=mo, state="running",
        newest_id=Signature.objects.latest("pk").pk, needs_second=True, approved_by=UserFactory(),
    )  # fmt: skip
    place = page(petition, f"{sweep.pk}/")
    assert "Stop it" in words(client.get(place))
    client.post(place, {"action": "cancel"})
    assert "Go on" in words(client.get(place))
    client.post(place, {"action": "resume"})
    assert work(sweep).taken == 15
    assert client.post(place, {"action": "nonsense"}).status_code == 400


def test_a_sweep_of_another_petition_is_not_there(as_user, mo, petition):
    sweep = Sweep.objects.create(
        petition=PetitionFactory(), rule={}, newest_id=1, note="x", asked_by=mo, state="declined"
    )
    assert as_user(mo).get(page(petition, f"{sweep.pk}/")).status_code == 404


def test_organizers_see_nothing_of_it(as_user, ana, mo, petition):
    client = as_user(ana)
    assert client.get(page(petition)).status_code == 403
    change = f"/admin/petitions/petition/{petition.pk}/change/"
    assert "Irregularities" not in client.get(change).content.decode()
    assert "Irregularities" in as_user(mo).get(change).content.decode()


def test_what_was_unusual_is_listed(as_user, mo, petition):
    Suspicion.objects.create(
        petition=petition, kind="domain", value="wave.example", number=1_500, looked_at=2_000,
        noted_at=timezone.now(),
    )  # fmt: skip
    client = as_user(mo)
    assert "( wave.example ): 1,500 of 2,000 in an hour" in words(client.get(page(petition)))
    listed = client.get("/admin/supporters/suspicion/").content.decode()
    assert "wave.example" in listed
    assert client.get("/admin/supporters/sweep/?waits=yes").status_code == 200
