"""What moderators do with one signature: a page for each act, which asks, and acts when sent."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from petitions.models import StaffAct, impartial
from petitions.states import Status as PetitionStatus
from supporters import signature_acts
from supporters.addresses import InvalidAddress, check_address
from supporters.confirming import Answer, can_be_confirmed
from supporters.models import Signature
from supporters.signature_acts import LIVE
from supporters.subject_access import everything_of

from .asked_again import asked_again
from .claim import warning

_Status = Signature.Status


class ActForm(forms.Form):
    """One act: its name in the address, its button, what it does and whom it needs."""

    do_not_call_in_templates = True  # which lists the classes

    name: ClassVar[str]
    label: ClassVar[Any]
    explanation: ClassVar[Any]
    permission: ClassVar[str]
    needs_fresh_login: ClassVar[bool] = False
    ends_it: ClassVar[bool] = False  # hence asks once more when it is the organizer's own
    reason_help: ClassVar[Any] = _("Moderators read it. Name nobody in it.")

    required_css_class = "required"

    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
        max_length=500,
    )

    def __init__(self, data: Any = None, *, signature: Signature) -> None:
        super().__init__(data)
        self.signature = signature
        self.fields["reason"].help_text = self.reason_help
        if signature.is_organizer and self.ends_it:
            self.fields["organizer"] = forms.BooleanField(
                label=_("This is the organizer's own signature. I mean it."),
                error_messages={
                    "required": _(
                        "It is the organizer's own signature: tick the box if it is to go all the "
                        "same."
                    )
                },
            )

    @classmethod
    def fits(cls, signature: Signature) -> bool:
        raise NotImplementedError

    def act(self, *, by: Any) -> Any:
        """What is to be said of it; nothing where somebody else got there first."""
        raise NotImplementedError

    @property
    def typed_reason(self) -> str:
        return str(self.cleaned_data["reason"])


class Confirm(ActForm):
    name = "confirm"
    label = _("Confirm by hand")
    explanation = _(
        "It is counted as if its signer had pressed the button behind the mail. Do so only when "
        "you know that they want it."
    )
    permission = "supporters.confirm_signature"

    @classmethod
    def fits(cls, signature: Signature) -> bool:
        return signature.status == _Status.PENDING and can_be_confirmed(signature)

    def act(self, *, by: Any) -> Any:
        answer = signature_acts.confirm_by_hand(self.signature, by=by, reason=self.typed_reason)
        return _("It is confirmed and counted.") if answer == Answer.CONFIRMED else ""


class Remove(ActForm):
    name = "remove"
    label = _("Remove")
    explanation = _(
        "It is no longer counted. The petition's ledger says so with the date and your reason. "
        "What is known of the person stays here, so that it can be restored."
    )
    permission = "supporters.remove_signature"
    ends_it = True
    reason_help = _("Anybody can read it: it stands in the petition's ledger. Name nobody in it.")

    @classmethod
    def fits(cls, signature: Signature) -> bool:
        return signature.status == _Status.CONFIRMED

    def act(self, *, by: Any) -> Any:
        done = signature_acts.remove(self.signature, by=by, reason=self.typed_reason)
        return _("It is removed, and the ledger says so.") if done else ""


class Restore(ActForm):
    name = "restore"
    label = _("Restore")
    explanation = _("It is counted again, in its old place, and the petition's ledger says so.")
    permission = "supporters.remove_signature"
    reason_help = Remove.reason_help

    @classmethod
    def fits(cls, signature: Signature) -> bool:
        return (
            signature.status == _Status.REMOVED
            and signature.position is not None
            and not _is_forgotten(signature)
        )

    def act(self, *, by: Any) -> Any:
        try:
            done = signature_acts.restore(self.signature, by=by, reason=self.typed_reason)
        except signature_acts.SignedAgain:
            return _("Nothing was changed: the same address has signed again since.")
        return _("It is restored, and the ledger says so.") if done else ""


class Unsubscribe(ActForm):
    name = "unsubscribe"
    label = _("Unsubscribe")
    explanation = _("No more updates of this petition go to its address. It is still counted.")
    permission = "supporters.unsubscribe_signature"

    everywhere = forms.BooleanField(
        label=_("No updates of any petition of this site"), required=False
    )

    @classmethod
    def fits(cls, signature: Signature) -> bool:
        return signature.status in LIVE and bool(signature.email)

    def act(self, *, by: Any) -> Any:
        done = signature_acts.unsubscribe(
            self.signature,
            by=by,
            reason=self.typed_reason,
            everywhere=self.cleaned_data["everywhere"],
        )
        return _("It is unsubscribed.") if done else _("It got no updates before either.")


class Erase(ActForm):
    name = "erase"
    label = _("Erase")
    explanation = _(
        "Name, address, country, postcode, place and reason are erased for good, and so are the "
        "mails about it. Its place in the order, its dates and its state stay; if it counts, it is "
        "withdrawn by this and the number goes down by one. This cannot be undone."
    )
    permission = "supporters.erase_signature"
    needs_fresh_login = True
    ends_it = True

    @classmethod
    def fits(cls, signature: Signature) -> bool:
        return signature.status in LIVE or not _is_forgotten(signature)

    def act(self, *, by: Any) -> Any:
        done = signature_acts.erase(self.signature, by=by, reason=self.typed_reason)
        return _("Who signed is erased.") if done else ""


ACTS: dict[str, type[ActForm]] = {
    form.name: form for form in (Confirm, Remove, Restore, Unsubscribe, Erase)
}


def _is_forgotten(signature: Signature) -> bool:
    names = ("given_name", "family_name", "email", "email_key")
    return not any(getattr(signature, name) for name in names)


def acts_for(user: Any, signature: Signature) -> list[type[ActForm]]:
    """Those that this user may do with the signature as it is."""
    return [
        form for form in ACTS.values() if user.has_perm(form.permission) and form.fits(signature)
    ]


def act_view(model_admin: Any, request: HttpRequest, object_id: str, act: str) -> HttpResponse:
    """GET asks, POST acts; both lead back when the signature is no longer as it has to be."""
    form_class = ACTS.get(act)
    if form_class is None:
        raise Http404
    if not (
        model_admin.has_view_permission(request) and request.user.has_perm(form_class.permission)
    ):
        raise PermissionDenied
    signature = model_admin.get_object(request, object_id)
    if signature is None:
        raise Http404
    view = asked_again(_act) if form_class.needs_fresh_login else _act
    return view(request, model_admin, signature, form_class)


def _act(
    request: HttpRequest, model_admin: Any, signature: Signature, form_class: type[ActForm]
) -> HttpResponse:
    back = reverse("admin:supporters_signature_search") + f"?number={signature.pk}"
    form = form_class(request.POST if request.method == "POST" else None, signature=signature)
    if not form_class.fits(signature):
        return _too_late(request, signature, back)
    if request.method == "POST" and form.is_valid():
        try:
            said = form.act(by=request.user)
        except impartial.OwnPetition as own:
            messages.error(request, own.text)
            return HttpResponseRedirect(back)
        if not said:
            signature.refresh_from_db()
            return _too_late(request, signature, back)
        messages.success(request, said)
        return HttpResponseRedirect(back)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": form_class.label,
        "opts": model_admin.opts,
        "signature": signature,
        "warning": warning(request.user, signature.petition),
        "form": form,
        "back": back,
        "is_hidden": signature.petition.status == PetitionStatus.HIDDEN,
    }
    return TemplateResponse(request, "admin/supporters/signature/act.html", context)


def _too_late(request: HttpRequest, signature: Signature, back: str) -> HttpResponse:
    say = _(
        "Its state allows no such thing, or no longer: it is “%(status)s”. Nothing was changed."
    )
    messages.error(request, say % {"status": _Status(signature.status).label})
    return HttpResponseRedirect(back)


# Of an address, not of one signature


class ExportForm(forms.Form):
    address = forms.CharField(
        label=_("Email address"),
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
    )

    def clean_address(self) -> str:
        try:
            return check_address(self.cleaned_data["address"])
        except InvalidAddress:
            raise forms.ValidationError(_("Enter an address like name@example.org.")) from None


def export_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """GET asks for an address, POST gives the file of all that is held of it."""
    if not (
        model_admin.has_view_permission(request)
        and request.user.has_perm("supporters.export_signature")
    ):
        raise PermissionDenied
    return asked_again(_export)(request, model_admin)


def _export(request: HttpRequest, model_admin: Any) -> HttpResponse:
    form = ExportForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        user: Any = request.user
        StaffAct.record(by=user, verb=StaffAct.Verb.EXPORTED)
        held = everything_of(form.cleaned_data["address"])
        response = JsonResponse(held, json_dumps_params={"ensure_ascii": False, "indent": 2})
        response["Content-Disposition"] = 'attachment; filename="held-of-an-address.json"'
        return response
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Export what is held of an address"),
        "opts": model_admin.opts,
        "form": form,
    }
    return TemplateResponse(request, "admin/supporters/signature/export.html", context)
