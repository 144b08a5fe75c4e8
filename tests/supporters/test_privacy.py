"""Nobody is exposed: no cookie, no variation on one, no address of a signer on any public page."""

import pytest

from supporters.fold import fold
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory

pytestmark = pytest.mark.django_db

PUBLIC = [
    "/",
    "/petitions/",
    "/petitions/?q=bridge&status=open&sort=newest",
    "/petitions.atom",
    "/petitions/mend/",
    "/petitions/mend/sign/",
    "/petitions/mend/count.json",
    "/petitions/mend/ledger.json",
    "/petitions/mend/supporters/",
    "/petitions/mend/updates.atom",
    "/petitions/nobody-knows/",
]


@pytest.fixture
def petition():
    petition = PetitionFactory(is_open=True, slug="mend", title="Mend the bridge")
    UpdateFactory(petition=petition)
    SignatureFactory.create_batch(
        3,
        petition=petition,
        is_confirmed=True,
        display="full",
        reason="Yes.",
        postal_code="SECRET1",
    )
    SignatureFactory(
        petition=petition, is_confirmed=True, display="hidden", given_name="Hiddenname"
    )
    fold(petition.pk)
    return petition


@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_are_the_same_for_everybody(client, admin_user, petition, address):
    stranger = client.get(address)
    assert not stranger.cookies
    assert "Cookie" not in stranger.get("Vary", "")
    staff = type(client)()
    staff.force_login(admin_user)
    seen = staff.get(address)
    assert not seen.cookies
    if "json" not in address:
        assert stranger["Content-Type"] == seen["Content-Type"]
        assert admin_user.username.encode() not in seen.content


@pytest.mark.parametrize("address", PUBLIC)
def test_public_pages_expose_nobody(client, petition, address):
    content = client.get(address).content.decode()
    assert "@example.org" not in content.replace("name@example.org", "")
    assert "SECRET1" not in content
    assert "Hiddenname" not in content


@pytest.mark.parametrize("address", PUBLIC)
def test_pages_load_nothing_from_elsewhere(client, petition, address):
    response = client.get(address)
    policy = response["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "nonce" not in policy
    assert response["X-Content-Type-Options"] == "nosniff"


def test_token_pages_set_no_cookie(client, petition):
    row = SignatureFactory(petition=petition)
    for purpose in (Purpose.CONFIRM, Purpose.SIGNATURE, Purpose.UNSUBSCRIBE):
        response = client.get(f"/{purpose}/{make(purpose, row.pk)}/")
        assert response.status_code == 200
        assert not response.cookies
        assert response["Cache-Control"] == "no-store"
