"""Files are read in two places: the picture in the admin's form of a petition, from staff, and in
the draft of one, from who has its link.

Anywhere else a stranger's file would fill the disk or the memory, so that the reading of a body
ends at its first file. What is read stays in memory, up to PETITIONS_PICTURE_MB; no disk is
touched. Django reads a body when somebody first asks for request.POST, which its CSRF check does;
by then the address is resolved and the session known, so that both decide here.
"""

from io import BytesIO
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile, StopUpload
from django.http import HttpRequest

from petitions.pictures import most_bytes
from supporters.rate_limits import allow
from supporters.tokens import Purpose, read

FORMS = frozenset({"admin:petitions_petition_add", "admin:petitions_petition_change"})
DRAFTS = "draft_stage"
FIELD = "picture"
# A file up to so many times the limit is read to its end and forgotten, or the form could not
# come back with what was typed below it.
PATIENCE = 5


class OnlyPictures(FileUploadHandler):
    """The one handler in FILE_UPLOAD_HANDLERS. Of a file that is too large only the size stays."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.is_welcome = self.is_taken = False
        self.content = BytesIO()

    def handle_raw_input(
        self,
        input_data: Any,
        META: dict[str, str],  # noqa: N803 - Django's name
        content_length: int,
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self.is_welcome = _takes_pictures(self.request)
        if self.is_welcome and content_length > PATIENCE * most_bytes():
            raise RequestDataTooBig("The body is longer than any picture.")

    def new_file(self, field_name: str, *args: Any, **kwargs: Any) -> None:
        if not self.is_welcome:
            raise StopUpload(connection_reset=True)
        if field_name != FIELD or self.is_taken:
            raise SkipFile
        self.is_taken = True
        super().new_file(field_name, *args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if start + len(raw_data) <= most_bytes():
            self.content.write(raw_data)
        else:
            self.content = BytesIO()
        return None

    def file_complete(self, file_size: int) -> InMemoryUploadedFile:
        self.content.seek(0)
        return InMemoryUploadedFile(
            self.content, self.field_name, self.file_name or "", self.content_type, file_size,
            self.charset,
        )  # fmt: skip


def _takes_pictures(request: HttpRequest | None) -> bool:
    match = getattr(request, "resolver_match", None)
    if request is not None and match is not None and match.view_name == DRAFTS:
        return _is_for_draft(request, **match.kwargs)
    user: Any = getattr(request, "user", None)  # nobody has looked yet, where it is missing
    if match is None or user is None or match.view_name not in FORMS:
        return False
    staff = user.is_active and user.is_staff
    return bool(
        staff
        and (user.has_perm("petitions.add_petition") or user.has_perm("petitions.change_petition"))
    )


def _is_for_draft(request: HttpRequest, *, token: str, name: str) -> bool:
    """A picture takes half a second to make, so that nobody may send them without end."""
    if name != FIELD or read(Purpose.DRAFT, token) is None:
        return False
    if allow(request, "start"):
        return True
    request.picture_refused = True  # type: ignore[attr-defined]
    return False
