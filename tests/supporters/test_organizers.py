"""/organizers/<slug>/: a name that is public leads to its petitions; a pseudonym leads nowhere."""

import pytest

from petitions.models import Petition, User
from tests.factories import PetitionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana() -> User:
    return UserFactory(username="secret-login", first_name="Ana", last_name="Ferreira")


def published(organizer: User, **more) -> Petition:
    row = PetitionFactory(organizer=organizer, in_review=True, **more)
    row.publish(by=None)
    return row


def page_of(client, petition: Petition) -> str:
    return client.get(f"/petitions/{petition.slug}/").content.decode()


class TestAddress:
    def test_made_from_the_name_when_the_first_petition_is_opened(self, ana) -> None:
        PetitionFactory(organizer=ana, in_review=True)
        ana.refresh_from_db()
        assert ana.slug is None
        published(ana)
        ana.refresh_from_db()
        assert ana.slug == "ana-ferreira"

    def test_never_from_the_login_and_none_without_a_name(self) -> None:
        nobody = UserFactory(username="secret-login", first_name="", last_name="")
        published(nobody)
        nobody.refresh_from_db()
        assert nobody.slug is None

    def test_namesakes_have_one_each(self) -> None:
        for _ in range(4):
            published(UserFactory())
        slugs = list(User.objects.order_by("pk").values_list("slug", flat=True))
        assert slugs[:3] == ["ana-ferreira", "ana-ferreira-2", "ana-ferreira-3"]
        assert len(set(slugs)) == 4

    def test_it_stays_when_the_name_changes(self, client, ana) -> None:
        published(ana)
        ana.refresh_from_db()
        ana.last_name = "Costa"
        ana.save()
        published(ana)
        html = client.get("/organizers/ana-ferreira/").content.decode()
        assert "<h1><bdi>Ana Costa</bdi></h1>" in html

    @pytest.mark.parametrize("how", ["saved open", "its name later", "without another name later"])
    def test_whatever_comes_to_be_shown_under_the_name_leads_to_it(self, client, how) -> None:
        ana = UserFactory(first_name="", last_name="")
        if how == "saved open":
            ana = UserFactory()
            row = Petition(slug="weir", title="Weir", organizer=ana, status="open")
            row.save()
        elif how == "its name later":
            row = published(ana)
            ana = User.objects.get(pk=ana.pk)
            ana.first_name, ana.last_name = "Ana", "Ferreira"
            ana.save()
        else:
            ana = UserFactory()
            row = Petition.objects.get(pk=published(ana, organizer_name="A worried parent").pk)
            row.organizer_name = ""
            row.save()
        assert '<a href="/organizers/ana-ferreira/">' in page_of(client, row)
        assert client.get("/organizers/ana-ferreira/").status_code == 200

    @pytest.mark.parametrize("move", ["restore", "reopen"])
    def test_a_petition_that_comes_back_brings_the_address(self, client, move) -> None:
        ana = UserFactory()
        row = published(ana)
        {"restore": row.hide, "reopen": row.close}[move](by=None)
        User.objects.update(slug=None)  # as before there were addresses
        row = Petition.objects.get(pk=row.pk)
        getattr(row, move)(by=None)
        assert client.get("/organizers/ana-ferreira/").status_code == 200

    def test_a_new_name_that_a_petition_shows_already(self, client, ana) -> None:
        published(ana, organizer_name="Ana Costa")
        ana.refresh_from_db()
        ana.last_name = "Costa"
        ana.save()
        assert client.get("/organizers/ana-costa/").status_code == 200

    @pytest.mark.parametrize("fields", [None, ["last_name", "slug"]])
    def test_a_copy_that_is_older_than_the_address_leaves_it(self, ana, fields) -> None:
        published(ana)
        old = User.objects.get(pk=ana.pk)
        old.slug = None  # as it was read before
        old.last_name = "Costa"
        old.save(update_fields=fields)
        assert old.slug == "ana-ferreira"
        stored = User.objects.get(pk=ana.pk)
        assert (stored.last_name, stored.slug) == ("Costa", "ana-ferreira")

    def test_any_script(self, client) -> None:
        published(UserFactory(first_name="يوسف", last_name="المعلم"))
        assert client.get("/organizers/يوسف-المعلم/").status_code == 200

    def test_an_empty_one_is_none(self) -> None:
        for username in ("a", "b"):
            UserFactory(username=username, slug="")
        assert set(User.objects.values_list("slug", flat=True)) == {None}


class TestPage:
    def test_what_is_asked_under_that_name(self, client, ana) -> None:
        own = published(ana, title="Own")
        published(ana, title="Named", organizer_name="Ana Ferreira")
        PetitionFactory(organizer=ana, title="Draft")
        PetitionFactory(organizer=ana, title="Rejected", status="rejected")
        PetitionFactory(organizer=ana, title="Hidden", status="hidden")
        published(UserFactory(), title="Somebody else's")
        response = client.get("/organizers/ana-ferreira/")
        assert {petition.title for petition in response.context["petitions"]} == {"Own", "Named"}
        assert response.context["counts"]["open"] == 2
        assert '<a href="/organizers/ana-ferreira/"><bdi>Ana Ferreira</bdi></a>' in page_of(
            client, own
        )
        assert b"secret-login" not in response.content

    def test_a_pseudonym_is_kept(self, client, ana) -> None:
        published(ana, title="Own")
        other = published(ana, title="Under another name", organizer_name="A worried parent")
        html = page_of(client, other)
        assert "A worried parent" in html
        assert "Ferreira" not in html
        assert "/organizers/" not in html
        assert "Under another name" not in client.get("/organizers/ana-ferreira/").content.decode()
        assert client.get("/petitions/?q=ferreira").context["total"] == 1

    def test_pseudonyms_alone_make_no_page_and_no_address(self, client, ana) -> None:
        published(ana, organizer_name="A worried parent")
        ana.refresh_from_db()
        assert ana.slug is None
        User.objects.update(slug="ana-ferreira")  # by whatever way
        assert client.get("/organizers/ana-ferreira/").status_code == 404
        assert b"ana-ferreira" not in client.get("/sitemap.xml").content
        assert client.get("/sitemap-organizers.xml").status_code == 404

    def test_a_name_that_is_not_the_accounts_any_more_is_left_out(self, client, ana) -> None:
        row = published(ana, organizer_name="Ana Ferreira")
        User.objects.update(last_name="Costa")
        assert client.get("/organizers/ana-ferreira/").status_code == 404
        assert "/organizers/" not in page_of(client, row)

    @pytest.mark.parametrize("act", ["hide", "forget"])
    def test_without_a_public_petition_or_a_name_there_is_none(self, client, ana, act) -> None:
        row = published(ana)
        if act == "hide":
            row.hide(by=None)
        else:
            User.objects.update(first_name="", last_name=" ")
        assert client.get("/organizers/ana-ferreira/").status_code == 404

    @pytest.mark.parametrize("slug", ["nobody", "secret-login", "%00", "None", "a" * 400])
    def test_nobody(self, client, ana, slug: str) -> None:
        published(ana)
        assert client.get(f"/organizers/{slug}/").status_code == 404

    def test_statements_and_caches(self, client, ana, count_queries) -> None:
        for n in range(12):
            published(ana, title=f"Open {n}")
            PetitionFactory(organizer=ana, title=f"Closed {n}", is_closed=True)
        with count_queries() as queries:
            response = client.get("/organizers/ana-ferreira/")
        assert len(queries) <= 5, queries
        assert not response.cookies
        assert response["Cache-Control"].startswith("public, max-age=1,")


class TestSearch:
    def test_the_names_that_readers_see_are_found(self, client, ana) -> None:
        published(ana, title="Own", on_behalf_of="Friends of the Weir")
        for query in ("ferreira", "friends weir", "ana own"):
            assert client.get("/petitions/", {"q": query}).context["total"] == 1, query
        html = client.get("/petitions/?q=ferreira").content.decode()
        assert "Started by Ana <mark>Ferreira</mark> for Friends of the Weir" in html

    def test_a_new_name_is_found_and_the_old_one_is_not(self, client, ana) -> None:
        published(ana)
        pseudonym = published(ana, organizer_name="Parent")
        ana.refresh_from_db()
        ana.last_name = "Costa"
        ana.save()
        assert client.get("/petitions/?q=costa").context["total"] == 1
        assert client.get("/petitions/?q=ferreira").context["total"] == 0
        pseudonym.organizer_name = "Neighbour"
        pseudonym.save()
        assert client.get("/petitions/?q=neighbour").context["total"] == 1
        assert client.get("/petitions/?q=parent").context["total"] == 0

    def test_the_same_name_indexes_nothing(self, ana, count_queries) -> None:
        published(ana)
        ana.refresh_from_db()
        ana.email = "ana@new.example.org"
        with count_queries() as queries:
            ana.save()
        assert [sql.split()[0] for sql in queries.statements] == ["SELECT", "UPDATE"], queries

    def test_logging_in_indexes_nothing(self, ana, count_queries) -> None:
        published(ana)
        with count_queries() as queries:
            ana.save(update_fields=["last_login"])
        assert len(queries) == 1, queries
