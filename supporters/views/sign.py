"""Signing: the form alone, what becomes of it, and "check your mail"."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from petitions.models import Petition
from supporters import sources
from supporters.addresses import email_key
from supporters.caching import make_private, private, public
from supporters.count import Tally
from supporters.forms import SignForm
from supporters.inboxes import inbox_of
from supporters.origin import refuse_cross_site
from supporters.rate_limits import allow
from supporters.signing import MAX_MAILS, NotSignable, Signer, ask_again
from supporters.signing import sign as record

from .petition_lookup import with_petition

_SALT = "supporters.signed"
_MAX_AGE = timedelta(days=1)


@csrf_exempt  # no cookie on public pages; refuse_cross_site stands for the token
@require_http_methods(["GET", "HEAD", "POST"])
@public
@refuse_cross_site
@with_petition
def sign(request: HttpRequest, petition: Petition) -> HttpResponse:
    if request.method != "POST":
        return _new_form(request, petition) if petition.is_signable else redirect(petition)
    form = SignForm(request.POST, action=_action(petition))
    if not allow(request, "sign"):
        return _form(request, petition, form, refusal="too_many", status=429)
    if form.is_trap_sprung:
        # No code for the address: it would let a robot resend, and so learn who has signed.
        return _signed(petition, "")
    if not petition.is_signable:
        return _form(request, petition, form, refusal="closed", status=409)
    if not form.is_valid():
        return _form(request, petition, form)
    try:
        record(petition.pk, _signer(form.cleaned_data))
    except NotSignable:
        return _form(request, petition, form, refusal="closed", status=409)
    return _signed(petition, form.cleaned_data["email"], source=form.cleaned_data["source"])


@csrf_exempt  # the signed `for` is its authority
@require_http_methods(["GET", "HEAD", "POST"])
@private
@with_petition
def signed(request: HttpRequest, petition: Petition) -> HttpResponse:
    """ "Check your mail": the same for a new, a pending and a confirmed address."""
    code = request.GET.get("for", "")
    address = _read_for(petition, code)
    if address is None:
        return redirect(petition)
    back = _back(code, sources.read(request.GET.get("via")))
    if request.method == "POST":
        if address and allow(request, "resend"):
            ask_again(petition.pk, email_key(address), language=get_language() or "")
        return HttpResponseRedirect(f"{request.path}?{urlencode({**back, 'again': '1'})}")
    context = {
        "petition": petition,
        "days": settings.PETITIONS_UNCONFIRMED_DAYS,
        "inbox": inbox_of(address),
        "demo_inbox": reverse("demo_mail") if settings.PETITIONS_DEMO else "",
        "address": address,
        "correct_url": f"{_action(petition)}?{urlencode(back)}",
        "resent": "again" in request.GET,
        "most": MAX_MAILS,
    }
    return render(request, "supporters/signed.html", context)


def _action(petition: Petition) -> str:
    return reverse("sign", args=[petition.slug])


def _new_form(request: HttpRequest, petition: Petition) -> HttpResponse:
    """The same for everybody, save for who comes back with their address to correct it."""
    action = _action(petition)
    initial = {"source": sources.read(request.GET.get("via"))}
    if address := _read_for(petition, request.GET.get("for", "")):
        form = SignForm(initial={**initial, "email": address}, action=action)
        return make_private(_form(request, petition, form))
    return _form(request, petition, SignForm(initial=initial, action=action))


def _form(
    request: HttpRequest,
    petition: Petition,
    form: SignForm,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "petition": petition,
        "form": form,
        "tally": Tally.of(petition),
        "ask_html": petition.safe_ask_html,
        "refusal": refusal,
    }
    response = render(request, "supporters/sign.html", context, status=status)
    if status == 429:  # noqa: PLR2004
        response["Retry-After"] = "600"
    return response


def _signer(cleaned: dict[str, Any]) -> Signer:
    names = ("given_name", "family_name", "email", "email_key", "country", "postal_code")
    return Signer(
        **{name: cleaned[name] for name in names},
        reason=cleaned["reason"],
        display=cleaned["display"],
        wants_updates=cleaned["wants_updates"],
        language=get_language() or "",
        source=cleaned["source"],
    )


def _signed(petition: Petition, address: str, *, source: str = "") -> HttpResponse:
    query = urlencode(_back(signing.dumps([petition.pk, address], salt=_SALT), source))
    return HttpResponseRedirect(f"{reverse('signed', args=[petition.slug])}?{query}")


def _back(code: str, source: str) -> dict[str, str]:
    """What leads back to the form: whose address it was, and where they had come from."""
    return {"for": code, "via": source} if source else {"for": code}


def _read_for(petition: Petition, code: str) -> str | None:
    """The address that was typed for this petition; None without a code; 404 for a forged one."""
    if not code:
        return None
    try:
        petition_id, address = signing.loads(code, salt=_SALT, max_age=_MAX_AGE)
    except (signing.BadSignature, ValueError, TypeError, UnicodeError):
        raise Http404 from None
    if petition_id != petition.pk:
        raise Http404
    return str(address)
