"""Starting a petition: the stages of a draft, everything at a glance, "check your mail".

No cookie: who has the draft's link has the draft. What is typed is stored right or wrong, so that
neither an error nor a closed tab loses it.
"""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from petitions import pictures
from petitions.lint import lint, passage
from petitions.models import PetitionDraft, Target
from petitions.similar import similar
from supporters import switches
from supporters.caching import private, public
from supporters.inboxes import inbox_of
from supporters.origin import refuse_cross_site
from supporters.rate_limits import allow
from supporters.starting import drafts, mails
from supporters.starting.confirming import is_complete
from supporters.starting.stage import Stage
from supporters.starting.stages import NAMES, STAGES, TitleStage, after, form_of, judged

SUGGESTED = 200  # targets that are offered while somebody types


@csrf_exempt  # no cookie on public pages; refuse_cross_site stands for the token
@require_http_methods(["GET", "HEAD", "POST"])
@public(reads=())
@refuse_cross_site
def start(request: HttpRequest) -> HttpResponse:
    """The first stage. There is no draft before it, so that looking leaves nothing behind."""
    paused = switches.current().starting_message if switches.current().starting_paused else ""
    if request.method != "POST":
        return _stage_page(request, "title", TitleStage(is_started=False), paused=paused)
    form = TitleStage(request.POST, is_started=False)
    if form.is_trap_sprung:
        return HttpResponseRedirect(request.path)
    if paused:
        return _stage_page(request, "title", form, paused=paused)
    if not form.is_valid():
        return _stage_page(request, "title", form)
    if not allow(request, "start"):
        return _stage_page(request, "title", form, too_many=True)
    draft = PetitionDraft(language=get_language() or "", typed={})
    draft.typed = {"title": form.cleaned_data["title"]}
    draft.save()
    return HttpResponseRedirect(_after_title(draft))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@refuse_cross_site
@drafts.with_draft
def stage(request: HttpRequest, draft: PetitionDraft, name: str) -> HttpResponse:
    if name not in STAGES:
        return drafts.not_found(request)
    if request.method != "POST":
        return _stage_page(request, name, form_of(name, draft), draft)
    if not allow(request, "draft", whose=str(draft.pk)):
        return _stage_page(request, name, form_of(name, draft, request.POST), draft, too_many=True)
    fields = (field for field in STAGES[name]().fields if field not in {"website", "picture"})
    draft.keep({field: request.POST.get(field, "") for field in fields})
    action = request.POST.get("action", "")
    if action == "keep":  # by the script, while somebody types
        return HttpResponse(status=204)
    if getattr(request, "picture_refused", False):
        return _stage_page(request, name, form_of(name, draft), draft, too_many=True)
    refusal = _take_picture(request, draft) if name == "picture" else None
    form = form_of(name, draft, request.POST)
    if refusal:
        form.add_error("picture", refusal)
    if not form.is_valid():
        return _stage_page(request, name, form, draft)
    return HttpResponseRedirect(_next(draft, name, action))


def _next(draft: PetitionDraft, name: str, action: str) -> str:
    if action == "remove":
        return drafts.stage_url(draft, name)
    if action == "overview" or not after(name):
        return drafts.url(draft)
    return _after_title(draft) if name == "title" else drafts.stage_url(draft, after(name))


def _after_title(draft: PetitionDraft) -> str:
    return drafts.stage_url(draft, "similar" if similar(draft.typed["title"]) else "story")


def _take_picture(request: HttpRequest, draft: PetitionDraft) -> ValidationError | None:
    """Stored at once, even if its words are missing: a browser cannot be sent a file back."""
    if request.POST.get("action") == "remove":
        draft.change_picture(None)
    elif file := request.FILES.get("picture"):
        try:
            made = pictures.make(file)
        except ValidationError as refusal:
            return refusal
        draft.change_picture(made)
    return None


def _stage_page(
    request: HttpRequest,
    name: str,
    form: Stage,
    draft: PetitionDraft | None = None,
    *,
    too_many: bool = False,
    paused: str = "",
) -> HttpResponse:
    context: dict[str, Any] = {
        "paused": paused,
        "form": form,
        "name": name,
        "number": NAMES.index(name) + 1,
        "total": len(NAMES),
        "too_many": too_many,
        "draft": draft,
        "review_days": settings.PETITIONS_REVIEW_DAYS,
        "targets": [],
        "picture": None,
    }
    if draft:
        context |= drafts.links(draft)
        context["picture"] = drafts.picture(draft) if name == "picture" else None
    if name == "targets":
        named = Target.objects.with_page().values_list("name", flat=True)
        context["targets"] = list(named[:SUGGESTED])
    return _page(request, "starting/stage.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """With what was typed; 429 where the context says "too_many", 503 to who sent it while no
    petition can be started.
    """
    if context.get("paused") and request.method == "POST":
        response = render(request, template, context, status=503)
        response["Retry-After"] = "300"
        # Refused on purpose: Django would write an error into the log for each of them.
        response._has_been_logged = True  # type: ignore[attr-defined]  # noqa: SLF001
        return response
    if not context["too_many"]:
        return render(request, template, context)
    response = render(request, template, context, status=429)
    response["Retry-After"] = "600"
    return response


@require_http_methods(["GET", "HEAD"])
@private
@drafts.with_draft
def similar_petitions(request: HttpRequest, draft: PetitionDraft) -> HttpResponse:
    """Open petitions that may ask for the same: signing one of them may do more than another."""
    context = {
        **drafts.links(draft),
        "draft": draft,
        "petitions": similar(str(draft.typed.get("title", ""))),
        "story_url": drafts.stage_url(draft, "story"),
        "title_url": drafts.stage_url(draft, "title"),
    }
    return render(request, "starting/similar.html", context)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@refuse_cross_site
@drafts.with_draft
def overview(request: HttpRequest, draft: PetitionDraft) -> HttpResponse:
    """Everything at a glance, each part with a way back to it; from here it is sent."""
    stages = judged(draft)
    if request.method == "POST" and is_complete(stages):
        if not allow(request, "start"):
            return _overview(request, draft, stages, too_many=True)
        _send_mail(draft, stages)
        return HttpResponseRedirect(drafts.sent_url(draft))
    return _overview(request, draft, stages, was_sent=request.method == "POST")


def _send_mail(draft: PetitionDraft, stages: dict[str, Any]) -> None:
    with transaction.atomic():
        mails.ask_to_confirm(draft, stages["who"].cleaned_data["email"])


def _overview(
    request: HttpRequest,
    draft: PetitionDraft,
    stages: dict[str, Stage],
    *,
    too_many: bool = False,
    was_sent: bool = False,
) -> HttpResponse:
    parts = [_part(draft, name, form) for name, form in stages.items()]
    context: dict[str, Any] = {
        **drafts.links(draft),
        "draft": draft,
        "parts": parts,
        "warned": any(part["warnings"] for part in parts),
        "missing": [part for part in parts if part["errors"]],
        "is_complete": is_complete(stages),
        "is_writable": is_complete(stages, with_who=False),
        "was_sent": was_sent,
        "too_many": too_many,
        "picture": drafts.picture(draft),
    }
    return _page(request, "starting/overview.html", context)


def _part(draft: PetitionDraft, name: str, form: Stage) -> dict[str, Any]:
    shown = form_of(name, draft)
    warnings = [
        (finding.kind.label, passage(text, finding))
        for text in shown.prose()
        for finding in lint(text)
    ]
    return {
        "name": name,
        "heading": form.heading,
        "url": drafts.stage_url(draft, name),
        "rows": list(shown.rows()),
        "errors": [error for errors in form.errors.values() for error in errors],
        "warnings": warnings,
    }


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@private
@refuse_cross_site
@drafts.with_draft
def sent(request: HttpRequest, draft: PetitionDraft) -> HttpResponse:
    """ "Check your mail": the same for an address with an account and one without."""
    stages = judged(draft)
    if not draft.mails_asked or not is_complete(stages):
        return HttpResponseRedirect(drafts.url(draft))
    if request.method == "POST":
        if allow(request, "resend"):
            _send_mail(draft, stages)
        return HttpResponseRedirect(f"{request.path}?again=1")
    address = stages["who"].cleaned_data["email"]
    context = {
        **drafts.links(draft),
        "address": address,
        "inbox": inbox_of(address),
        "demo_inbox": reverse("demo_mail") if settings.PETITIONS_DEMO else "",
        "who_url": drafts.stage_url(draft, "who"),
        "resent": "again" in request.GET,
        "most": mails.MAX_MAILS,
    }
    return render(request, "starting/sent.html", context)
