"""Using a petition as a template: GET asks, POST makes a draft of one's own."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions.cloning import clone
from petitions.models import StaffAct

from .own_page import petition_of, render
from .staff_acts import record_of_moderator


def copy_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    petition = petition_of(model_admin, request, object_id)
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    user: Any = request.user
    if request.method == "POST":
        with transaction.atomic():
            made = clone(petition, by=user)
            note = f"template: {petition.pk}"
            record_of_moderator(user, StaffAct.Verb.ADDED, made, petition_id=made.pk, note=note)
        messages.success(request, gettext("This draft is yours. Change what is to be different."))
        return HttpResponseRedirect(reverse("admin:petitions_petition_change", args=[made.pk]))
    context = {"title": _("Use as a template")}
    return render(model_admin, request, petition, "copy", context)
