"""All addresses. Public pages come from supporters, since they show numbers."""

from django.apps import apps
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from config.checks import has_webhook_secret
from supporters import urls

urlpatterns = [
    # The site's own language has no prefix; the others have theirs: /es/petitions/.
    *i18n_patterns(path("", include(urls.pages)), prefix_default_language=False),
    path("", include(urls.without_language)),
    path("accounts/", include("supporters.accounts.urls")),
    path("admin/", admin.site.urls),
]
# Optional: what a mail provider tells of bounces. Never without the secret (check W023): else
# anybody could tell us that an address complained.
if apps.is_installed("anymail") and has_webhook_secret():
    urlpatterns.append(path("anymail/", include("anymail.urls")))

handler400 = "config.errors.bad_request"
handler429 = "supporters.accounts.pages.too_many_requests"  # django-allauth's name
handler500 = "config.errors.server_error"
