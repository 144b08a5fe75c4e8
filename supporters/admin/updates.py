"""The updates of a petition: the list, and the page where one is written.

The page has one address for an update; the pressed button's `action` says what is to be done.
"""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import ProtectedError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from petitions import claims, text
from petitions.models import Petition, StaffAct, Update
from supporters import mailings, recipients, rehearsal, switches
from supporters.access import may_correct, may_post, moderates
from supporters.models import Mailing
from supporters.rate_limits import allow

from .claim import told
from .own_page import petition_of, render
from .staff_acts import record_of_moderator
from .update_form import UpdateForm, forget_choices, keep_choices, kept_choices, save

LISTED = 50
NEWEST = 3  # on the petition's own page


def newest(petition: Petition) -> Any:
    """The last that were written, without their texts."""
    return petition.updates.order_by("-pk").defer("body", "html")[:NEWEST]


def update_of(petition: Petition, update_id: int) -> Update:
    update = petition.updates.filter(pk=update_id).first()
    if update is None:
        raise Http404
    return update


def updates_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    if request.method not in {"GET", "HEAD"}:
        return HttpResponseNotAllowed(["GET", "HEAD"])
    petition = petition_of(model_admin, request, object_id)
    # As they were written: a draft about what happened long ago comes first, too.
    rows = Paginator(petition.updates.order_by("-pk").defer("body", "html"), LISTED)
    page = rows.get_page(request.GET.get("page"))
    of_these = Mailing.objects.filter(update__in=[update.pk for update in page])
    mailed = {mailing.update_id: mailing for mailing in of_these}
    context = {
        "title": _("Updates"),
        "page": page,
        "rows": [(update, mailed.get(update.pk)) for update in page],
        "may_post": may_post(request.user, petition),
        "may_correct": may_correct(request.user, petition),
        "mailings_paused": switches.current().mailings_paused,
    }
    return render(model_admin, request, petition, "updates", context)


def new_update_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    petition = petition_of(model_admin, request, object_id)
    return _write(model_admin, request, petition, Update(petition=petition))


def update_view(
    model_admin: Any, request: HttpRequest, object_id: str, update_id: int
) -> HttpResponse:
    petition = petition_of(model_admin, request, object_id)
    return _write(model_admin, request, petition, update_of(petition, update_id))


def preview_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """What readers will see of the typed text, as a fragment."""
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    petition = petition_of(model_admin, request, object_id)
    if not may_correct(request.user, petition):
        raise PermissionDenied
    form = UpdateForm(request.POST, instance=Update(petition=petition), is_saved=False)
    context = {"preview": _preview(form)}
    return TemplateResponse(request, "admin/petitions/petition/_update_preview.html", context)


def _write(
    model_admin: Any, request: HttpRequest, petition: Petition, update: Update
) -> HttpResponse:
    comes_out = may_post(request.user, petition)
    if not comes_out and (not update.pk or not may_correct(request.user, petition)):
        raise PermissionDenied
    action = request.POST.get("action", "save")
    if request.method == "POST":
        if action == "delete":
            return _delete(model_admin, request, petition, update)
        is_saved = action == "save"
        form = UpdateForm(request.POST, instance=update, is_saved=is_saved, comes_out=comes_out)
        if form.is_valid() and action in {"save", "test"}:
            answer = _store(request, petition, form, action)
            if answer:
                return answer
    else:
        kept = kept_choices(request.session, update)
        form = UpdateForm(instance=update, initial=kept, comes_out=comes_out)
    stored = Update.objects.filter(pk=update.pk).first() or update  # not what the form put in
    context = {
        "title": _("Write an update") if not update.pk else _("Change an update"),
        "form": form,
        "update": stored,
        "mailing": Mailing.objects.filter(update=update.pk).first() if update.pk else None,
        "preview": _preview(form),
        "is_asked": action == "preview",
        "may_delete": _may_delete(request.user, stored),
        "own_address": rehearsal.own_address(request.user),
        "most": settings.PETITIONS_MAILINGS_PER_WEEK,
        "is_moderator": moderates(request.user, petition),
        "mailings_paused": switches.current().mailings_paused,
    }
    if "when" in form.fields:
        context["reach"] = recipients.reach(petition.pk)
        context["begun"] = mailings.begun_this_week(petition.pk)
    return render(model_admin, request, petition, "update", context)


def _store(
    request: HttpRequest, petition: Petition, form: UpdateForm, action: str
) -> HttpResponse | None:
    try:
        saved = save(form, petition, request.user, acts=action == "save")
    except PermissionError:
        raise PermissionDenied from None
    except claims.Held as held:
        form.add_error(None, told(held))
        return None
    if saved is None:
        return None
    messages.add_message(
        request, messages.SUCCESS if saved.is_as_asked else messages.WARNING, saved.say
    )
    if action == "test":
        _rehearse(request, saved.update)
        keep_choices(request.session, form)
        return HttpResponseRedirect(_address("update", petition, saved.update))
    forget_choices(request.session, saved.update)
    return HttpResponseRedirect(_address("updates", petition))


def _rehearse(request: HttpRequest, update: Update) -> None:
    if not allow(request, "test"):
        messages.error(request, gettext("No more tests can be sent for now. Try it in an hour."))
    elif address := rehearsal.rehearse(update, request.user):
        say = gettext("A test is on its way to %(address)s.") % {"address": address}
        messages.success(request, say)
    else:
        say = gettext("No test was sent: your account has no confirmed address.")
        messages.error(request, say)


def _may_delete(user: Any, update: Update) -> bool:
    """What was published stays, but for moderators; what was mailed stays for everybody."""
    if not update.pk or Mailing.objects.filter(update=update).exists():
        return False
    return moderates(user, update.petition) or not update.published_at


def _delete(
    model_admin: Any, request: HttpRequest, petition: Petition, update: Update
) -> HttpResponse:
    if not update.pk or not _may_delete(request.user, update):
        raise PermissionDenied
    if request.POST.get("confirmed") != "yes":
        context = {"title": _("Delete an update"), "update": update}
        return render(model_admin, request, petition, "delete_update", context)
    try:
        _delete_now(request, petition, update)
    except claims.Held as held:
        messages.error(request, told(held))
        return HttpResponseRedirect(_address("update", petition, update))
    messages.success(request, gettext("The update was deleted."))
    return HttpResponseRedirect(_address("updates", petition))


def _delete_now(request: HttpRequest, petition: Petition, update: Update) -> None:
    with transaction.atomic():
        Petition.objects.lock().get(pk=petition.pk)
        claims.act(petition, by=request.user, is_move=False)
        # It may have come out, and been mailed, since the page asked.
        now = Update.objects.filter(pk=update.pk).first()
        if now is not None:
            if not _may_delete(request.user, now):
                raise PermissionDenied
            deleted = StaffAct.Verb.DELETED
            record_of_moderator(request.user, deleted, now, petition_id=petition.pk)
            try:
                now.delete()
            except ProtectedError:
                raise PermissionDenied from None


def _preview(form: UpdateForm) -> dict[str, Any]:
    """What is in the form, as readers will see it; with an empty text where there is none."""
    body = str(form["body"].value() or "")[: Update._meta.get_field("body").max_length]  # noqa: SLF001
    kinds = dict(Update.Kind.choices)
    day = form["happened_on"].value()
    try:
        shown = form.fields["happened_on"].to_python(day) if isinstance(day, str) else day
    except ValidationError:  # the form says so
        shown = None
    return {
        "title": str(form["title"].value() or ""),
        "kind": kinds.get(str(form["kind"].value()), ""),
        "happened_on": shown or timezone.localdate(),
        "html": text.render(body, top=4),
    }


def _address(name: str, petition: Petition, *rows: Update) -> str:
    ids = [petition.pk, *(row.pk for row in rows)]
    return reverse(f"admin:petitions_petition_{name}", args=ids)
