"""What signing and confirming ask of the database, to the statement."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from supporters.models import OutgoingMail, Signature
from supporters.tokens import Purpose, make
from tests.factories import PetitionFactory, SignatureFactory, typed

# Without a transaction of the test's own round them, or savepoints would stand for transactions.
pytestmark = pytest.mark.django_db(transaction=True)


def words(act) -> list[str]:
    """The first word of each statement, those that begin and end transactions among them."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return [query["sql"].split()[0] for query in captured.captured_queries]


@pytest.fixture
def petition():
    return PetitionFactory(is_open=True, slug="mend")


@pytest.mark.parametrize("known", [None, "pending", "confirmed"])
def test_signing(client, petition, known):
    if known:
        SignatureFactory(petition=petition, status=known, email="sam@example.org")

    def sign():
        answer = client.post("/petitions/mend/sign/", typed(email="sam@example.org"))
        assert answer.status_code == 302

    on_postgresql = connection.vendor == "postgresql"  # of its function
    both = ["SELECT"] if on_postgresql else ["BEGIN", "WITH", "INSERT", "COMMIT"]
    assert words(sign) == ["SELECT", *both]  # the petition's id, which is then remembered
    assert words(sign) == both
    assert Signature.objects.count() == 1
    assert OutgoingMail.objects.count() == 2


def test_confirming(client, petition):
    token = make(Purpose.CONFIRM, SignatureFactory(petition=petition).pk)

    def confirm():
        assert client.post(f"/confirm/{token}/").status_code == 302

    one = "SELECT" if connection.vendor == "postgresql" else "UPDATE"
    assert words(confirm) == [one]  # a statement alone is a transaction
    assert words(confirm) == [one, "SELECT"]  # a second press
    assert Signature.objects.filter(status="confirmed").count() == 1


def test_the_number_alone(client, petition):
    assert words(lambda: client.get("/petitions/mend/count.json")) == ["SELECT"]


def test_a_form_with_mistakes_opens_no_transaction(client, petition):
    assert words(lambda: client.post("/petitions/mend/sign/", typed(email="no"))) == ["SELECT"]
