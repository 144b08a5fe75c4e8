"""The admin's site object: whose name it bears, who acts there, and what it offers nowhere.

It is made while the apps are loaded: what it needs of them is imported where it is used.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.shortcuts import redirect
from django.urls import path, reverse


class AdminSite(admin.AdminSite):
    site_header = site_title = settings.SITE_NAME
    index_template = "admin/start.html"

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        # It asks for permission once, not for every row, and some rows must stay.
        self.disable_action("delete_selected")

    def get_urls(self) -> list[Any]:
        # Before Django's own "r/…", which sends any staff to the address of any row, and an
        # address holds the title of a draft.
        from supporters.admin.queue import queue_view  # noqa: PLC0415

        view = self.admin_view(self.view_on_site)
        return [
            path("queue/", self.admin_view(queue_view), name="queue"),
            path("r/<path:content_type_id>/<path:object_id>/", view, name="view_on_site"),
            *super().get_urls(),
        ]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        """Also: moderators without the second factor that the site wants read, and no more; and
        nothing here is put, patched or deleted by a verb."""
        return _known_verbs(super().admin_view(_for_who_may_act(view), cacheable))

    def each_context(self, request: HttpRequest) -> Any:
        from supporters.accounts import second_factor  # noqa: PLC0415

        missing = self.has_permission(request) and second_factor.is_missing(request.user)
        return {**super().each_context(request), "second_factor_missing": missing}

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        from supporters.admin.queue import start_context  # noqa: PLC0415

        context = {**start_context(request.user), **(extra_context or {})}
        return super().index(request, context)

    def login(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The accounts' log-in, with its second factor. Django's own is never reached: it would
        let in whoever is logged in already as somebody else, by password alone.
        """
        if request.method not in _VERBS:
            return HttpResponseNotAllowed(_VERBS)
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


_VERBS = ["GET", "HEAD", "OPTIONS", "POST"]


def _known_verbs(view: Any) -> Callable[..., HttpResponse]:
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in _VERBS:
            return HttpResponseNotAllowed(_VERBS)
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return inner


def _for_who_may_act(view: Any) -> Callable[..., HttpResponse]:
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        from supporters.accounts import second_factor  # noqa: PLC0415

        reads = request.method in {"GET", "HEAD", "OPTIONS"}
        leaves = request.path == reverse("admin:logout")
        if not reads and not leaves and second_factor.is_missing(request.user):
            return second_factor.lead_there(request)
        answer: HttpResponse = view(request, *args, **kwargs)
        return answer

    return inner
