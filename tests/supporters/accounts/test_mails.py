"""Confirming an address and choosing a new password, by mails that went through the worker."""

import pytest
from allauth.account.models import EmailAddress

from petitions.models import User
from supporters.models import OutgoingMail
from tests.supporters.accounts.conftest import PASSWORD, link_in, logged_in, member, typed

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "quite-another-12"


class TestConfirming:
    def test_before_the_first_log_in(self, client, post):
        sam = member("sam", confirmed=False, is_staff=True)
        answer = client.post("/accounts/login/", typed("sam"), follow=True)
        assert b"A mail is on its way to your address." in answer.content
        assert "_auth_user_id" not in client.session
        [mail] = post()
        assert (mail["To"], mail["Subject"]) == (
            "sam@example.org", "Confirm your address on Undersigned",
        )  # fmt: skip
        link = link_in(mail, "/accounts/confirm-email/")
        assert b"sam@example.org" in client.get(link).content  # a mail scanner's visit
        assert not EmailAddress.objects.get(user=sam).verified
        client.post(link)
        assert EmailAddress.objects.get(user=sam).verified
        assert client.post("/accounts/login/", typed("sam"))["Location"] == "/admin/"
        assert b"not right, or no longer" in client.get(link).content

    def test_another_address(self, client, mo, post):
        logged_in(client, mo)
        page = client.post(
            "/accounts/email/", {"action_add": "1", "email": "mo@example.net"}, follow=True
        )
        assert b"A mail with a link is on its way to mo@example.net." in page.content
        assert b"not confirmed yet" in page.content
        [mail] = post()
        assert mail["To"] == "mo@example.net"
        client.post(link_in(mail, "/accounts/confirm-email/"))
        client.post("/accounts/email/", {"action_primary": "1", "email": "mo@example.net"})
        mo.refresh_from_db()
        assert mo.email == "mo@example.net"
        # Whoever had the old one knows of it.
        told = {mail["To"] for mail in post() if "was changed" in mail["Subject"]}
        assert "mo@example.org" in told

    def test_an_address_of_somebody_else_is_not_given_away(self, client, mo):
        member("ana")
        logged_in(client, mo)
        for address in ("ana@example.org", "nobody@example.org"):
            page = client.post(
                "/accounts/email/", {"action_add": "1", "email": address}, follow=True
            )
            assert f"A mail with a link is on its way to {address}.".encode() in page.content

    def test_without_any_address_one_gets_in_and_is_asked_for_one(self, client):
        member("sam", email="", confirmed=False)
        page = client.post("/accounts/login/", typed("sam"), follow=True)
        assert b"Without one you cannot choose a new password" in page.content

    def test_a_link_that_somebody_invented(self, client, db):
        page = client.get("/accounts/confirm-email/invented/")
        assert b"This link is not right, or no longer" in page.content


class TestForgotten:
    def ask(self, client, address="mo@example.org"):
        page = client.post("/accounts/password/reset/", {"email": address}, follow=True)
        assert b"Look into your mailbox" in page.content
        return page

    def test_by_a_link_that_works_once(self, client, mo, post):
        self.ask(client)
        [mail] = post()
        assert mail["Subject"] == "Choose a new password on Undersigned"
        assert "your account on Undersigned" in mail.get_body(("plain",)).get_content()
        link = link_in(mail, "/accounts/password/reset/key/")
        form = client.get(link, follow=True)
        where = form.redirect_chain[-1][0]
        assert where.endswith("set-password/")  # the secret is in no address, no log, no Referer
        done = client.post(where, {"password1": NEW, "password2": NEW}, follow=True)
        assert b"Your password is changed" in done.content
        assert client.post("/accounts/login/", typed(password=PASSWORD)).status_code == 200
        assert client.post("/accounts/login/", typed(password=NEW)).status_code == 302
        assert b"not right, or no longer" in client.get(link, follow=True).content
        [told] = post()
        assert "The password was changed." in told.get_body(("plain",)).get_content()

    def test_too_easy_a_password_is_refused_beside_its_field(self, client, mo, post):
        self.ask(client)
        [mail] = post()
        where = client.get(link_in(mail, "/accounts/password/reset/key/"), follow=True)
        path = where.redirect_chain[-1][0]
        page = client.post(path, {"password1": "12345678", "password2": "12345678"})
        assert b'<a href="#id_password1">' in page.content

    def test_it_proves_the_address_too(self, client, post):
        sam = member("sam", confirmed=False)
        sam.set_unusable_password()
        sam.save()
        self.ask(client, "sam@example.org")
        [mail] = post()
        where = client.get(link_in(mail, "/accounts/password/reset/key/"), follow=True)
        client.post(where.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})
        assert client.post("/accounts/login/", typed("sam", NEW))["Location"] == "/accounts/"

    def test_who_has_no_account_gets_the_same_page_and_another_mail(self, client, mo, post):
        pages = [
            self.ask(client, address).content.decode() for address in ("mo@example.org", "no@b.org")
        ]
        bare = [page.split("csrfmiddlewaretoken")[0] for page in pages]
        assert bare[0] == bare[1]
        mails = {mail["To"]: mail for mail in post()}
        assert mails["no@b.org"]["Subject"] == "No account on Undersigned has this address"
        assert "/accounts/password" not in mails["no@b.org"].get_body(("plain",)).get_content()

    def test_a_stranger_is_not_mailed_for_ever(self, client, post):
        for _ in range(3):
            self.ask(client, "no@b.org")
        answer = client.post("/accounts/password/reset/", {"email": "no@b.org"})
        assert answer.status_code == 429
        assert len(post()) == 3

    def test_while_the_mail_server_is_away_the_mail_waits(self, client, mo, post, smtp_server):
        from supporters.delivery import deliver  # noqa: PLC0415

        smtp_server.fail_connections()
        self.ask(client)
        assert deliver().trouble
        smtp_server.mend_connections()
        [mail] = post()
        assert link_in(mail, "/accounts/password/reset/key/")


def test_no_secret_waits_in_the_outbox(client, mo):
    client.post("/accounts/password/reset/", {"email": "mo@example.org"})
    [mail] = OutgoingMail.objects.all()
    assert set(mail.payload) == {"letter", "language", "user"}
    assert (mail.kind, mail.recipient) == ("account", "mo@example.org")


def test_nothing_is_said_about_an_account_that_went_in_between(client, mo, post):
    client.post("/accounts/password/reset/", {"email": "mo@example.org"})
    User.objects.all().delete()
    assert post() == []
    assert not OutgoingMail.objects.exists()


def test_in_the_language_of_the_browser(client, mo, post):
    page = client.post(
        "/accounts/password/reset/", {"email": "mo@example.org"}, follow=True,
        headers={"accept-language": "es"},
    )  # fmt: skip
    assert 'lang="es"' in page.content.decode()
    [mail] = post()
    assert mail["Subject"] == "Elige otra contraseña en Undersigned"
    assert "Hola, Mo:" in mail.get_body(("plain",)).get_content()
