"""No form of the site takes a file, so none is read: a stranger's would fill the disk."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload


class NoUploads(FileUploadHandler):
    """The one handler in FILE_UPLOAD_HANDLERS. Stops reading a body at its first file."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        return None

    def file_complete(self, file_size: int) -> None:
        return None
