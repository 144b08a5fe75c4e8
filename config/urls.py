"""All addresses. Public pages come from supporters, since they show numbers."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from supporters import urls

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include(urls.without_language)),
    # The site's own language has no prefix; the others have theirs: /es/petitions/.
    *i18n_patterns(path("", include(urls.pages)), prefix_default_language=False),
]

handler400 = "config.errors.bad_request"
handler500 = "config.errors.server_error"
