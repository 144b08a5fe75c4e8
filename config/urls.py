"""All addresses. Public pages come from supporters, since they show numbers."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("supporters.urls")),
]
