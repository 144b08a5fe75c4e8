"""How this site moderates, in figures: a page of each year, and all months as JSON and CSV."""

import csv
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import apnumber
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_safe

from petitions.models import DecisionReason
from petitions.states import Outcome, RejectionReason
from supporters.caching import public
from supporters.models import CountAdjustment
from supporters.transparency import Month, corrections, figures, total

from .list_end import list_end

_NONE = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """`is_part`: of what the last row that is none says."""

    label: str
    number: str
    is_part: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    day: date
    said: str
    rows: list[Row]


@require_safe
@public(reads=["year"])
def transparency(request: HttpRequest) -> HttpResponse:
    found = figures()
    years = sorted({month.year for month in found.months}, reverse=True)
    asked = request.GET.get("year", "")
    if asked and asked not in map(str, years):
        return list_end(request, reverse("transparency"))
    year = int(asked) if asked else next(iter(years), None)
    reasons = _reasons()
    months = [month for month in found.months if month.year == year]
    context = {
        "year": year,
        "years": years,
        "of_year": _rows(total(months), reasons) if months else [],
        "months": [
            Section(
                day=month.first_day,
                said=_said(month),
                rows=[row for row in _rows(month, reasons) if row.number != _NONE],
            )
            for month in months
        ],
        "corrections": corrections(year=year) if year else [],
        "as_of": found.as_of,
        "time_zone": settings.TIME_ZONE,
        "page_url": settings.SITE_URL + request.path,
    }
    return render(request, "supporters/transparency.html", context)


@require_safe
@public(reads=())
def transparency_json(request: HttpRequest) -> HttpResponse:
    """{"time_zone", "months", "corrections", "as_of"}, for any origin."""
    found = figures()
    response = JsonResponse(
        {
            "time_zone": settings.TIME_ZONE,
            "months": [asdict(month) for month in found.months],
            "corrections": [_correction(entry) for entry in corrections()],
            "as_of": found.as_of,
        }
    )
    response["Access-Control-Allow-Origin"] = "*"
    return response


@require_safe
@public(reads=())
def transparency_csv(request: HttpRequest) -> HttpResponse:
    """A line for each figure of each month: month, figure, detail, value."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="transparency.csv"'
    response["Access-Control-Allow-Origin"] = "*"
    lines = csv.writer(response)
    lines.writerow(["month", "figure", "detail", "value"])
    for month in figures().months:
        lines.writerows(_lines(month))
    return response


def _lines(month: Month) -> Iterator[tuple[str, str, str, Any]]:
    for name, value in asdict(month).items():
        if isinstance(value, dict):
            for detail, number in sorted(value.items()):
                yield month.month, name, detail, number
        elif name != "month":
            yield month.month, name, "", "" if value is None else value


def _correction(entry: CountAdjustment) -> dict[str, Any]:
    return {
        "petition": settings.SITE_URL + entry.petition.get_absolute_url(),
        "date": entry.happened_on,
        "kind": entry.kind,
        "quantity": entry.quantity,
        "reason": entry.reason,
    }


def _reasons() -> dict[str, str]:
    """The words of each coded reason, in the present language."""
    shipped = {reason.value: str(reason.label) for reason in RejectionReason}
    rows = DecisionReason.objects.prefetch_related("wordings")
    return shipped | {row.code: row.text or row.code for row in rows}


def _said(month: Month) -> str:
    """The month in a few words; small numbers as words."""
    told = [
        (
            month.submitted,
            ngettext("one petition submitted", "%(number)s petitions submitted", month.submitted),
        ),
        (month.published, ngettext("one published", "%(number)s published", month.published)),
        (month.rejected, ngettext("one rejected", "%(number)s rejected", month.rejected)),
        (month.hidden, ngettext("one hidden", "%(number)s hidden", month.hidden)),
        (
            month.reports_received,
            ngettext("one report received", "%(number)s reports received", month.reports_received),
        ),
    ]
    parts = [words % {"number": apnumber(number)} for number, words in told if number]
    said = ", ".join(parts) or _("nothing submitted, nothing reported")
    return f"{said[0].upper()}{said[1:]}."


def _rows(month: Month, reasons: dict[str, str]) -> list[Row]:
    def row(label: str, number: int) -> Row:
        return Row(label=label, number=number_format(number, force_grouping=True))

    def hours(label: str, number: float | None) -> list[Row]:
        return [] if number is None else [Row(label=label, number=number_format(number, 1))]

    def parts(numbers: dict[str, int], words: dict[str, str]) -> list[Row]:
        by_size = sorted(numbers.items(), key=lambda pair: (-pair[1], pair[0]))
        return [
            Row(label=words.get(code, code), number=number_format(number), is_part=True)
            for code, number in by_size
        ]

    outcomes = {outcome.value: str(outcome.label) for outcome in Outcome}
    return [
        row(_("Petitions submitted"), month.submitted),
        row(pgettext("figures", "Published"), month.published),
        row(_("Sent back with remarks"), month.sent_back),
        row(pgettext("figures", "Rejected"), month.rejected),
        *parts(month.rejected_by_reason, reasons),
        *hours(_("Hours from submitting to a decision (median)"), month.hours_to_decision),
        row(pgettext("figures", "Hidden"), month.hidden),
        row(_("Shown again"), month.shown_again),
        row(pgettext("figures", "Closed"), month.closed),
        *parts(month.closed_by_outcome, outcomes),
        row(_("Reopened"), month.reopened),
        row(_("Reports received"), month.reports_received),
        row(_("Reports upheld"), month.reports_upheld),
        row(_("Reports dismissed"), month.reports_dismissed),
        *hours(_("Hours from a report to a decision (median)"), month.hours_to_report_decision),
        row(_("Appeals received"), month.appeals_received),
        row(_("Appeals granted"), month.appeals_granted),
        row(_("Appeals refused"), month.appeals_refused),
        *hours(_("Hours from an appeal to a decision (median)"), month.hours_to_appeal_decision),
        row(_("Corrections of a number"), month.corrections),
        row(_("Signatures removed by them"), month.signatures_removed),
        row(_("Signatures restored by them"), month.signatures_restored),
    ]
