"""How much may be sent: the disk of a node is not filled by who has no business with it."""

from __future__ import annotations

from typing import Any, Final

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

MAX_BODY: Final = 101 * 1024 * 1024
"""Bytes of a request with files: the largest manifest and the form around it. Rooms have smaller limits of their own.

A body whose length is not said is none: WSGI reads nothing of it.
"""


class Guard(FileUploadHandler):
    """Refuses files, before the first byte is written, of requests that are too large or of nobody who signed in.

    Requests to the API carry a token instead of a session, and are held by its own limits.
    """

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Stop at the first file; `is_cut` lets pages say so."""
        super().new_file(*args, **kwargs)
        request: Any = self.request
        is_known = request.user.is_authenticated or request.path.startswith("/api/")
        if not is_known or int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
            request.is_cut = True
            raise StopUpload(connection_reset=True)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002  Django's order
        """Leave the bytes to the next."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next."""
