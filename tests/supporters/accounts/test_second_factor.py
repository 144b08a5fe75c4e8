"""Authenticator app, recovery codes, and what passkeys need from the pages."""

import json
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value

from supporters.models import OutgoingMail
from tests.supporters.accounts.conftest import PASSWORD, member, typed

pytestmark = pytest.mark.django_db


def code_for(secret: str, *, periods: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + periods))


def prove(client) -> None:
    """Before anything that guards the account: the password once more."""
    asked = client.get("/accounts/2fa/totp/activate/")
    assert asked["Location"].startswith("/accounts/reauthenticate/")
    assert b"Is it you?" in client.get(asked["Location"]).content
    assert client.post(asked["Location"], {"password": "wrong"}).status_code == 200
    answer = client.post(asked["Location"], {"password": PASSWORD})
    assert answer["Location"] == "/accounts/2fa/totp/activate/"


def set_up(client) -> str:
    page = client.get("/accounts/2fa/totp/activate/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page)[1]
    answer = client.post("/accounts/2fa/totp/activate/", {"code": code_for(secret)})
    assert answer["Location"] == "/accounts/2fa/recovery-codes/"
    return secret


@pytest.fixture
def guarded(client, mo) -> str:
    """Mo's secret, after setting up an app and logging out."""
    client.force_login(mo)
    prove(client)
    secret = set_up(client)
    client.post("/accounts/logout/")
    return secret


class TestApp:
    def test_the_code_to_scan_is_drawn_without_styles(self, client, mo):
        client.force_login(mo)
        prove(client)
        page = client.get("/accounts/2fa/totp/activate/").content.decode()
        [svg] = re.findall(r"<svg.*?</svg>", page, re.DOTALL)
        assert "style" not in svg
        assert "<path" in svg
        assert "data:image" not in page
        assert "style=" not in page

    def test_a_wrong_code_sets_up_nothing(self, client, mo):
        client.force_login(mo)
        prove(client)
        client.get("/accounts/2fa/totp/activate/")
        page = client.post("/accounts/2fa/totp/activate/", {"code": "abc"})
        assert b'<a href="#id_code">This code is not right, or no longer.</a>' in page.content
        assert not Authenticator.objects.exists()

    @pytest.mark.django_db(transaction=True)
    def test_the_owner_is_told(self, guarded):
        said = {mail.payload.get("what") for mail in OutgoingMail.objects.all()}
        assert "totp_activated" in said

    def test_the_password_alone_is_no_longer_enough(self, client, guarded):
        answer = client.post("/accounts/login/?next=/admin/", typed(next="/admin/"))
        assert answer["Location"].startswith("/accounts/2fa/authenticate/")
        assert client.get("/admin/").status_code == 302
        page = client.get("/accounts/2fa/authenticate/")
        assert b"One more step" in page.content
        assert client.post("/accounts/2fa/authenticate/", {"code": "000"}).status_code == 200
        assert client.get("/admin/").status_code == 302
        done = client.post("/accounts/2fa/authenticate/", {"code": code_for(guarded, periods=1)})
        assert done["Location"] == "/admin/"
        assert client.get("/admin/").status_code == 200

    def test_codes_cannot_be_tried_for_long(self, client, guarded):
        client.post("/accounts/login/", typed())
        for _ in range(5):
            client.post("/accounts/2fa/authenticate/", {"code": "000"})
        page = client.post("/accounts/2fa/authenticate/", {"code": code_for(guarded, periods=1)})
        assert b"Too many tries failed." in page.content

    def test_half_a_log_in_can_be_cancelled(self, client, guarded):
        client.post("/accounts/login/", typed())
        assert b"Cancel" in client.get("/accounts/2fa/authenticate/").content
        client.post("/accounts/logout/", {"next": "/accounts/login/"})
        again = client.get("/accounts/2fa/authenticate/")
        assert again["Location"] == "/accounts/login/"

    def test_can_be_given_up(self, client, guarded):
        client.post("/accounts/login/", typed())
        client.post("/accounts/2fa/authenticate/", {"code": code_for(guarded, periods=1)})
        path = "/accounts/2fa/totp/deactivate/"
        asked = client.get(path)["Location"]
        client.post(asked, {"password": PASSWORD})
        assert b"Stop using" in client.get(path).content
        client.post(path)
        assert not Authenticator.objects.exists()


def test_a_recovery_code_works_once(client, guarded, mo):
    client.force_login(mo)
    asked = client.get("/accounts/2fa/recovery-codes/", follow=True)
    assert asked.status_code == 200
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert len(codes) == 10
    client.post("/accounts/logout/")

    def log_in(code):
        client.post("/accounts/login/", typed())
        return client.post("/accounts/2fa/authenticate/", {"code": code})

    assert log_in(codes[0])["Location"] == "/admin/"
    client.post("/accounts/logout/")
    assert log_in(codes[0]).status_code == 200


def test_no_second_factor_before_the_addresses_are_confirmed(client):
    sam = member("sam", confirmed=False)
    client.force_login(sam)
    client.get("/accounts/email/")
    page = client.get("/accounts/2fa/totp/activate/", follow=True)
    assert b"Confirm your email addresses first" in page.content


class TestPasskeys:
    def test_the_log_in_offers_one_and_says_what_it_needs(self, client, db):
        page = client.get("/accounts/login/").content.decode()
        assert "Passkeys need a browser that has them, with JavaScript on." in page
        assert re.search(r'<script type="module" src="/static/js/passkey.js"></script>', page)
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        options = client.get(
            "/accounts/2fa/webauthn/login/", headers={"accept": "application/json"}
        ).json()["request_options"]["publicKey"]
        assert options["rpId"] == "testserver"
        assert options["userVerification"] == "required" or options["challenge"]

    def test_the_options_to_make_one(self, client, mo):
        client.force_login(mo)
        prove(client)
        page = client.get("/accounts/2fa/webauthn/add/").content.decode()
        [text] = re.findall(
            r'<script id="passkey-options" type="application/json">(.*?)</script>', page
        )
        options = json.loads(text)["creation_options"]["publicKey"]
        assert options["rp"] == {"id": "testserver", "name": "Undersigned"}
        assert options["user"]["name"] == "mo@example.org"

    @pytest.mark.parametrize("credential", ["", "x", "{}", "[]", '"a"', '{"id": 1}'])
    def test_nonsense_lets_nobody_in(self, client, guarded, credential):
        path = "/accounts/2fa/webauthn/login/"
        client.get(path, headers={"accept": "application/json"})
        assert client.post(path, {"credential": credential})["Location"] == "/accounts/login/"
        client.post("/accounts/login/", typed())
        client.get("/accounts/2fa/authenticate/")
        page = client.post("/accounts/2fa/authenticate/", {"credential": credential})
        assert page.status_code == 200
        assert "_auth_user_id" not in client.session

    def test_nonsense_makes_none(self, client, mo):
        client.force_login(mo)
        prove(client)
        client.get("/accounts/2fa/webauthn/add/")
        for credential in ("", "x", "{}", '{"id": 1}'):
            page = client.post(
                "/accounts/2fa/webauthn/add/", {"name": "a", "credential": credential}
            )
            assert page.status_code == 200
            assert b'role="alert"' in page.content
        assert not Authenticator.objects.exists()


def test_the_admin_shows_no_secret_and_takes_factors_away(client, guarded, mo, admin_user):
    client.force_login(admin_user)
    app = Authenticator.objects.get(type="totp")
    page = client.get(f"/admin/mfa/authenticator/{app.pk}/change/")
    assert page.status_code == 200
    assert b"secret" not in page.content
    assert app.data["secret"].encode() not in page.content
    client.post(f"/admin/mfa/authenticator/{app.pk}/delete/", {"post": "yes"})
    assert not Authenticator.objects.filter(type="totp").exists()
    assert client.get("/admin/usersessions/usersession/").status_code == 404
