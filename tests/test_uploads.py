"""A stranger's file reaches no disk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from supporters.models import Signature
from tests.factories import PetitionFactory, typed


@pytest.mark.django_db
def test_the_log_in_takes_no_file_either(client, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    file = SimpleUploadedFile("big.bin", b"x" * 3_000_000)
    response = client.post("/admin/login/", {"file": file, "username": "a", "password": "b"})
    assert response.status_code in {200, 400, 403}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_a_file_sent_with_a_signature_ends_the_request(client, tmp_path, settings):
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    PetitionFactory(is_open=True, slug="mend")
    file = SimpleUploadedFile("big.bin", b"x" * 3_000_000)
    response = client.post("/petitions/mend/sign/", {"file": file, **typed()})
    assert response.status_code in {200, 400}
    assert list(tmp_path.iterdir()) == []
    assert not Signature.objects.exists()
