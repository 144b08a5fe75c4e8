"""What readers see of a text that changed while people signed it."""

import pytest

from petitions.models import Petition, PetitionVersion
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory

pytestmark = pytest.mark.django_db

PAGE = "/petitions/mend/"


@pytest.fixture
def petition():
    return PetitionFactory(
        is_open=True, slug="mend", title="Mend it", body="Mend the bridge by May.", ask="Soon."
    )


def change(petition: Petition, reason: str = "", **texts: str) -> None:
    row = Petition.objects.get(pk=petition.pk)
    row.change_reason = reason
    for name, text in texts.items():
        setattr(row, name, text)
    row.save()


def read(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_text_that_never_changed(client, petition):
    assert "Text changed on" not in read(client, PAGE)
    assert "the one that the petition was opened with" in read(client, f"{PAGE}changes/")
    assert client.get(f"{PAGE}changes/1/").status_code == 404


def test_a_change_is_told_on_the_page_and_can_be_read(client, petition):
    change(petition, "The council moved the date.", body="Mend the bridge by <b>June</b>.")
    html = read(client, PAGE)
    assert "Text changed on" in html
    assert f'href="{PAGE}changes/"' in html
    assert "The council moved the date." in (listed := read(client, f"{PAGE}changes/"))
    assert f'href="{PAGE}changes/2/"' in listed
    html = read(client, f"{PAGE}changes/2/")
    assert "The council moved the date." in html
    assert "</span>May<span" in html
    assert "&lt;b&gt;June&lt;/b&gt;" in html
    assert "<h2" in html
    assert "What we ask" not in html


def test_a_draft_that_was_rewritten_has_no_changes(client):
    petition = PetitionFactory(status="draft", slug="mend", body="First.")
    change(petition, body="Second.")
    Petition.objects.get().submit(by=None)
    Petition.objects.get().publish(by=None)
    assert "Text changed on" not in read(client, PAGE)


def test_newest_first_and_each_compared_with_the_one_before(client, petition):
    change(petition, "First reason", body="By June.")
    change(petition, "Second reason", ask="Now.")
    listed = read(client, f"{PAGE}changes/")
    assert listed.index("Second reason") < listed.index("First reason")
    html = read(client, f"{PAGE}changes/3/")
    assert "Now" in html
    assert "June" not in html


@pytest.mark.parametrize("number", [0, 1, 3, 10**30])
def test_there_is_no_such_change(client, petition, number):
    change(petition, body="By June.")
    assert client.get(f"{PAGE}changes/{number}/").status_code == 404


@pytest.mark.parametrize("withheld", [1, 2])
def test_a_withheld_text_is_shown_nowhere(client, petition, withheld):
    change(petition, "A name was taken out.", body="By June, says a private person.")
    PetitionVersion.objects.filter(number=withheld).update(is_withheld=True)
    html = read(client, f"{PAGE}changes/2/")
    assert "A moderator withholds one of the two texts" in html
    assert "June" not in html
    assert "May" not in html


@pytest.mark.parametrize(("status", "answer"), [("draft", 404), ("rejected", 404), ("hidden", 410)])
@pytest.mark.parametrize("address", ["changes/", "changes/2/"])
def test_only_of_what_is_published(client, status, answer, address):
    petition = PetitionFactory(status=status, slug="mend")
    PetitionVersion.objects.create(petition=petition, number=2, body="By June.")
    assert client.get(PAGE + address).status_code == answer


def test_an_old_address_leads_on(client, petition):
    change(petition, body="By June.", slug="mend-it")
    answer = client.get(f"{PAGE}changes/2/")
    assert (answer.status_code, answer["Location"]) == (301, "/petitions/mend-it/changes/2/")


def test_signers_are_told_when_the_text_is_another_than_theirs(client, petition):
    signature = SignatureFactory(petition=petition, version=petition.version)
    addresses = [
        f"/{name}/{make(purpose, signature.pk)}/"
        for name, purpose in (("confirm", Purpose.CONFIRM), ("signature", Purpose.SIGNATURE))
    ]
    words = "The text was changed after you signed."
    assert all(words not in read(client, address) for address in addresses)
    change(petition, body="By June.")
    assert all(words in read(client, address) for address in addresses)


def test_few_statements(client, petition, django_assert_num_queries):
    change(petition, body="By June.")
    for address in ("changes/", "changes/2/"):
        with django_assert_num_queries(2):
            client.get(PAGE + address)
