"""The way out for who did not sign, on the page that their mail leads to."""

import pytest

from supporters.fold import fold
from supporters.models import BlockedAddress, CountAdjustment, OutgoingMail, Signature
from supporters.signature_acts import remove
from supporters.tokens import Purpose, make
from tests.factories import ActionStepFactory, SignatureFactory, UserFactory, typed

pytestmark = pytest.mark.django_db


@pytest.fixture
def signature():
    return SignatureFactory(petition__slug="mend", is_confirmed=True, email="sam@example.org")


def link(signature) -> str:
    return f"/signature/{make(Purpose.SIGNATURE, signature.pk)}/"


def head(html: str) -> str:
    return html.partition('<div class="head">')[2].partition('<div class="numbers">')[0]


def test_this_was_not_me_stops_the_mail(client, signature):
    client.post(link(signature), {"action": "not_me"})
    assert client.get("/petitions/mend/count.json").json()["count"] == 0
    signature.refresh_from_db()
    assert (signature.status, signature.email) == ("removed", "")
    answer = client.post("/petitions/mend/sign/", typed(email="S.am+x@example.org"))
    assert answer.status_code == 302
    OutgoingMail.objects.all().delete()
    answer = client.post("/petitions/mend/sign/", typed(email="Sam+y@example.org"))
    assert answer.status_code == 302
    assert not OutgoingMail.objects.exists()
    assert not Signature.objects.filter(email_key="sam@example.org").exists()


def test_pending_signature_can_be_disowned(client):
    signature = SignatureFactory(petition__slug="mend")
    ActionStepFactory(petition=signature.petition)
    html = client.get(link(signature)).content.decode()
    assert "<h1>Not confirmed yet</h1>" in html
    assert "<title>Not confirmed yet · " in html
    assert '<details id="not-me" open>' in head(html)
    assert html.count('value="not_me"') == 1
    for later in ("share", "steps"):  # nothing to share or to do before confirming
        assert f'aria-labelledby="{later}-title"' not in html
    client.post(link(signature), {"action": "not_me"})
    signature.refresh_from_db()
    assert signature.status == "removed"


def test_who_comes_to_say_so_is_not_asked_to_confirm_first(client):
    signature = SignatureFactory(petition__slug="mend")
    html = client.get(link(signature) + "?not-me").content.decode()
    assert "<h1>You did not sign this?</h1>" in html
    assert "<title>You did not sign this?" in html
    assert '<button class="button" name="action" value="not_me">' in html
    assert "Somebody signed with your address:" in html
    assert "You signed" not in html
    assert html.count("/confirm/") == 1
    assert html.index('value="not_me"') < html.index("/confirm/")
    assert 'class="button" href="/confirm/' not in html
    signature.petition.hide(by=None)
    html = client.get(link(signature) + "?not-me").content.decode()
    assert "The petition is no longer shown.<" in html
    assert "/confirm/" not in html


def test_the_mails_link_for_who_did_not_sign_opens_that_part_above(client, signature):
    html = client.get(link(signature) + "?not-me").content.decode()
    assert '<details id="not-me" open>' in head(html)
    assert html.count('value="not_me"') == 1
    assert '<details id="not-me">' in client.get(link(signature)).content.decode()
    remove(signature, by=UserFactory(), reason="A wave.")
    assert '<details id="not-me" open>' in client.get(link(signature) + "?not-me").content.decode()


def test_who_was_removed_by_moderators_can_be_erased(client, signature):
    """Until then it is kept, so that it can be brought back."""
    fold(signature.petition_id)
    remove(signature, by=UserFactory(), reason="A wave.")
    html = client.get(link(signature)).content.decode()
    assert "<h1>This signature was removed.</h1>" in html
    assert "If it is yours, write to us soon" in html
    assert '<a href="/petitions/mend/count/">Why signatures were removed</a>' in html
    assert html.count('value="not_me"') == 1
    assert client.post(link(signature), {"action": "not_me"}).status_code == 302
    signature.refresh_from_db()
    assert (signature.status, signature.email, signature.reason) == ("removed", "", "")
    assert CountAdjustment.objects.get().quantity == -1
    assert BlockedAddress.objects.count() == 1
    html = client.get(link(signature)).content.decode()
    assert 'value="not_me"' not in html
    assert "write to us" not in html
