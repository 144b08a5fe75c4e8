"""A file is read in one place only, from one kind of person, and reaches no disk on its way."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client, RequestFactory
from django.urls import resolve

from config.uploads import OnlyPictures
from supporters.models import Signature
from tests.factories import PetitionFactory, UserFactory, typed

pytestmark = pytest.mark.django_db

ADD = "/admin/petitions/petition/add/"


@pytest.fixture
def disk(tmp_path, settings):
    """Where Django would put what it does not hold in memory."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    return tmp_path


def big(size: int = 3_000_000) -> SimpleUploadedFile:
    return SimpleUploadedFile("big.bin", b"x" * size)


def staff(group: str | None = "Organizers", *, is_staff: bool = True):
    user = UserFactory(is_staff=is_staff)
    if group:
        user.groups.add(Group.objects.get(name=group))
    return user


def sent(path: str, user=None, **files):
    """The request as the view has it, its address resolved and its body not read yet."""
    data = {"title": "Before", **files, "zz": "After"}
    request = RequestFactory().post(path, data)
    request.resolver_match = resolve(path)
    if user is not None:
        request.user = user
    return request


def test_the_log_in_takes_no_file_either(client, disk):
    response = client.post("/accounts/login/", {"file": big(), "login": "a", "password": "b"})
    assert response.status_code in {200, 400, 403}
    assert list(disk.iterdir()) == []


def test_a_file_sent_with_a_signature_ends_the_request(client, disk):
    PetitionFactory(is_open=True, slug="mend")
    response = client.post("/petitions/mend/sign/", {"file": big(), **typed()})
    assert response.status_code in {200, 400}
    assert list(disk.iterdir()) == []
    assert not Signature.objects.exists()


def test_the_one_handler_is_ours():
    request = sent(ADD)
    assert [type(handler) for handler in request.upload_handlers] == [OnlyPictures]


def test_a_petitions_form_gets_its_picture_in_memory(disk):
    request = sent(ADD, staff(), picture=big())
    file = request.FILES["picture"]
    assert (file.size, file.read()) == (3_000_000, b"x" * 3_000_000)
    assert request.POST["zz"] == "After"
    assert list(disk.iterdir()) == []


@pytest.mark.parametrize(
    ("path", "who"),
    [
        (ADD, "nobody"),
        (ADD, "stranger"),
        (ADD, "staff without rights"),
        (ADD, "no longer staff"),
        ("/admin/petitions/petition/", "organizer"),
        ("/admin/petitions/target/add/", "organizer"),
        ("/admin/petitions/petition/1/move/submit/", "organizer"),
        ("/petitions/mend/sign/", "organizer"),
    ],
)
def test_everybody_else_is_not_listened_to(disk, path, who):
    user = {
        "nobody": lambda: None,
        "stranger": AnonymousUser,
        "staff without rights": lambda: staff(None),
        "no longer staff": lambda: staff(is_staff=False),
        "organizer": staff,
    }[who]()
    request = sent(path, user, picture=big())
    assert request.POST["title"] == "Before"
    assert "zz" not in request.POST
    assert not request.FILES
    assert list(disk.iterdir()) == []


def test_other_files_and_a_second_one_are_passed_over():
    request = sent(ADD, staff(), other=big(), picture=[big(20), big(30)])
    assert [file.size for file in request.FILES.getlist("picture")] == [20]
    assert list(request.FILES) == ["picture"]
    assert request.POST["zz"] == "After"


def test_of_a_file_that_is_too_large_only_the_size_is_kept(settings):
    settings.PETITIONS_PICTURE_MB = 1
    request = sent(ADD, staff(), picture=big(1024 * 1024 + 1))
    file = request.FILES["picture"]
    assert (file.size, file.read()) == (1024 * 1024 + 1, b"")
    assert request.POST["zz"] == "After"
    assert len(sent(ADD, staff(), picture=big(1024 * 1024)).FILES["picture"].read()) == 1024 * 1024


def test_a_body_without_end_is_refused_before_it_is_read(settings):
    settings.PETITIONS_PICTURE_MB = 1
    client = Client()
    client.force_login(staff())
    answer = client.post(ADD, {"picture": big(6 * 1024 * 1024)})
    assert answer.status_code in {400, 413}


def test_the_token_of_the_form_is_asked_for_before_anything_is_done(media):
    client = Client(enforce_csrf_checks=True)
    client.force_login(staff())
    assert client.post(ADD, {"picture": big()}).status_code == 403
    assert not media.exists()
