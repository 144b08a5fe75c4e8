"""Signing: the form alone, what becomes of it, and "check your mail"."""

from contextlib import suppress
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from petitions.models import Petition
from supporters import consent, metrics, sources, switches
from supporters.addresses import email_key
from supporters.caching import FORM_AGAIN, make_private, private, public
from supporters.carried import seal, unseal
from supporters.client import client_address, network_hash, networks_around
from supporters.count import Tally
from supporters.forms import SignForm
from supporters.inboxes import inbox_of
from supporters.origin import refuse_cross_site
from supporters.rate_limits import allow
from supporters.sign_reading import read
from supporters.signing import MAX_MAILS, NotSignable, Signer, ask_again
from supporters.signing import sign as record

from .petition_lookup import remembered_id, with_petition

_RETRY_AFTER = {429: 600, 503: 300}  # seconds


@csrf_exempt  # no cookie on public pages; refuse_cross_site stands for the token
@require_http_methods(["GET", "HEAD", "POST"])
@public
@refuse_cross_site
def sign(request: HttpRequest, slug: str) -> HttpResponse:
    if request.method == "POST":
        if not allow(request, "sign"):
            metrics.signatures.labels("too_many").inc()
            return _too_many(request, slug=slug)
        typed = None if switches.current().signing_paused else read(request.POST)
        # What nearly everybody gets: nothing is looked up that the statement looks at itself. Gone,
        # moved, hidden or closed is said by the longer way.
        with suppress(Petition.DoesNotExist, NotSignable):
            if typed:
                return _take(request, remembered_id(slug), slug, typed)
    return _with_form(request, slug=slug)


def _take(request: HttpRequest, petition_id: int, slug: str, typed: dict[str, Any]) -> HttpResponse:
    """Record the signature. Raises NotSignable."""
    agrees_to = consent.wording() if typed["shares_email"] else ""
    record(petition_id, _signer(request, typed), slug=slug, agrees_to=agrees_to)
    metrics.signatures.labels("taken").inc()
    return _signed(petition_id, slug, typed["email"], typed=typed)


@with_petition
def _too_many(request: HttpRequest, petition: Petition) -> HttpResponse:
    form = _typed_form(request, petition)
    return _form(request, petition, form, refusal="too_many", status=429)


@with_petition
def _with_form(request: HttpRequest, petition: Petition) -> HttpResponse:
    if request.method != "POST":
        return _new_form(request, petition) if petition.is_signable else redirect(petition)
    form = _typed_form(request, petition)
    if form.is_trap_sprung:
        metrics.signatures.labels("trap").inc()
        # No code for the address: it would let a robot resend, and so learn who has signed.
        return _signed(petition.pk, petition.slug, "")
    if not petition.is_signable:
        return _form(request, petition, form, refusal="closed", status=409)
    if switches.current().signing_paused:
        metrics.signatures.labels("paused").inc()
        return _form(request, petition, form, refusal="paused", status=503)
    if not form.is_valid():
        metrics.signatures.labels("mistakes").inc()
        return _form(request, petition, form)
    try:
        return _take(request, petition.pk, petition.slug, form.cleaned_data)
    except NotSignable:
        return _form(request, petition, form, refusal="closed", status=409)


@csrf_exempt  # the sealed `for` is its authority
@require_http_methods(["GET", "HEAD", "POST"])
@private
@with_petition
def signed(request: HttpRequest, petition: Petition) -> HttpResponse:
    """ "Check your mail": the same for a new, a pending and a confirmed address."""
    code = request.GET.get("for", "")
    found = _read_for(petition, code)
    if found is None:
        return redirect(petition)
    address, _typed = found
    back = _back(code, sources.read_any(request.GET.get("via")))
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


def _typed_form(request: HttpRequest, petition: Petition) -> SignForm:
    return SignForm(request.POST, action=_action(petition), asks=consent.asks(petition))


def _new_form(request: HttpRequest, petition: Petition) -> HttpResponse:
    """The same for everybody, save for who comes back to correct their address."""
    action = _action(petition)
    asks = consent.asks(petition)
    initial: dict[str, Any] = {"source": sources.read(request.GET.get("via"))}
    if found := _read_for(petition, request.GET.get("for", "")):
        address, typed = found
        source = sources.read_any(request.GET.get("via"))
        initial |= {**typed, "email": address, "source": source}
        form = SignForm(initial=initial, action=action, asks=asks)
        response = make_private(_form(request, petition, form))
        # As when it comes back with mistakes: who goes back from a site that was too busy to take
        # it finds what they changed, in their browser alone.
        response["Cache-Control"] = FORM_AGAIN
        return response
    if switches.current().signing_paused:
        return _form(request, petition, None)
    return _form(request, petition, SignForm(initial=initial, action=action, asks=asks))


def _form(
    request: HttpRequest,
    petition: Petition,
    form: SignForm | None,
    *,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    on = switches.current()
    context = {
        "petition": petition,
        "form": form,
        "tally": Tally.of(petition),
        "ask_html": petition.safe_ask_html,
        "refusal": refusal,
        "paused": on.signing_message if on.signing_paused and petition.is_signable else "",
        "form_first": form is not None and (form.is_bound or "email" in form.initial),
    }
    response = render(request, "supporters/sign.html", context, status=status)
    if status in _RETRY_AFTER:
        response["Retry-After"] = str(_RETRY_AFTER[status])
    # Refused on purpose, and counted: Django would write an error into the log for each 503.
    response._has_been_logged = refusal == "paused"  # type: ignore[attr-defined]  # noqa: SLF001
    return response


def _signer(request: HttpRequest, cleaned: dict[str, Any]) -> Signer:
    address = client_address(request)
    names = ("given_name", "family_name", "email", "email_key", "country", "postal_code")
    return Signer(
        **{name: cleaned[name] for name in names},
        reason=cleaned["reason"],
        display=cleaned["display"],
        wants_updates=cleaned["wants_updates"],
        language=get_language() or "",
        source=cleaned["source"],
        network=network_hash(address),
        asked_from=networks_around(address),
    )


def _signed(
    petition_id: int, slug: str, address: str, *, typed: dict[str, Any] | None = None
) -> HttpResponse:
    source = typed["source"] if typed else ""
    query = urlencode(_back(seal(petition_id, address, typed), source))
    return HttpResponseRedirect(f"{reverse('signed', args=[slug])}?{query}")


def _back(code: str, source: str) -> dict[str, str]:
    """What leads back to the form: what was typed, and where they had come from."""
    return {"for": code, "via": source} if source else {"for": code}


def _read_for(petition: Petition, code: str) -> tuple[str, dict[str, Any]] | None:
    """The address and what else was typed for this petition; None without a code; 404 for a
    forged one.
    """
    if not code:
        return None
    try:
        petition_id, address, typed = unseal(code)
    except ValueError:
        raise Http404 from None
    if petition_id != petition.pk:
        raise Http404
    return address, typed
