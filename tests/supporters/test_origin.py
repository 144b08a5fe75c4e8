import pytest
from django.http import HttpResponse
from django.test import RequestFactory, override_settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from supporters.origin import is_cross_site, refuse_cross_site

OWN = "https://petitions.example.org"
NEWS = "https://news.example.com"


@pytest.fixture(autouse=True)
def site(settings):
    settings.ALLOWED_HOSTS = ["petitions.example.org", "[::1]"]
    settings.CSRF_TRUSTED_ORIGINS = [NEWS, "https://*.partner.example", "http://lan.example:8080"]
    settings.SECURE_PROXY_SSL_HEADER = None


@pytest.fixture
def post(rf):
    def build(*, secure=True, host="petitions.example.org", **headers):
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        return rf.post(
            "/petitions/clean-air/sign/", secure=secure, headers={"Host": host, **headers}
        )

    return build


@pytest.mark.parametrize("fetch_site", ["same-origin", "none"])
def test_the_browser_vouches_for_our_own_page(post, fetch_site):
    assert not is_cross_site(post(Sec_Fetch_Site=fetch_site))
    # Privacy tools blank these two; the browser's word counts.
    assert not is_cross_site(post(Sec_Fetch_Site=fetch_site, Origin="null", Referer="https://a.b"))


@pytest.mark.parametrize("fetch_site", ["same-site", "cross-site", "nonsense"])
def test_the_browser_tells_on_others(post, fetch_site):
    assert is_cross_site(post(Sec_Fetch_Site=fetch_site))
    for origin in (OWN, "null", "https://evil.example", "http://news.example.com", "http://["):
        assert is_cross_site(post(Sec_Fetch_Site=fetch_site, Origin=origin))
    assert is_cross_site(post(Sec_Fetch_Site=fetch_site, Referer=f"{NEWS}/story"))
    assert not is_cross_site(post(Sec_Fetch_Site=fetch_site, Origin=NEWS))


@pytest.mark.parametrize(
    "origin",
    [OWN, f"{OWN}:443", "https://PETITIONS.example.org", NEWS, f"{NEWS}:443", "https://a.partner.example",
     "https://a.b.partner.example", "https://partner.example", "http://lan.example:8080"],
)  # fmt: skip
def test_older_browsers_send_an_origin_that_we_know(post, origin):
    assert not is_cross_site(post(Origin=origin))
    assert not is_cross_site(post(Origin=origin, Referer="https://evil.example/"))
    assert not is_cross_site(post(Referer=f"{origin}/petitions/clean-air/?a=1#sign"))


@pytest.mark.parametrize(
    "origin",
    ["null", "http://petitions.example.org", f"{OWN}:8443", f"{OWN}.evil.example", "https://evil.example",
     "https://example.org", "https://evilpartner.example", "http://a.partner.example",
     "https://a.partner.example:8443", "http://lan.example", "http://[", "https://", "https://a:b",
     "https://a:99999", "//petitions.example.org", "petitions.example.org", "file://", "about:blank",
     f"{OWN}, {NEWS}", "https://petitions.example.org@evil.example", "\x00"],
)  # fmt: skip
def test_any_other_origin_is_another_site(post, origin):
    assert is_cross_site(post(Origin=origin))
    assert is_cross_site(post(Origin=origin, Referer=f"{OWN}/petitions/clean-air/"))
    assert is_cross_site(post(Referer=origin))


def test_no_browser_no_cross_site(post):
    assert not is_cross_site(post())
    assert not is_cross_site(post(Sec_Fetch_Site="", Origin="", Referer=""))


def test_plain_http_and_ports(post):
    assert not is_cross_site(post(secure=False, host="[::1]:8000", Origin="http://[::1]:8000"))
    assert is_cross_site(post(secure=False, host="[::1]:8000", Origin="http://[::1]"))
    assert not is_cross_site(post(host="petitions.example.org:443", Origin=OWN))


def test_a_proxy_that_does_tls(post, settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    assert not is_cross_site(post(secure=False, X_Forwarded_Proto="https", Origin=OWN))
    assert is_cross_site(post(secure=False, X_Forwarded_Proto="http", Origin=OWN))


@given(st.text(st.characters(min_codepoint=1, max_codepoint=255)))
@hypothesis_settings(deadline=None)
def test_no_header_raises(value):
    with override_settings(ALLOWED_HOSTS=["testserver"]):
        for name in ("Origin", "Referer", "Sec-Fetch-Site"):
            for prefix in ("", "https://", "https://["):
                said = prefix + value
                request = RequestFactory().post("/", headers={name: said})
                passes = name == "Sec-Fetch-Site" and said in {"same-origin", "none"}
                assert is_cross_site(request) == (bool(said) and not passes)


@refuse_cross_site
def sign(request, slug):
    return HttpResponse(f"{request.method} {slug}")


def test_the_decorated_view_answers_its_own_pages(rf, post):
    assert sign.__name__ == "sign"
    assert sign(post(Origin=OWN), slug="clean-air").content == b"POST clean-air"
    elsewhere = {"Sec-Fetch-Site": "cross-site", "Referer": "https://evil.example/"}
    for method in ("get", "head", "options"):
        request = getattr(rf, method)("/petitions/clean-air/sign/", headers=elsewhere)
        assert sign(request, "clean-air").status_code == 200


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_the_decorated_view_refuses_others(rf, caplog, method):
    headers = {"Host": "petitions.example.org", "Origin": "https://evil.example"}
    request = getattr(rf, method)("/petitions/clean-air/sign/", secure=True, headers=headers)
    response = sign(request, slug="clean-air")
    assert response.status_code == 403
    assert b"POST" not in response.content
    assert "evil.example" in caplog.text
