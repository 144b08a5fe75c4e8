"""The Content-Security-Policy, whose text is made once for all pages that say nothing of it."""

from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase


class ContentPolicy(CSPMiddleware):
    """As django-csp's own, which makes it anew of the settings for each answer.

    A view with a policy of its own (csp.decorators), a nonce, and what is not a page go its way.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        super().__init__(get_response)
        self._of_settings = build_policy()
        # No other addresses' policy, and none that is only reported.
        self._is_all = set(settings.CONTENT_SECURITY_POLICY) == {"DIRECTIVES"} and not getattr(
            settings, "CONTENT_SECURITY_POLICY_REPORT_ONLY", None
        )

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if self._is_all and response.status_code == 200 and _says_nothing(request, response):  # noqa: PLR2004
            response.headers.setdefault(HEADER, self._of_settings)
            return response
        return super().process_response(request, response)


def _says_nothing(request: HttpRequest, response: HttpResponseBase) -> bool:
    return not hasattr(request, "_csp_nonce") and not any(
        name.startswith("_csp_") for name in vars(response)
    )
