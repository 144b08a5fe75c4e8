"""/.well-known/security.txt (RFC 9116): whom to tell about a hole."""

from datetime import UTC, timedelta
from urllib.parse import quote

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

GOOD_FOR = timedelta(days=180)  # the RFC wants less than a year


@require_safe
@cache_control(public=True, max_age=86_400)
def security_txt(request: HttpRequest) -> HttpResponse:
    """404 where PETITIONS_CONTACT_EMAIL is empty: an address is the one thing it must have."""
    if not settings.PETITIONS_CONTACT_EMAIL:
        raise Http404
    expires = (timezone.now() + GOOD_FOR).astimezone(UTC).strftime("%Y-%m-%dT00:00:00Z")
    languages = dict.fromkeys([settings.LANGUAGE_CODE, *dict(settings.LANGUAGES)])
    fields = [
        ("Contact", f"mailto:{quote(settings.PETITIONS_CONTACT_EMAIL, safe='@+')}"),
        ("Expires", expires),
        ("Preferred-Languages", ", ".join(languages)),
        ("Canonical", f"{settings.SITE_URL}{request.path}"),
        ("Policy", f"{settings.SITE_URL}{reverse('help', args=['contact'])}"),
    ]
    text = "".join(f"{name}: {value}\n" for name, value in fields)
    return HttpResponse(text, content_type="text/plain; charset=utf-8")
