"""The page on which moderators look for signatures. What is typed is sent, not put in the address:
addresses stand in logs and in histories of browsers. That somebody searched is written down."""

import datetime as dt
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from petitions.models import Petition, PetitionSlug, StaffAct
from supporters.addresses import InvalidAddress, email_key
from supporters.models import Signature
from supporters.signature_search import SHOWN, Asked, Found, TooSlow, find

from .lists import is_id
from .signature_acts import acts_for

_COUNTED, _WAITING = "counted", "waiting"
_SHORTEST = 2


def _text(label: Any, help_text: Any = "", **more: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"class": "vTextField", "autocomplete": "off"}),
        **more,
    )


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        input_formats=["%Y-%m-%d"],
    )


class SearchForm(forms.Form):
    """What is looked for; `asked` once it is valid."""

    address = _text(
        _("Email address or domain"),
        _("An address finds all that it has signed. A domain is what stands after the @."),
    )
    name = _text(_("Name"), _("First and last name in any order, or the beginning of the last."))
    postal_code = _text(_("Postcode"), _("Its beginning is enough."))
    locality = _text(_("Place"), _("Its beginning is enough."))
    petition = _text(_("Petition"), _("Its address, or the last part of it."))
    since = _day(_("Signed from"))
    until = _day(_("Signed until"))
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            (_COUNTED, _("Counted, or counted once")),
            (_WAITING, _("Waiting to be confirmed")),
        ],
        required=False,
        widget=forms.RadioSelect,
        initial=_COUNTED,
    )

    asked: Asked

    def clean_address(self) -> str:
        typed: str = self.cleaned_data["address"].strip()
        if not typed:
            return ""
        domain = typed.removeprefix("@")
        try:
            key = email_key(domain if "@" in domain else f"postmaster@{domain}")
        except InvalidAddress:
            raise ValidationError(
                _("Enter an address like name@example.org, or a domain like example.org.")
            ) from None
        return key if "@" in domain else key.removeprefix("postmaster")

    def clean_petition(self) -> Petition | None:
        typed: str = self.cleaned_data["petition"].strip()
        if not typed:
            return None
        slug = typed.partition("/petitions/")[2].partition("/")[0] or typed.strip("/")
        found = PetitionSlug.objects.select_related("petition").filter(slug=slug).first()
        if found is None:
            raise ValidationError(_("There is no petition at this address."))
        petition: Petition = found.petition
        return petition

    def clean(self) -> None:
        data = super().clean() or self.cleaned_data
        if self.errors:
            return
        for name in ("name", "postal_code", "locality"):
            data[name] = " ".join(data[name].split())
            if 0 < len(data[name]) < _SHORTEST:
                self.add_error(name, _("Type two letters or more."))
        since, until = data["since"], data["until"]
        if since and until and since > until:
            self.add_error("until", _("This day is before the first."))
        waiting = data["state"] == _WAITING
        typed = [name for name in self.fields if name != "state" and data.get(name)]
        if not typed and not waiting:
            raise ValidationError(_("Type what you look for into one of the fields."))
        address = data["address"]
        self.asked = Asked(
            key="" if address.startswith("@") else address,
            domain=address.removeprefix("@") if address.startswith("@") else "",
            name=data["name"],
            postal_code=data["postal_code"],
            locality=data["locality"],
            petition_id=data["petition"].pk if data["petition"] else None,
            since=_midnight(since) if since else None,
            until=_midnight(until + dt.timedelta(days=1)) if until else None,
            waiting=waiting,
        )


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time()))


def search_view(model_admin: Any, request: HttpRequest) -> HttpResponse:
    """GET shows the form, or with `?number=` the one signature; POST looks."""
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    found: Found | None = None
    form = SearchForm(request.POST if request.method == "POST" else None)
    number = request.GET.get("number", "")
    if request.method == "POST" and form.is_valid():
        found = _found(request, form)
    elif request.method == "GET" and is_id(number):
        rows = Signature.objects.select_related("petition").filter(pk=int(number))
        found = Found(signatures=list(rows))
    signatures = found.signatures if found else []
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Search signatures"),
        "opts": model_admin.opts,
        "form": form,
        "found": found,
        "rows": [(row, acts_for(request.user, row)) for row in signatures],
        "shown": SHOWN,
        "is_further": bool(request.POST.get("after")),
        "may_export": request.user.has_perm("supporters.export_signature"),
    }
    return TemplateResponse(request, "admin/supporters/signature/search.html", context)


def _found(request: HttpRequest, form: SearchForm) -> Found | None:
    """The signatures; None where it took too long, which the form says. Neither is what was typed
    written down, nor whom it was about."""
    asked = form.asked
    user: Any = request.user
    StaffAct.record(by=user, verb=StaffAct.Verb.SEARCHED, petition_id=asked.petition_id)
    try:
        return find(asked, after=request.POST.get("after", "")[:400])
    except TooSlow:
        form.add_error(None, _("That took too long. Type more, or choose a petition or days."))
        return None
