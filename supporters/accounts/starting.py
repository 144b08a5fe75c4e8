"""What starting a petition has to do with accounts: confirming by mail, or while logged in.

Under /accounts/, since only here there are cookies: who confirms a new address is logged in.
"""

from typing import Any

from allauth.account.utils import perform_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods

from petitions.models import PetitionDraft
from supporters.starting import drafts
from supporters.starting.confirming import Answer, Result, confirm, draft_to_confirm, is_complete
from supporters.starting.stages import judged
from supporters.tokens import Purpose, make

_STATUS = {Answer.CHANGED: 409, Answer.INCOMPLETE: 409, Answer.SWITCHED_OFF: 403}


@require_http_methods(["GET", "HEAD", "POST"])
def start_confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link in the mail. Only the press of the button counts: scanners follow links."""
    draft = draft_to_confirm(token)
    if draft is None:
        return drafts.not_found(request)
    with translation.override(draft.language or settings.LANGUAGE_CODE):
        if request.method != "POST":
            return _page(request, draft, Answer.BEFORE if draft.petition_id else None)
        result = confirm(draft, revision=_revision(request))
        return _answer(request, draft, result)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def start_as_account(request: HttpRequest, token: str) -> HttpResponse:
    """For who has an account: no mail, and no name to type."""
    draft = drafts.find(token)
    if draft is None:
        return drafts.not_found(request)
    if draft.petition_id:
        return drafts.submitted(request)
    if not is_complete(judged(draft), with_who=False):
        return HttpResponseRedirect(drafts.url(draft))
    user: Any = request.user
    if request.method != "POST":
        return _page(request, draft, None, as_account=True)
    result = confirm(draft, revision=_revision(request), user=user)
    return _answer(request, draft, result, as_account=True)


def _revision(request: HttpRequest) -> int:
    typed = request.POST.get("revision", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0  # noqa: PLR2004


def _answer(
    request: HttpRequest, draft: PetitionDraft, result: Result, *, as_account: bool = False
) -> HttpResponse:
    if result.answer == Answer.UNKNOWN:
        return drafts.not_found(request)
    draft.refresh_from_db()
    if result.answer != Answer.SUBMITTED or result.petition is None:
        return _page(request, draft, result.answer, as_account=as_account)
    page = reverse("admin:petitions_petition_change", args=[result.petition.pk])
    if as_account or request.user == result.petition.organizer:
        _say_when(request)
        return HttpResponseRedirect(page)
    # Nobody else is logged out. And an account that was there before has its own ways to log in:
    # a link in a mail must not stand for a password and a second factor.
    if result.new_account and not request.user.is_authenticated:
        _say_when(request)
        answer: HttpResponse = perform_login(
            request, result.new_account, email_verification="none", redirect_url=page
        )
        return answer
    return _page(request, draft, Answer.SUBMITTED)


def _say_when(request: HttpRequest) -> None:
    days = settings.PETITIONS_REVIEW_DAYS
    text = ngettext(
        "Your petition was sent to the moderators. They answer within %(days)s day.",
        "Your petition was sent to the moderators. They answer within %(days)s days.",
        days,
    )
    messages.success(request, text % {"days": days})


def _page(
    request: HttpRequest, draft: PetitionDraft, answer: Answer | None, *, as_account: bool = False
) -> HttpResponse:
    petition = draft.petition
    user: Any = request.user
    context = {
        "draft": draft,
        "title": petition.title if petition else draft.typed.get("title", ""),
        "state": answer.value if answer else "ask",
        "as_account": as_account,
        "name": user.get_full_name() or gettext("you") if as_account else _typed_name(draft),
        "preview_url": reverse("preview", args=[make(Purpose.DRAFT_PREVIEW, draft.pk)]),
        "petition_url": reverse("admin:petitions_petition_change", args=[petition.pk])
        if petition
        else "",
        "review_days": settings.PETITIONS_REVIEW_DAYS,
    }
    status = _STATUS.get(answer, 200) if answer else 200
    return render(request, "starting/confirm.html", context, status=status)


def _typed_name(draft: PetitionDraft) -> str:
    return " ".join(str(draft.typed.get(name, "")) for name in ("given_name", "family_name"))
