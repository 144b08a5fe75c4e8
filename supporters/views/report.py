"""Reporting what breaks the rules: the form, and the page that says what became of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from petitions.models import Petition
from supporters import reporting
from supporters.caching import private, public
from supporters.models import Report
from supporters.origin import refuse_cross_site
from supporters.rate_limits import allow
from supporters.report_form import ReportForm
from supporters.tokens import Purpose, read

from .petition_lookup import with_petition

_NONE = 0  # the id in the receipt of who fell into the trap
_TOO_MANY = 429
_RETRY_AFTER = "3600"  # seconds


@csrf_exempt  # no cookie on public pages; refuse_cross_site stands for the token
@require_http_methods(["GET", "HEAD", "POST"])
@public
@refuse_cross_site
@with_petition
def report(request: HttpRequest, petition: Petition) -> HttpResponse:
    """`?update=` and `?reason=` say what it is about, as the links beside those things do."""
    if request.method != "POST":
        return _form(request, petition, _new_form(request, petition))
    form = ReportForm(request.POST, petition=petition, action=_action(petition))
    if form.is_trap_sprung:
        return _received(_NONE)
    if not allow(request, "report"):
        return _form(request, petition, form, status=_TOO_MANY)
    if not form.is_valid():
        return _form(request, petition, form)
    typed = form.cleaned_data
    taken = reporting.take(
        petition,
        update=typed["about"].update,
        signature=typed["about"].signature,
        category=typed["category"],
        text=typed["text"],
        email=typed["email"],
    )
    return _received(taken.pk)


@require_safe
@private
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    report_id = read(Purpose.REPORT, token)
    rows = Report.objects.select_related("petition__organizer", "update")
    found = rows.filter(pk=report_id).first() if report_id else None
    if found is None and report_id != _NONE:
        return render(request, "supporters/report_receipt.html", {"state": "unknown"}, status=404)
    context = {
        "state": found.state if found else "waiting",
        "report": found,
        "petition": found.petition if found else None,
    }
    return render(request, "supporters/report_receipt.html", context)


def _new_form(request: HttpRequest, petition: Petition) -> ReportForm:
    asked = next(
        (f"{name}-{request.GET[name]}" for name in ("update", "reason") if name in request.GET), ""
    )
    return ReportForm(petition=petition, action=_action(petition), asked=asked)


def _form(
    request: HttpRequest, petition: Petition, form: ReportForm, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {
        "petition": petition,
        "form": form,
        "is_too_many": status == _TOO_MANY,
        "days": reporting.REPORTS_WITHIN.days,
    }
    response = render(request, "supporters/report.html", context, status=status)
    if status == _TOO_MANY:
        response["Retry-After"] = _RETRY_AFTER
    return response


def _received(report_id: int) -> HttpResponse:
    address = reverse("report_receipt", args=[reporting.token_of(report_id)])
    return HttpResponseRedirect(address)


def _action(petition: Petition) -> str:
    return reverse("report", args=[petition.slug])
