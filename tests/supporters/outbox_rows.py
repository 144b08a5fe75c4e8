"""Rows for tests of the outbox, and a worker as a process of its own."""

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from supporters.models import Mailing, OutgoingMail, Signature
from tests.factories import PetitionFactory, SignatureFactory, UpdateFactory

ROOT = Path(__file__).resolve().parent.parent.parent


def signature_mail(email: str = "", *, signature: Signature | None = None, **fields: Any):
    """What signing leaves in the outbox; by default for a new pending signature."""
    if signature is None:
        signature = SignatureFactory(**({"email": email} if email else {}))
    return OutgoingMail.objects.create(
        kind="signature",
        recipient=email or signature.email,
        petition=signature.petition,
        signature=signature,
        **fields,
    )


def signature_mails(how_many: int) -> list[OutgoingMail]:
    """For as many pending signatures of one petition, sam0@… upwards, in that order."""
    petition = PetitionFactory(is_open=True)
    signatures = Signature.objects.bulk_create(
        Signature(
            petition=petition,
            version=petition.version,
            given_name="Sam",
            email=f"sam{n}@example.org",
            email_key=f"sam{n}@example.org",
            language="en",
        )
        for n in range(how_many)
    )
    due = timezone.now() - timedelta(minutes=1)
    return OutgoingMail.objects.bulk_create(
        OutgoingMail(
            kind="signature",
            recipient=signature.email,
            petition=petition,
            signature=signature,
            not_before=due + timedelta(milliseconds=n),
        )
        for n, signature in enumerate(signatures)
    )


def supporter(petition, **fields: Any) -> Signature:
    """Confirmed, and wants updates."""
    fields = {"wants_updates": True, "language": "en", **fields}
    return SignatureFactory(petition=petition, is_confirmed=True, **fields)


def mailing(**update: Any) -> Mailing:
    return Mailing.objects.create(update=UpdateFactory(email_supporters=True, **update))


def start_worker(port: int, *arguments: str, lease: int = 5) -> "subprocess.Popen[bytes]":
    """`manage.py work` on the tests' database and this mail server. Its log is inherited."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        url = f"sqlite:///{database['NAME']}"
    else:
        password = f":{database['PASSWORD']}" if database["PASSWORD"] else ""
        place = f"{database['HOST'] or 'localhost'}:{database['PORT'] or 5432}"
        url = f"postgres://{database['USER']}{password}@{place}/{database['NAME']}"
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": url,
        "EMAIL_URL": f"smtp://127.0.0.1:{port}/?timeout=2",
        "PETITIONS_OUTBOX_LEASE": str(lease),
        "LOG_LEVEL": "WARNING",
    }
    return subprocess.Popen(
        [sys.executable, "-W", "error", "manage.py", "work", *arguments],
        cwd=ROOT,
        env=environment,
    )
