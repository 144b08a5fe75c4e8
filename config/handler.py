"""What is sent is read as UTF-8, in which our pages are written."""

from functools import cached_property
from typing import Any

from django.core.exceptions import BadRequest
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.http import HttpRequest, QueryDict
from django.urls import ResolverMatch


class Utf8Request(WSGIRequest):
    """Its query is UTF-8 whatever Content-Type says, and a body that is said not to be is refused.

    Django reads both by the charset of that header. Anybody could name one that is no text's (500,
    before there is a middleware), or have a page made of another query than its address's, of which
    a copy is kept for everybody.
    """

    @cached_property
    def GET(self) -> QueryDict:  # type: ignore[override]  # noqa: N802 (Django's name)
        return QueryDict(self.environ.get("QUERY_STRING", "").encode("iso-8859-1"))

    def parse_file_upload(self, META: Any, post_data: Any) -> Any:  # noqa: N803 (Django's name)
        """As Django itself does with the other kind of form."""
        if (self.encoding or "utf-8").lower() != "utf-8":
            raise BadRequest("The parts of a form have to be in UTF-8.")
        return super().parse_file_upload(META, post_data)


class Handler(WSGIHandler):
    request_class = Utf8Request

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        """Looked for once: no middleware behind config.cached_pages changes a path or language."""
        if (found := getattr(request, "found", None)) is None:
            return super().resolve_request(request)
        request.resolver_match = found
        return found  # type: ignore[no-any-return]
