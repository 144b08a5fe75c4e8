"""The policy whose text is made once is django-csp's own."""

import pytest
from csp.constants import HEADER, HEADER_REPORT_ONLY, NONCE, SELF
from csp.decorators import csp_exempt, csp_replace, csp_update
from csp.middleware import CSPMiddleware
from django.http import HttpResponse

from config.content_policy import ContentPolicy

OTHERS = {"DIRECTIVES": {"default-src": [SELF]}}


def plain(request):
    return HttpResponse()


def not_found(request):
    return HttpResponse(status=404)


def with_one(request):
    return HttpResponse(headers={HEADER: "default-src 'none'"})


def with_nonce(request):
    return HttpResponse(str(request.csp_nonce))


VIEWS = {
    "plain": plain,
    "not found": not_found,
    "with one": with_one,
    "with a nonce": with_nonce,
    "exempt": csp_exempt()(plain),
    "replaced": csp_replace({"frame-ancestors": ["*"]})(plain),
    "updated": csp_update({"img-src": ["https://example.org"]})(plain),
    "updated with a nonce": csp_update({"script-src": [NONCE]})(plain),
}


def headers(middleware, view, rf):
    request = rf.get("/petitions/mend/")
    if view is with_nonce:
        request._csp_nonce = "one that stays"
    response = middleware(view)(request)
    return {name: response.get(name) for name in (HEADER, HEADER_REPORT_ONLY)}


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("debug", [False, True])
def test_same_as_djangos_csp(rf, settings, name, debug):
    settings.DEBUG = debug
    view = VIEWS[name]
    assert headers(ContentPolicy, view, rf) == headers(CSPMiddleware, view, rf)


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("CONTENT_SECURITY_POLICY_REPORT_ONLY", OTHERS),
        ("CONTENT_SECURITY_POLICY", {**OTHERS, "EXCLUDE_URL_PREFIXES": ["/petitions/"]}),
        ("CONTENT_SECURITY_POLICY", OTHERS),
        ("CONTENT_SECURITY_POLICY", {"DIRECTIVES": {"script-src": [SELF, NONCE]}}),
    ],
)
@pytest.mark.parametrize("view", [plain, with_nonce])
def test_whatever_the_settings_say(rf, settings, setting, value, view):
    setattr(settings, setting, value)
    assert headers(ContentPolicy, view, rf) == headers(CSPMiddleware, view, rf)
