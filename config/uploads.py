"""Files are taken from staff alone; a stranger's fill no disk."""

from typing import Any

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

from .middleware import PERSONAL


class StaffOnlyUploads(FileUploadHandler):
    """First in FILE_UPLOAD_HANDLERS. Stops reading a body at its first file on public pages."""

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        if self.request is None or not self.request.path_info.startswith(PERSONAL):
            raise StopUpload(connection_reset=True)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None
