"""What a load balancer asks."""

import pytest

from tests.factories import SignatureFactory


def test_healthz_asks_no_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")


@pytest.mark.django_db
def test_readyz(client):
    from supporters.models import OutgoingMail  # noqa: PLC0415

    said = client.get("/readyz").json()
    assert said == {"database": "ok", "migrations_waiting": 0, "outbox_age": 0, "switches": []}
    row = SignatureFactory()
    OutgoingMail.objects.create(kind="signature", recipient=row.email, signature=row)
    assert client.get("/readyz").status_code == 200
    assert client.get("/readyz").json()["outbox_age"] >= 0
