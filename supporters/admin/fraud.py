"""Irregularities of one petition: what its signatures have in common, and sweeps of a rule.

For moderators alone. What shows or removes many asks for the password again.
"""

from typing import Any
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from petitions.groups import may_moderate
from petitions.models import Petition, StaffAct
from supporters import sources
from supporters.fraud import decisions, looking
from supporters.fraud.groups import Table, slice_of
from supporters.fraud.rules import Rule
from supporters.models import Suspicion, Sweep

from .download import can_be_asked_again
from .fraud_forms import RuleForm, SweepForm
from .lists import is_id
from .own_page import petition_of, render

SWEEPS, SUSPICIONS = 50, 20  # that are listed

_NO_PASSWORD = _(
    "This is done after the password was typed once more, and your account has none yet. Choose one"
    " by a link that we mail to you, then come back."
)
_HEADINGS = {
    "domain": _("Domain"),
    "address": _("Pattern of the address"),
    "name": _("Name"),
    "country": _("Country"),
    "source": _("Source"),
    "hour": _("Hour of signing (UTC)"),
    "network": _("Network"),
}
_TOO_LATE = _("Somebody else got there first: it is as you see now.")


def fraud_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """What the signatures have in common, the sweeps so far, and the form of a rule."""
    petition = _moderated(model_admin, request, object_id)
    typed = request.GET.get("last", "")
    slice_ = slice_of(petition.pk, last=int(typed) if is_id(typed) else 0)
    context = {
        "title": _("Irregularities"),
        "slice": slice_,
        "tables": [_shown(petition, table) for table in slice_.tables],
        "form": RuleForm(),
        "sweeps": Sweep.objects.filter(petition=petition).select_related("asked_by")[:SWEEPS],
        "suspicions": Suspicion.objects.filter(petition=petition)[:SUSPICIONS],
        "is_newest": slice_.last == slice_.newest,
        "has_earlier": slice_.first > 1,
    }
    return render(model_admin, request, petition, "fraud", context)


def fraud_preview_view(model_admin: Any, request: HttpRequest, object_id: str) -> HttpResponse:
    """GET shows what a rule would take; POST proposes the sweep, or begins it."""
    petition = _moderated(model_admin, request, object_id)
    return _asked(request, model_admin, petition, None) if _can_ask(request) else _to_password()


def sweep_view(
    model_admin: Any, request: HttpRequest, object_id: str, sweep_id: int
) -> HttpResponse:
    """How far a sweep is, and what can be done with it."""
    petition = _moderated(model_admin, request, object_id)
    rows = Sweep.objects.select_related("asked_by", "approved_by", "undone_by")
    sweep = rows.filter(petition=petition, pk=sweep_id).first()
    if sweep is None:
        raise Http404
    if request.method == "POST":
        return (
            _asked(request, model_admin, petition, sweep) if _can_ask(request) else _to_password()
        )
    return _show_sweep(model_admin, request, petition, sweep)


@reauthentication_required  # type: ignore[untyped-decorator]
def _asked(
    request: HttpRequest, model_admin: Any, petition: Petition, sweep: Sweep | None
) -> HttpResponse:
    if sweep is not None:
        return _act(request, petition, sweep)
    return _preview(model_admin, request, petition)


def _preview(model_admin: Any, request: HttpRequest, petition: Petition) -> HttpResponse:
    user: Any = request.user
    # Posted, it comes along in hidden fields: allauth goes on with what was posted before it asked
    # for the password, but only where the address has no query.
    form = RuleForm({**request.GET.dict(), **request.POST.dict()})
    context: dict[str, Any] = {"title": _("Preview of a sweep"), "form": form}
    if not form.is_valid():
        return render(model_admin, request, petition, "fraud_preview", context)
    rule = form.rule
    preview = looking.preview(petition.pk, rule)
    why = SweepForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and why.is_valid() and preview.found:
        sweep = decisions.propose(petition, rule, preview, by=user, **why.cleaned_data)
        say = (
            _("Proposed. It begins when another moderator agrees.")
            if sweep.needs_second
            else _("Begun. The signatures are removed within the next minutes.")
        )
        messages.success(request, say)
        return HttpResponseRedirect(_sweep_url(sweep))
    found = f"{preview.found} found, {len(preview.sample)} shown"
    StaffAct.record(
        by=user,
        verb=StaffAct.Verb.LOOKED_AT,
        subject=petition,
        petition_id=petition.pk,
        note=f"Preview of a sweep: {found}",
    )
    total: int = petition.live_count  # type: ignore[attr-defined]  # annotated
    context |= {
        "words": words_of(rule),
        "typed": [(name, form[name].value() or "") for name in form.fields],
        "preview": preview,
        "percent": 100 * preview.counted / total if total else 0,
        "total": total,
        "needs_second": decisions.needs_second(petition, preview, by=user),
        "why": why,
        "alone": decisions.ALONE,
    }
    return render(model_admin, request, petition, "fraud_preview", context)


def _act(request: HttpRequest, petition: Petition, sweep: Sweep) -> HttpResponse:
    user: Any = request.user
    acts = {
        "approve": (decisions.approve, _("Approved. The signatures are being removed.")),
        "decline": (decisions.decline, _("Nothing is removed.")),
        "cancel": (decisions.cancel, _("Cancelled. What was removed can be brought back.")),
        "resume": (decisions.resume, _("It goes on.")),
        "undo": (decisions.undo, _("The signatures are being brought back.")),
    }
    chosen = acts.get(request.POST.get("action", ""))
    if chosen is None:
        return HttpResponse(status=400)
    decide, say = chosen
    if decide == decisions.approve and sweep.asked_by_id == user.pk:
        raise PermissionDenied  # the button is not there
    if decide(sweep, by=user):
        messages.success(request, say)
    else:
        messages.error(request, _TOO_LATE)
    return HttpResponseRedirect(_sweep_url(sweep))


def _show_sweep(
    model_admin: Any, request: HttpRequest, petition: Petition, sweep: Sweep
) -> HttpResponse:
    user: Any = request.user
    state = Sweep.State
    may = {
        "approve": sweep.state == state.PROPOSED and sweep.asked_by_id != user.pk,
        "decline": sweep.state == state.PROPOSED,
        "cancel": sweep.state == state.RUNNING,
        "resume": sweep.state == state.CANCELLED
        and sweep.erased_at is None
        and decisions.may_resume(sweep, by=user),
        "undo": sweep.is_restorable,
    }
    context = {
        "title": str(sweep).capitalize(),
        "sweep": sweep,
        "words": words_of(Rule.read(sweep.rule)),
        "may": may,
        "may_anything": any(may.values()),
        "is_at_work": sweep.state in Sweep.AT_WORK,
        "waits_for_another": sweep.state == state.PROPOSED and not may["approve"],
        "percent": 100 * sweep.found / sweep.of_count if sweep.of_count else 0,
    }
    return render(model_admin, request, petition, "sweep", context)


def words_of(rule: Rule) -> list[tuple[Any, str]]:
    """What a rule says, as label and value."""
    said = [
        (_("Domain of the address"), rule.domain),
        (_("Address before the @"), rule.address),
        (_("First and last name"), rule.name),
        (_("Country"), rule.country and countries.name(rule.country)),
        (_("Source"), _source(rule.source) if rule.source is not None else ""),
        (_("Network"), rule.network),
        (_("Signed from"), rule.signed_from and f"{rule.signed_from:%Y-%m-%d %H:%M} UTC"),
        (_("Signed before"), rule.signed_until and f"{rule.signed_until:%Y-%m-%d %H:%M} UTC"),
    ]
    return [(label, str(value)) for label, value in said if value]


def _source(code: str) -> str:
    return str(sources.LABELS.get(code, code))


def _shown(petition: Petition, table: Table) -> dict[str, Any]:
    preview = reverse("admin:petitions_petition_fraud_preview", args=[petition.pk])
    rows = [
        {
            "label": _label(table.name, row.value),
            "number": row.number,
            "percent": row.percent,
            "url": f"{preview}?{urlencode(row.says)}" if row.says else "",
        }
        for row in table.rows
    ]
    return {"name": table.name, "heading": _HEADINGS[table.name], "rows": rows, "more": table.more}


def _label(name: str, value: Any) -> str:
    if name == "address":
        return f"{value[0]}@{value[1]}"
    if name == "country":
        return countries.name(value) if value else ""
    if name == "source":
        return _source(value)
    return f"{value:%Y-%m-%d %H:%M}" if name == "hour" else str(value)


def _moderated(model_admin: Any, request: HttpRequest, object_id: str) -> Petition:
    """The petition, for moderators. Raises Http404 and PermissionDenied."""
    petition = petition_of(model_admin, request, object_id)
    if not may_moderate(request.user):
        raise PermissionDenied
    return petition


def _can_ask(request: HttpRequest) -> bool:
    if can_be_asked_again(request.user):
        return True
    messages.warning(request, _NO_PASSWORD)
    return False


def _to_password() -> HttpResponse:
    return HttpResponseRedirect(reverse("account_reset_password"))


def _sweep_url(sweep: Sweep) -> str:
    return reverse("admin:petitions_petition_sweep", args=[sweep.petition_id, sweep.pk])
