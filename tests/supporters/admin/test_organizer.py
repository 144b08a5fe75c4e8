"""An organizer in the admin sees and changes nothing of anybody else's."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.urls import URLPattern, URLResolver

from petitions.models import (
    ModerationEvent,
    Petition,
    PetitionTarget,
    PetitionVersion,
    Update,
)
from supporters.admin.checklist import checklist
from supporters.models import CountAdjustment, Mailing, OutgoingMail, Signature
from tests.factories import (
    ActionStepFactory,
    PetitionFactory,
    SignatureFactory,
    TargetFactory,
    UpdateFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/petitions/petition/"


def page(petition: Petition) -> str:
    return f"{LIST}{petition.pk}/change/"


@pytest.fixture
def secret(ana, mo):
    """Ana's draft with a row of every kind; nothing of it is for Bo."""
    petition = PetitionFactory(
        organizer=ana, title="Xylophone draft", slug="xylophone-draft", body="Xylophone story"
    )
    step = ActionStepFactory(petition=petition, contact="Xylophone office")
    update = UpdateFactory(petition=petition, title="Xylophone update", published_at=None)
    target = TargetFactory(name="A public board", email="xylophone-board@example.org")
    link = PetitionTarget.objects.create(petition=petition, target=target)
    event = ModerationEvent.objects.create(
        petition=petition, actor=mo, from_status="in_review", to_status="draft",
        public_note="Xylophone note", private_note="Xylophone secret",
    )  # fmt: skip
    signature = SignatureFactory(petition=petition, email="xylophone-signer@example.org")
    adjustment = CountAdjustment.objects.create(
        petition=petition, kind="paper", quantity=3, source="Xylophone lists"
    )
    mailing = Mailing.objects.create(update=update)
    mail = OutgoingMail.objects.create(
        kind="signature", recipient="xylophone-mail@example.org", petition=petition
    )
    LogEntry.objects.create(
        user=mo, content_type=ContentType.objects.get_for_model(Petition), object_id=petition.pk,
        object_repr=petition.title, action_flag=CHANGE, change_message="Xylophone log",
    )  # fmt: skip
    Session.objects.all().delete()
    return {
        "petition": petition, "actionstep": step, "update": update, "target": target,
        "petitiontarget": link, "moderationevent": event, "signature": signature,
        "countadjustment": adjustment, "mailing": mailing, "outgoingmail": mail, "user": ana,
        "version": PetitionVersion.objects.get(petition=petition),
    }  # fmt: skip


def tells(answer) -> bool:
    """Whether an answer, its headers included, holds a word of Ana's draft."""
    text = answer.content.decode() + str(dict(answer.items()))
    return bool(re.search("xylophone", text, re.IGNORECASE))


def every_pattern(patterns, before=""):
    for entry in patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from every_pattern(entry.url_patterns, route)
        elif isinstance(entry, URLPattern):
            yield route


def addresses(secret) -> list[str]:
    """Every address of the admin, with the ids of Ana's rows wherever one belongs."""
    found = set()
    content_types = ContentType.objects.all()
    for route in every_pattern(admin.site.get_urls()):
        if route.startswith("r/"):
            found |= {f"r/{kind.pk}/{row.pk}/" for kind in content_types for row in secret.values()}
            continue
        app_and_model = route.split("/")[:2]
        ids = ["1"]
        if len(app_and_model) == 2 and app_and_model[1] in secret:
            ids = [str(secret[app_and_model[1]].pk)]
        for pk in ids:
            address = re.sub(r"<path:object_id>|<id>|<path:content_type_id>", pk, route)
            address = address.replace("<int:update_id>", str(secret["update"].pk))
            if "<str:move>" in address:
                names = ("submit", "publish", "send-back", "reject", "close", "reopen", "hide")
                found |= {address.replace("<str:move>", move) for move in (*names, "restore", "x")}
            elif address.startswith("^"):
                found.add("petitions/")
                found.add("supporters/")
            elif "(?P<url>" in address:
                found.add("nonsense/")
            else:
                found.add(address)
    return [f"/admin/{address}" for address in sorted(found)]


@pytest.mark.journeys
def test_no_address_of_the_admin_shows_or_changes_anothers_petition(as_user, bo, secret):
    client = as_user(bo)
    petition = secret["petition"]
    rows = {
        name: type(row).objects.filter(pk=row.pk).values().get() for name, row in secret.items()
    }
    number = {model: model.objects.count() for model in (Petition, ModerationEvent, Signature)}
    walked = addresses(secret)
    assert f"/admin/petitions/petition/{petition.pk}/change/" in walked
    assert f"/admin/petitions/petition/{petition.pk}/delete/" in walked
    assert f"/admin/petitions/petition/{petition.pk}/move/submit/" in walked
    assert f"/admin/petitions/petition/{petition.pk}/history/" in walked
    assert f"/admin/supporters/signature/{secret['signature'].pk}/change/" in walked
    assert "/admin/autocomplete/" in walked

    posted = {
        "post": "yes", "_save": "Save", "confirmed": "yes", "title": "Taken over",
        "action": "publish_selected", "_selected_action": str(petition.pk), "note": "Mine now",
        "reason": "other", "outcome": "none",
    }  # fmt: skip
    for address in walked:
        for query in ("", f"?_popup=1&q={petition.pk}&petition={petition.pk}&_to_field=id"):
            answer = client.get(address + query)
            assert answer.status_code < 500, address
            assert not tells(answer), (address, query)
        if "logout" in address:
            continue
        answer = client.post(address, posted)
        assert answer.status_code < 500, address
        assert not tells(answer), address

    for name, row in secret.items():
        after = type(row).objects.filter(pk=row.pk).values().get()
        assert after == rows[name], name
    assert number == {model: model.objects.count() for model in number}


@pytest.mark.parametrize(
    "tail",
    ["change/", "delete/", "history/", "move/submit/", "move/publish/", "move/close/", ""],
)
def test_anothers_petition_is_as_if_it_were_not_there(as_user, bo, secret, tail):
    client = as_user(bo)
    theirs = client.get(f"{LIST}{secret['petition'].pk}/{tail}", follow=True)
    nobodys = client.get(f"{LIST}999999/{tail}", follow=True)
    assert theirs.status_code == nobodys.status_code
    text = theirs.content.decode().replace(str(secret["petition"].pk), "999999")
    assert ("doesn’t exist" in text) == ("doesn’t exist" in nobodys.content.decode())


@pytest.mark.parametrize("model", ["signature", "countadjustment", "outgoingmail", "mailing"])
def test_nothing_of_signers_is_for_organizers_not_even_their_own(as_user, ana, secret, model):
    client = as_user(ana)
    for tail in ("", "add/", f"{secret[model].pk}/change/", f"{secret[model].pk}/history/"):
        for answer in (
            client.get(f"/admin/supporters/{model}/{tail}"),
            client.post(f"/admin/supporters/{model}/{tail}", {"post": "yes"}),
        ):
            assert answer.status_code == 403, tail
    assert client.get("/admin/supporters/").status_code == 404


def test_accounts_and_groups_are_not_for_organizers(as_user, bo, ana):
    client = as_user(bo)
    for address in (
        "/admin/petitions/user/",
        "/admin/petitions/user/?password__startswith=md5",
        f"/admin/petitions/user/{ana.pk}/change/",
        f"/admin/petitions/user/{ana.pk}/password/",
        "/admin/auth/group/",
    ):
        assert client.get(address).status_code == 403, address


@pytest.mark.parametrize(
    "query",
    [
        "organizer__password__startswith=md5", "organizer__email__contains=a",
        "events__private_note__contains=secret", "updates__title__startswith=X",
        "organizer__id__exact=1", "petition__id__exact=1", "title__startswith=X", "id__gt=0",
        "versions__title__startswith=X", "moderation_events__id=1",
    ],
)  # fmt: skip
def test_lookups_in_the_address_spell_out_nothing(as_user, bo, secret, query):
    mine = PetitionFactory(organizer=bo, title="Bo's own")
    answer = as_user(bo).get(f"{LIST}?{query}", follow=True)
    assert answer.status_code in {200, 400}
    assert not tells(answer)
    if answer.status_code == 200:  # ours to see whatever was asked
        assert mine.title in answer.content.decode().replace("&#x27;", "'")


def test_lookups_do_not_spell_out_the_addresses_of_targets(as_user, bo, secret):
    client = as_user(bo)
    assert client.get("/admin/petitions/target/").status_code == 200
    assert not tells(client.get("/admin/petitions/target/"))
    assert client.get("/admin/petitions/target/?email__startswith=x").status_code == 400
    assert client.get(f"/admin/petitions/target/{secret['target'].pk}/change/").status_code == 403


@pytest.mark.parametrize(
    ("source", "status"),
    [
        ("petitions/petition/organizer", 403),
        ("petitions/update/author", 403),
        ("petitions/update/petition", 200),
        ("petitions/actionstep/petition", 200),
        ("petitions/moderationevent/petition", 200),
        ("supporters/signature/petition", 200),
        ("supporters/outgoingmail/signature", 403),
        ("supporters/mailing/update", 403),
        ("admin/logentry/user", 403),
        ("petitions/petitiontarget/target", 200),
    ],
)
def test_autocomplete_offers_own_petitions_and_public_names(as_user, bo, secret, source, status):
    PetitionFactory(organizer=bo, title="Bo's own xylophone")
    app, model, field = source.split("/")
    asked = {"app_label": app, "model_name": model, "field_name": field}
    client = as_user(bo)
    for term in ("", "xylophone", "a"):
        answer = client.get("/admin/autocomplete/", {**asked, "term": term})
        assert answer.status_code == status
        if status == 200:
            texts = {row["text"] for row in answer.json()["results"]}
            assert texts <= {"Bo's own xylophone", "A public board"}


def test_view_on_site_gives_no_address_away(as_user, ana, bo, mo, secret):
    kind = ContentType.objects.get_for_model(Petition).pk
    address = f"/admin/r/{kind}/{secret['petition'].pk}/"
    assert as_user(bo).get(address).status_code == 404
    for user in (ana, mo):
        answer = as_user(user).get(address)
        assert answer.status_code == 302
        assert answer["Location"] == "/petitions/xylophone-draft/"
    assert as_user(mo).get(f"/admin/r/{kind}/999999/").status_code == 404
    assert as_user(mo).get(f"/admin/r/99999999999999999999/{kind}/").status_code == 404
    assert as_user(mo).get("/admin/r/x/1/").status_code == 404


def test_posted_ids_of_anothers_rows_change_nothing(as_user, bo, secret, page_of):
    client = as_user(bo)
    mine = PetitionFactory(organizer=bo, is_open=True, title="Bo's own")
    UpdateFactory(petition=mine)
    ActionStepFactory(petition=mine)
    PetitionTarget.objects.create(petition=mine, target=TargetFactory())
    theirs = {
        "steps": (secret["actionstep"], {"kind": "call", "contact": "Taken"}),
        "target_links": (secret["petitiontarget"], {"relation": "called"}),
        "new_targets": (secret["petitiontarget"], {"relation": "called"}),
        "events": (secret["moderationevent"], {"public_note": "Taken"}),
    }
    sent = page_of(client, mine)
    for prefix, (row, values) in theirs.items():
        for parent in (mine, secret["petition"]):
            for extra in ({}, {f"{prefix}-0-DELETE": "on"}):
                data = sent | {
                    f"{prefix}-TOTAL_FORMS": "1", f"{prefix}-INITIAL_FORMS": "1",
                    f"{prefix}-0-id": str(row.pk), f"{prefix}-0-petition": str(parent.pk),
                    f"{prefix}-0-happened_on": "2020-01-01", **extra,
                }  # fmt: skip
                data |= {f"{prefix}-0-{name}": value for name, value in values.items()}
                before = type(row).objects.filter(pk=row.pk).values().get()
                answer = client.post(page(mine), data)
                assert answer.status_code in {200, 302}, prefix
                assert not tells(answer), prefix
                assert type(row).objects.filter(pk=row.pk).values().get() == before, prefix
    assert not Update.objects.filter(body="Taken").exists()
    assert secret["petition"].updates.count() == secret["petition"].steps.count() == 1


def test_an_update_cannot_be_put_or_found_under_another_petition(as_user, bo, secret):
    client = as_user(bo)
    mine = PetitionFactory(organizer=bo, is_open=True)
    typed = {"kind": "news", "body": "Taken", "happened_on": "2020-01-01", "when": "now",
             "action": "save"}  # fmt: skip
    theirs = secret["petition"].pk
    stored = Update.objects.filter(pk=secret["update"].pk)
    before = stored.values().get()
    also = {"petition": str(theirs), "pk": str(secret["update"].pk)}
    assert client.post(f"{LIST}{mine.pk}/updates/new/", typed | also).status_code == 302
    assert Update.objects.exclude(pk=secret["update"].pk).get().petition == mine
    for place in ("", "mailing/"):
        address = f"{LIST}{mine.pk}/updates/{secret['update'].pk}/{place}"
        for answer in (client.get(address), client.post(address, typed)):
            assert answer.status_code == 404
            assert not tells(answer)
    assert client.post(f"{LIST}{theirs}/updates/new/", typed).status_code == 404
    assert client.post(f"{LIST}{theirs}/updates/preview/", typed).status_code == 404
    assert stored.values().get() == before
    assert secret["petition"].updates.count() == 1


def test_staff_without_a_group_see_nothing(as_user, nobody_yet, secret):
    petition = PetitionFactory(organizer=nobody_yet, title="Own xylophone")
    client = as_user(nobody_yet)
    assert not tells(client.get("/admin/"))
    for address in addresses(secret):
        answer = client.get(address)
        assert answer.status_code < 500
        assert not tells(answer), address
    assert client.get(page(petition)).status_code == 403
    assert client.post(f"{LIST}{petition.pk}/move/submit/").status_code == 403


def test_the_checklist_goes_once_all_is_done(ana):
    petition = PetitionFactory(is_open=True, organizer=ana, goal=50, supporter_count=11)
    petition.picture, petition.picture_alt = "bridge.webp", "A bridge without a railing."
    petition.target_links.create(target=TargetFactory())
    assert [item.text for item in checklist(ana, petition) if not item.is_done] == [
        "A first update, with what happens next"
    ]
    UpdateFactory(petition=petition)
    assert checklist(ana, petition) == []
