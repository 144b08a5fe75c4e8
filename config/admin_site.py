"""The admin's site object: whose name it bears, and what it offers nowhere."""

from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path, reverse


class AdminSite(admin.AdminSite):
    site_header = site_title = settings.SITE_NAME

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # It asks for permission once, not for every row, and some rows must stay.
        self.disable_action("delete_selected")

    def get_urls(self) -> list[Any]:
        # Before Django's own "r/…", which sends any staff to the address of any row, and an
        # address holds the title of a draft.
        view = self.admin_view(self.view_on_site)
        return [
            path("r/<path:content_type_id>/<path:object_id>/", view, name="view_on_site"),
            *super().get_urls(),
        ]

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The accounts' log-in, with its second factor. Django's own is never reached: it would
        let in whoever is logged in already as somebody else, by password alone.
        """
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            raise PermissionDenied
        wanted = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The accounts' page, which tells the owner by mail."""
        return redirect("account_change_password")

    def view_on_site(
        self, request: HttpRequest, content_type_id: str, object_id: str
    ) -> HttpResponseRedirect:
        """Redirect to the public page of a row, if this user may see the row here."""
        if not (content_type_id.isascii() and content_type_id.isdigit()):
            raise Http404
        kind = ContentType.objects.filter(pk=content_type_id).first()
        model_admin = self._registry.get(kind.model_class()) if kind else None  # type: ignore[arg-type]
        found = model_admin.get_object(request, unquote(object_id)) if model_admin else None
        if model_admin is None or found is None or not hasattr(found, "get_absolute_url"):
            raise Http404
        if not model_admin.has_view_permission(request, found):
            raise Http404
        return HttpResponseRedirect(found.get_absolute_url())
