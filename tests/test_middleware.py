"""Public pages know nobody, and only our proxies speak for clients."""

import pytest

from tests.factories import PetitionFactory


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/petitions/mend/", "/petitions/mend/count.json"])
@pytest.mark.parametrize(
    "cookie", ["csrftoken=x", "sessionid=x", "messages=x; sessionid=" + "a" * 32]
)
def test_a_crafted_cookie_is_not_answered_with_another(client, address, cookie):
    PetitionFactory(is_open=True, slug="mend")
    response = client.get(address, headers={"cookie": cookie})
    assert response.status_code == 200
    assert "Set-Cookie" not in response.headers
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.django_db
def test_the_admin_still_knows_its_people(client, admin_user):
    client.force_login(admin_user)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize(("peer", "status"), [("10.0.0.7", 200), ("203.0.113.9", 301)])
def test_only_a_trusted_proxy_says_that_a_request_was_encrypted(client, settings, peer, status):
    settings.PETITIONS_TRUSTED_PROXIES = ["10.0.0.0/8"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_REDIRECT_EXEMPT = []
    headers = {"x-forwarded-proto": "https"}
    response = client.get("/healthz", headers=headers, REMOTE_ADDR=peer)
    assert response.status_code == status


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/petitions/draft/", "/nowhere/", "/petitions/mend/signed/?for=x"]
)
def test_errors_are_kept_by_no_cache(client, address):
    PetitionFactory(slug="draft")
    PetitionFactory(is_open=True, slug="mend")
    response = client.get(address)
    assert response.status_code == 404
    assert response["Cache-Control"] == "no-store"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "host", ["10.0.0.5", "10.0.0.5:8000", "[fd00::5]", "evil.example", "a_b", ""]
)
def test_a_load_balancer_asks_by_whatever_address_it_has(client, host):
    for probe in ("/healthz", "/readyz"):
        answer = client.get(probe, headers={"host": host})
        assert answer.status_code == 200, probe
        assert host not in answer.content.decode() or not host
    for other in ("/", "/healthz/", "/readyzfoo", "/metrics", "/accounts/login/"):
        assert client.get(other, headers={"host": "10.0.0.5"}).status_code == 400, other
