"""The admin's site object: whose name it bears, and what it offers nowhere."""

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from supporters.rate_limits import allow


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

    @method_decorator(sensitive_post_parameters())
    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Django's own, a few times per client: guessing is slow, and hashing costs us too."""
        if request.method == "POST" and not allow(request, "login"):
            return HttpResponse(
                _("Too many attempts came from your network. Wait 10 minutes, then try again."),
                status=429,
                content_type="text/plain; charset=utf-8",
                headers={"Retry-After": "600"},
            )
        return super().login(request, extra_context)

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
