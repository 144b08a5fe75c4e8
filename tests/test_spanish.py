"""The site in Spanish: no English left over, and dates, numbers and names as in Spanish."""

import datetime as dt
import re

import pytest
from django.utils import timezone, translation

from petitions.models import Petition, StaffAct, Topic
from supporters import mails
from supporters.fold import fold
from supporters.forms import SignForm
from supporters.models import CountAdjustment, HourlyCount, Signature
from supporters.tokens import Purpose, make
from supporters.withdrawing import disown, withdraw
from tests.english import english_in, texts_of
from tests.factories import (
    ActionStepFactory,
    PetitionFactory,
    SignatureFactory,
    TargetFactory,
    UpdateFactory,
    UserFactory,
    typed,
)
from tests.supporters.outbox_rows import mailing, signature_mail

pytestmark = pytest.mark.django_db

HELP = ("how-it-works", "how-we-count", "privacy", "accessibility", "rules", "contact")
OPENED = dt.datetime(2012, 8, 17, 10, tzinfo=dt.UTC)
IN_SPANISH = {
    "language": "es",
    "summary": "El puente está cerrado desde mayo.",
    "body": "Se cerró tras la riada.",
    "ask": "Arreglad el puente antes del invierno.",
}


def petition(**fields) -> Petition:
    if "in_review" not in fields:
        fields["opened_at"] = OPENED
    return PetitionFactory(**{"title": "Arreglar el puente", **IN_SPANISH, **fields})


def signed(petition, **fields) -> Signature:
    return SignatureFactory(
        petition=petition, language="es", reason="Vivo al lado.", wants_updates=True, **fields
    )


@pytest.fixture
def bridge():
    """An open petition that has everything a page can show."""
    topic = Topic.objects.create(name="Calles", slug="calles")
    bridge = petition(is_open=True, slug="puente", goal=100, on_behalf_of="Vecinas",
                      closes_at=timezone.now() + dt.timedelta(days=9))  # fmt: skip
    bridge.topics.add(topic)
    for name in ("Alcaldía", "Obras"):
        bridge.target_links.create(target=TargetFactory(name=name, role="Oficina"))
    for kind in ("call", "write", "visit", "share", "other"):
        for contact in ("Obras", ""):
            ActionStepFactory(petition=bridge, kind=kind, contact=contact, email="o@example.org")
    UpdateFactory(petition=bridge, title="Respuesta", body="En marzo.", happened_on=OPENED.date())
    CountAdjustment.objects.create(petition=bridge, kind="carried_over", quantity=20)
    for kind, quantity in (("paper", 9), ("removed", -2), ("withdrawn", -1), ("restored", 1)):
        CountAdjustment.objects.create(
            petition=bridge, kind=kind, quantity=quantity, reason="Repetidas.", source="Buzón"
        )
    for days in (1, 9):
        hour = timezone.now() - dt.timedelta(days=days)
        HourlyCount.objects.create(petition=bridge, hour=hour, quantity=9)
    SignatureFactory.create_batch(3, petition=bridge, is_confirmed=True, reason="Vivo al lado.")
    fold(bridge.pk)
    return bridge


def addresses(bridge: Petition) -> list[str]:
    """The public pages in their states. Each has its own petition where it needs another."""
    rows = [bridge]
    for outcome in ("none", "victory", "partial", "declined", "withdrawn"):
        rows.append(
            petition(
                is_closed=True,
                slug=outcome,
                outcome=outcome,
                outcome_note="Se arregló.",
                outcome_source="https://example.org/",
                organizer_name="Ana",
            )
        )
        ActionStepFactory(petition=rows[-1], kind="call", contact="Obras")
        rows[-1].topics.add(*bridge.topics.all())
    rows += [petition(is_open=True, slug="nueva", title="Otra"), rejected(), copied()]
    review = petition(in_review=True, title="Por leer")
    return [
        "/es/", "/es/petitions/", "/es/petitions/?q=puente", "/es/petitions/?q=nada+de+nada",
        "/es/petitions/?q=nada&status=open", "/es/petitions/?status=victory&sort=newest",
        "/es/petitions/?topic=calles", "/es/petitions/?page=9", "/es/nada/",
        f"/es/petitions/preview/{make(Purpose.PREVIEW, review.pk)}/", hidden(),
        *(f"/es/petitions/{row.slug}/" for row in rows),
        "/es/petitions/puente/sign/", "/es/petitions/puente/supporters/",
        "/es/petitions/nueva/supporters/", "/es/petitions/puente/count/",
        "/es/petitions/nueva/count/",
        "/es/help/", "/es/transparency/", "/es/petitions/puente/count/?before=2000-01-01.1",
        *(f"/es/help/{page}/" for page in HELP),
    ]  # fmt: skip


def rejected() -> Petition:
    row = petition(in_review=True, slug="rechazada")
    row.reject(by=UserFactory(), reason="unclear", note="Di a quién.")
    return row


def hidden() -> str:
    row = petition(is_open=True, slug="oculta")
    row.hide(by=UserFactory(), note="Por ley.")
    return "/es/petitions/oculta/"


def copied() -> Petition:
    return petition(is_open=True, slug="copia", read_only=True, source="Otra casa", source_id="7")


def links_of(signature: Signature) -> list[str]:
    return [
        f"/confirm/{make(Purpose.CONFIRM, signature.pk)}/",
        f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/",
        f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/?confirmed",
        f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/?saved",
        f"/unsubscribe/{make(Purpose.UNSUBSCRIBE, signature.pk)}/",
    ]


def english_of(response) -> list[str]:
    return english_in(texts_of(response.content.decode()), "es")


def test_english_is_found_where_it_is(client, bridge):
    """What the other tests rely on."""
    found = english_of(client.get("/petitions/puente/"))
    assert {"Petitions", "Sign this petition", "This petition has", "Goal: 100"} <= set(found)
    assert "Arreglar el puente" not in found


def test_public_pages(client, bridge):
    faults = {}
    for address in addresses(bridge):
        response = client.get(address)
        assert response.status_code in {200, 404, 410}, address
        if found := english_of(response):
            faults[address] = found
    assert faults == {}


def test_the_first_pages_of_an_empty_site(client):
    for address in ("/es/", "/es/petitions/"):
        assert english_of(client.get(address)) == []


@pytest.mark.parametrize(
    "changes",
    [
        dict.fromkeys(typed(), ""),
        {"given_name": "example.org", "family_name": "x" * 200, "email": "nadie"},
        {"country": "GB", "postal_code": "no", "reason": "x" * 501, "display": "nada"},
        {"country": "US", "postal_code": "x" * 40, "reason": "x" * 900},
    ],
)
def test_signing_with_errors(client, bridge, changes):
    response = client.post("/es/petitions/puente/sign/", typed(**changes))
    assert response.status_code == 200
    assert 'role="alert"' in response.content.decode()
    assert english_of(response) == []


def test_signing(client, bridge):
    response = client.post("/es/petitions/puente/sign/", typed(), follow=True)
    [address] = {address for address, _status in response.redirect_chain}
    assert address.startswith("/es/petitions/puente/signed/")
    assert english_of(response) == []
    assert english_of(client.post(address, {"action": "resend"}, follow=True)) == []
    assert Signature.objects.get(email="noor@example.org").language == "es"


def test_signing_too_late_or_too_often(client, bridge, settings):
    settings.PETITIONS_RATE_LIMITS = {**settings.PETITIONS_RATE_LIMITS, "sign": "1/hour"}
    bridge.close(by=None)
    late = client.post("/es/petitions/puente/sign/", typed())
    often = client.post("/es/petitions/puente/sign/", typed())
    assert [late.status_code, often.status_code] == [409, 429]
    assert english_of(late) == english_of(often) == []


def test_sent_from_elsewhere(client, bridge):
    headers = {"origin": "https://elsewhere.example"}
    response = client.post("/es/petitions/puente/sign/", typed(), headers=headers)
    assert response.status_code == 403
    assert english_of(response) == []


def test_pages_of_a_signer(client, bridge):
    signatures = {
        "pending": signed(bridge),
        "confirmed": signed(bridge, is_confirmed=True),
        "withdrawn": signed(bridge, is_confirmed=True),
        "removed": signed(bridge, is_confirmed=True),
        "too late": signed(petition(is_closed=True, closed_at=OPENED), created_at=OPENED),
        "gone": signed(petition(is_open=True)),
    }
    fold(bridge.pk)
    withdraw(signatures["withdrawn"].pk)
    disown(signatures["removed"].pk)
    signatures["gone"].petition.hide(by=None)
    faults = {
        (name, address): found
        for name, signature in signatures.items()
        for address in links_of(signature)
        if (found := english_of(client.get(address)))
    }
    assert faults == {}


def test_acts_of_a_signer(client, bridge):
    signature = signed(bridge, is_confirmed=True)
    _confirm, page, *_others, unsubscribe = links_of(signature)
    nothing = {"action": "save", "given_name": "", "family_name": "", "display": "full"}
    assert english_of(client.post(page, nothing)) == []
    assert english_of(client.post(unsubscribe, {"List-Unsubscribe": "One-Click"})) == []
    assert english_of(client.post(page, {"action": "withdraw"}, follow=True)) == []


# Mails


def mails_of(bridge: Petition) -> list:
    confirmed = signed(bridge, is_confirmed=True)
    update = mailing(petition=bridge, title="Buenas noticias", body="En marzo.").update
    composed = [
        mails.compose(signature_mail(signature=signed(bridge))),
        mails.compose(signature_mail(signature=confirmed)),
        mails.supporter_update(update, confirmed),
    ]
    mo, other = UserFactory(), petition(in_review=True)
    composed.append(mails.decision(other.send_back(by=mo, note="Di a quién.")))
    other.submit(by=mo)
    moves = [
        lambda: other.publish(by=mo),
        lambda: other.close(by=mo, outcome="none"),
        lambda: other.reopen(by=mo, note=""),
        lambda: other.hide(by=mo),
        lambda: other.restore(by=mo),
        lambda: petition(in_review=True).reject(by=mo, reason="unclear", note=""),
    ]
    return [*composed, *(mails.decision(move()) for move in moves)]


def test_mails(bridge):
    composed = mails_of(bridge)
    assert len(composed) == 10
    for mail in composed:
        [(html, _kind)] = mail.alternatives
        assert english_in([mail.subject, *mail.body.splitlines(), *texts_of(html)], "es") == []
        assert '<html lang="es"' in html


def test_links_in_mails_lead_to_spanish_pages(bridge):
    for mail in mails_of(bridge):
        [(html, _kind)] = mail.alternatives
        for text in (mail.body, html):
            assert "http://localhost:8000/petitions/" not in text
            assert "http://localhost:8000/es/" in text
            assert not re.search(r"http://localhost:8000/?[\s\"]", text)  # the first page


# Dates, numbers, names


def test_dates(client, bridge):
    english = client.get("/petitions/puente/").content.decode()
    spanish = client.get("/es/petitions/puente/").content.decode()
    assert english.count(">17 August 2012</time>") == spanish.count(">17 de agosto de 2012<") == 2


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (1, ">1</data> <span>firmante</span>"),
        (1_234, ">1\u202f234</data> <span>firmantes</span>"),
        (1_000_000, ">1\u202f000\u202f000</data> <span>de firmantes</span>"),
        (1_000_001, ">1\u202f000\u202f001</data> <span>firmantes</span>"),
    ],
)
def test_numbers(client, count, words):
    row = petition(is_open=True, slug="puente")
    CountAdjustment.objects.create(petition=row, kind="paper", quantity=count)
    page = client.get("/es/petitions/puente/").content.decode()
    assert words in page
    assert f'value="{count}"' in page  # a number for programs has no spaces


def test_countries():
    with translation.override("es"):
        names = [name for _code, name in SignForm().fields["country"].choices]
    assert names[0] == "Elige un país"
    assert len(names) == 250
    in_order = ["Alemania", "Argentina", "Costa de Marfil", "Costa Rica", "España", "Isla de Man",
                "Isla Norfolk", "Islas de Åland", "México", "República de Chipre",
                "República Dominicana"]  # fmt: skip
    assert [name for name in names if name in in_order] == in_order


def test_countries_in_english_have_an_order_of_their_own():
    names = [name for _code, name in SignForm().fields["country"].choices]
    assert names[:4] == ["Choose a country", "Afghanistan", "Åland Islands", "Albania"]


# The admin

PETITIONS = "/admin/petitions/petition"
LISTS = ("petitions/petition", "petitions/target", "petitions/topic", "petitions/user",
         "supporters/signature", "supporters/outgoingmail", "supporters/countadjustment",
         "supporters/mailing")  # fmt: skip
# Django's own alternative text, which it does not translate; a language by its own name.
RIGHTLY_ENGLISH = {"Search", "English"}


def admin_addresses(bridge: Petition) -> list[str]:
    review = petition(in_review=True, title="Por leer")
    closed = petition(is_closed=True, title="Cerrada ya")
    mail = signature_mail(signature=signed(bridge), failed_at=timezone.now())
    sent = mailing(petition=bridge, title="Buenas noticias", body="En marzo.")
    moves = {
        bridge: ("close", "hide"),
        closed: ("reopen",),
        review: ("publish", "reject", "send-back"),
    }
    StaffAct.record(by=None, verb="noted", subject=review, petition_id=review.pk, note="Leída.")
    return [
        "/admin/", f"{PETITIONS}/add/", "/admin/supporters/countadjustment/add/",
        "/admin/queue/", "/admin/petitions/staffact/", "/admin/petitions/moderationevent/",
        f"{PETITIONS}/{review.pk}/review/", f"{PETITIONS}/{review.pk}/claim/",
        *(f"/admin/{name}/" for name in LISTS),
        *(f"{PETITIONS}/{each.pk}/change/" for each in moves),
        *(f"{PETITIONS}/{each.pk}/move/{name}/" for each, names in moves.items() for name in names),
        "/admin/supporters/signature/search/",
        f"/admin/supporters/signature/search/?number={mail.signature_id}",
        f"/admin/supporters/signature/{mail.signature_id}/act/unsubscribe/",
        "/admin/supporters/siteswitches/1/change/",
        f"/admin/supporters/outgoingmail/{mail.pk}/change/",
        f"/admin/supporters/mailing/{sent.pk}/change/",
    ]  # fmt: skip


def test_admin(client, bridge):
    """In the browser's language, since no cache keeps it."""
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    faults = {}
    for address in admin_addresses(bridge):
        response = client.get(address, headers={"accept-language": "es"})
        assert response.status_code == 200, address
        found = english_in(texts_of(response.content.decode(), data=False), "es")
        if rest := set(found) - RIGHTLY_ENGLISH:
            faults[address] = rest
    assert faults == {}


def test_a_move_in_the_admin(client, bridge):
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    for data in ({"outcome": "none"}, {"outcome": "none"}):  # the second comes too late
        response = client.post(
            f"{PETITIONS}/{bridge.pk}/move/close/",
            data,
            headers={"accept-language": "es"},
            follow=True,
        )
        [message] = [str(each) for each in response.context["messages"]]
        assert english_in([message], "es") == []
        assert "erra" in message  # Cerrada
